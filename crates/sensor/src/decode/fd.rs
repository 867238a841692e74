//! The file or socket that a call acted on, from the kernel's own structures where it keeps them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use yagura_event::{EventKind, Fd, FdKind, L4Protocol, Role, Socket};

use super::CallOf;
use crate::{record, skeleton::types};

impl CallOf<'_> {
    pub(super) fn fd(&self) -> Option<Fd> {
        use EventKind::{
            Accept, Accept4, Bind, Connect, Creat, Dup, Dup2, Dup3, Fsmount, IoUringSetup, Listen,
            MemfdCreate, Open, OpenByHandleAt, Openat, Openat2, Recvfrom, Recvmmsg, Recvmsg, Sendmmsg,
            Sendmsg, Sendto, Setns, Socket,
        };
        match self.kind {
            Open | Openat | Openat2 | Creat => Some(self.opened()),
            OpenByHandleAt | Dup | Dup2 | Dup3 | MemfdCreate | Fsmount | IoUringSetup => {
                if self.result() < 0 {
                    return None;
                }
                self.socket_fd(self.result()).or_else(|| self.file_fd(self.result()))
            }
            Accept | Accept4 | Socket if self.result() < 0 => None,
            Accept | Accept4 | Socket => self.socket_fd(self.result()),
            Connect | Bind | Listen | Sendto | Sendmsg | Sendmmsg | Recvfrom | Recvmsg | Recvmmsg => {
                self.socket_fd(self.int(0))
            }
            Setns => self.file_fd(self.int(0)).map(|fd| Fd { kind: FdKind::Other, ..fd }),
            // What else the record holds a file of was given a descriptor; where that stands is the table's to say.
            _ => {
                let number = self.int(usize::from(crate::call::find(self.record.head.call)?.fd.max(1)) - 1);
                self.socket_fd(number).or_else(|| self.file_fd(number))
            }
        }
    }

    fn opened(&self) -> Fd {
        let raw_name = self.record.text(record::TEXT1).map(Into::into);
        if self.result() >= 0
            && let Some(fd) = self.file_fd(self.result())
        {
            return Fd { raw_name, ..fd };
        }
        let name = self.absolute(record::TEXT1, record::BASE1).unwrap_or_default().into();
        Fd { number: -1, kind: FdKind::File, name, raw_name, inode: None, socket: None }
    }

    fn file_fd(&self, number: i64) -> Option<Fd> {
        let facts = self.record.file()?;
        let name = self.record.path(record::PATH)?;
        let kind = match facts.mode & 0o170_000 {
            0o040_000 => FdKind::Directory,
            0o010_000 => FdKind::Pipe,
            0o140_000 => FdKind::Unix,
            _ if facts.memfd != 0 => FdKind::Memfd,
            // Devices are files to Falco; what has no file type is one of the kernel's anonymous inodes.
            0 => FdKind::Other,
            _ => FdKind::File,
        };
        Some(Fd {
            number,
            kind,
            name: name.into(),
            raw_name: None,
            inode: Some((facts.device, facts.inode)),
            socket: None,
        })
    }

    pub(super) fn socket_fd(&self, number: i64) -> Option<Fd> {
        let ends = self.record.socket()?;
        let kind = match ends.family {
            1 => FdKind::Unix,
            2 => FdKind::Ipv4,
            10 => FdKind::Ipv6,
            16 => FdKind::Netlink,
            17 => FdKind::Packet,
            _ => FdKind::Other,
        };
        let inode = self.record.file().map(|facts| (facts.device, facts.inode));
        if !kind.is_inet() {
            let name = self.sockaddr_path().unwrap_or_default();
            return Some(Fd { number, kind, name: name.into(), raw_name: None, inode, socket: None });
        }
        let socket = self.socket(&ends);
        Some(Fd { number, kind, name: socket.tuple().into(), raw_name: None, inode, socket: Some(socket) })
    }

    fn socket(&self, ends: &types::socket_ends) -> Socket {
        use EventKind::{
            Accept, Accept4, Bind, Connect, DnsQuery, Listen, Recvfrom, Recvmmsg, Recvmsg, Sendmmsg, Sendmsg,
            Sendto,
        };
        let mut local = address(ends.family, &ends.local, ends.local_port);
        let mut remote = address(ends.family, &ends.remote, ends.remote_port).filter(|end| end.port() != 0);
        let given = self.record.field(record::SOCKADDR).and_then(sockaddr);
        let sends = matches!(self.kind, Sendto | Sendmsg | Sendmmsg);
        let receives = matches!(self.kind, Recvfrom | Recvmsg | Recvmmsg);
        match self.kind {
            // Where the connection failed, or the datagram names its receiver, the kernel's socket has no peer.
            Connect => remote = remote.or(given),
            _ if sends || receives || self.kind == DnsQuery => remote = given.or(remote),
            Bind => local = given.or(local),
            _ => {}
        }
        let role = match self.kind {
            Connect | Sendto | Sendmsg | Sendmmsg | DnsQuery => Role::Client,
            Accept | Accept4 | Listen | Bind | Recvfrom | Recvmsg | Recvmmsg => Role::Server,
            _ => Role::Unknown,
        };
        Socket {
            protocol: protocol(ends),
            role,
            local,
            remote,
            // The kernel holds a peer for a datagram socket only after connect.
            connected: if sends || receives {
                ends.remote_port != 0
            } else {
                remote.is_some() && (self.result() >= 0 || self.result() == -115)
            },
            name_changed: matches!(self.kind, Connect | Accept | Accept4)
                || ((sends || receives) && given.is_some()),
        }
    }

    // sun_path of a Unix address, as far as it is a path.
    fn sockaddr_path(&self) -> Option<String> {
        let bytes = self.record.field(record::SOCKADDR)?;
        let (family, path) = bytes.split_first_chunk::<2>()?;
        if u16::from_le_bytes(*family) != 1 {
            return None;
        }
        let abstract_name = path.first() == Some(&0);
        let path = if abstract_name { &path[1..] } else { path };
        let end = path.iter().position(|byte| *byte == 0).unwrap_or(path.len());
        let text = String::from_utf8_lossy(&path[..end]).into_owned();
        Some(if abstract_name { format!("@{text}") } else { text })
    }
}

fn protocol(ends: &types::socket_ends) -> L4Protocol {
    match ends.protocol {
        6 => L4Protocol::Tcp,
        17 => L4Protocol::Udp,
        1 | 58 => L4Protocol::Icmp,
        _ if ends.r#type == 3 => L4Protocol::Raw,
        _ => L4Protocol::Other,
    }
}

fn address(family: u16, bytes: &[u8; 16], port: u16) -> Option<SocketAddr> {
    let ip = match family {
        2 => IpAddr::V4(Ipv4Addr::new(bytes[0], bytes[1], bytes[2], bytes[3])),
        10 => mapped(Ipv6Addr::from(*bytes)),
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

// An IPv4 peer of an IPv6 socket is an IPv4 peer.
fn mapped(ip: Ipv6Addr) -> IpAddr {
    ip.to_ipv4_mapped().map_or(IpAddr::V6(ip), IpAddr::V4)
}

// struct sockaddr_in and sockaddr_in6: family, port in network order, then the address (6: after the flow label).
fn sockaddr(bytes: &[u8]) -> Option<SocketAddr> {
    let (family, rest) = bytes.split_first_chunk::<2>()?;
    let (port, rest) = rest.split_first_chunk::<2>()?;
    let ip = match u16::from_le_bytes(*family) {
        2 => IpAddr::V4(Ipv4Addr::from(*rest.first_chunk::<4>()?)),
        10 => mapped(Ipv6Addr::from(*rest.get(4..)?.first_chunk::<16>()?)),
        _ => return None,
    };
    Some(SocketAddr::new(ip, u16::from_be_bytes(*port)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_from_the_callers_structure() {
        let v4 = [2, 0, 0x1f, 0x90, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(sockaddr(&v4), Some(SocketAddr::from(([127, 0, 0, 1], 8080))));
        assert_eq!(sockaddr(&v4[..7]), None);
        assert_eq!(sockaddr(&[1, 0, b'/']), None);
        let mut v6 = [0_u8; 28];
        (v6[0], v6[2], v6[3]) = (10, 0, 53);
        v6[18..24].copy_from_slice(&[0xff, 0xff, 10, 0, 0, 1]);
        assert_eq!(sockaddr(&v6), Some(SocketAddr::from(([10, 0, 0, 1], 53))));
    }
}
