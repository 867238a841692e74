//! Records of the probes as events: who, on what, with which arguments.
//!
//! The arguments of each kind have the names and the order of Falco's event table (`driver/event_table.c`), because
//! rules name them.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use smallvec::SmallVec;
use yagura_event::{
    Arg, ArgName, ArgValue, Event, EventKind, Fd, FdKind, FlagSet, L4Protocol, Process, Role, Socket,
};

use crate::{
    call::{self, Call},
    record::{self, Class, Record},
    skeleton::types,
    table::Table,
    wanted::Wanted,
};

/// Turns records into events, numbered in the order they come.
pub(crate) struct Decoder {
    pub(crate) table: Table,
    number: u64,
    // What nobody wants is told to the table only.
    wanted: Arc<Wanted>,
}

type Args = SmallVec<[Arg; 6]>;

impl Decoder {
    pub(crate) fn new(table: Table, wanted: Arc<Wanted>) -> Self {
        Self { table, number: 0, wanted }
    }

    /// The event of a record; `None` where it only changes the process table.
    pub(crate) fn decode(&mut self, record: &Record<'_>) -> Option<Event> {
        let (kind, process, fd, args) = match record.class {
            Class::Fork => {
                let process = self.table.fork(record);
                (EventKind::Clone, process, None, Args::new())
            }
            Class::Exec => {
                let process = self.table.exec(record);
                let args = exec_args(&process);
                (EventKind::Execve, process, None, args)
            }
            Class::Exit => {
                let process = self.table.exit(record);
                let status = ArgValue::Int(record.head.result);
                (EventKind::ProcExit, process, None, args([(ArgName::Status, status)]))
            }
            Class::Call => self.call(record, call::find(record.head.call)?)?,
        };
        if !self.wanted.contains(kind) {
            return None;
        }
        self.number += 1;
        // An exit status is no result: the call did not fail.
        let result = if record.class == Class::Exit { 0 } else { record.head.result };
        Some(Event {
            number: self.number,
            time: self.table.clock().at_boot(record.head.time),
            kind,
            result,
            cpu: record.head.cpu,
            tid: record.head.tid,
            process,
            fd,
            args,
            data: None,
        })
    }

    fn call(
        &mut self,
        record: &Record<'_>,
        call: &Call,
    ) -> Option<(EventKind, Arc<Process>, Option<Fd>, Args)> {
        // A program that began to run was told by the scheduler; here only attempts that failed count.
        if matches!(call.kind, EventKind::Execve | EventKind::Execveat) && record.head.result >= 0 {
            return None;
        }
        let mut process = self.table.of(&record.head, &record.comm());
        if let Some(cwd) = record.path(record::CWD).filter(|_| record.head.result >= 0) {
            process = self.table.chdir(&process, &record.head, cwd);
        }
        let call_of = CallOf { record, process: &process, kind: call.kind };
        let fd = call_of.fd();
        let args = call_of.args(&mut self.table, fd.as_ref());
        Some((call.kind, process, fd, args))
    }
}

struct CallOf<'a> {
    record: &'a Record<'a>,
    process: &'a Process,
    kind: EventKind,
}

fn args<const N: usize>(list: [(ArgName, ArgValue); N]) -> Args {
    list.into_iter().map(|(name, value)| Arg { name, value }).collect()
}

fn exec_args(process: &Process) -> Args {
    let file = &process.exe_file;
    let flags = u64::from(file.writable)
        | u64::from(file.upper_layer) << 1
        | u64::from(file.memfd) << 2
        | u64::from(file.lower_layer) << 3;
    args([
        (ArgName::Res, ArgValue::Errno(0)),
        (ArgName::Exe, ArgValue::Text(process.exe.clone())),
        (ArgName::Pid, ArgValue::Pid(process.pid.into())),
        (ArgName::Ptid, ArgValue::Pid(process.ppid.into())),
        (ArgName::Cwd, ArgValue::Text(process.cwd.clone())),
        (ArgName::Comm, ArgValue::Text(process.name.clone())),
        (ArgName::Flags, ArgValue::Flags(FlagSet::Exec, flags)),
        (ArgName::Filename, ArgValue::Path(file.path.clone())),
        (ArgName::TrustedExepath, ArgValue::Path(file.path.clone())),
    ])
}

impl CallOf<'_> {
    fn number(&self, index: usize) -> u64 {
        self.record.head.args[index]
    }

    // The low half: an int of C.
    fn int(&self, index: usize) -> i64 {
        i64::from(self.number(index) as i32)
    }

    fn result(&self) -> i64 {
        self.record.head.result
    }

    fn res(&self) -> (ArgName, ArgValue) {
        (ArgName::Res, ArgValue::Errno(self.result()))
    }

    // The path of a text argument, made absolute; what the caller wrote where nothing is known of its directory.
    fn absolute(&self, text: u8, base: u8) -> Option<String> {
        let written = self.record.text(text)?;
        if written.starts_with('/') {
            return Some(normalise(&written));
        }
        let base = self.record.path(base).unwrap_or_else(|| self.process.cwd.to_string());
        Some(normalise(&format!("{base}/{written}")))
    }

    fn path(&self, name: ArgName, text: u8, base: u8) -> (ArgName, ArgValue) {
        (name, ArgValue::Path(self.absolute(text, base).unwrap_or_default().into()))
    }

    fn text(&self, name: ArgName, tag: u8) -> (ArgName, ArgValue) {
        (name, ArgValue::Text(self.record.text(tag).unwrap_or_default().into()))
    }

    fn dir(&self, name: ArgName, index: usize) -> (ArgName, ArgValue) {
        (name, ArgValue::Fd(self.int(index)))
    }

    fn flags(&self, name: ArgName, set: FlagSet, index: usize) -> (ArgName, ArgValue) {
        (name, ArgValue::Flags(set, self.number(index) & 0xffff_ffff))
    }

    fn fd(&self) -> Option<Fd> {
        use EventKind::{
            Accept, Accept4, Bind, Connect, Creat, Dup, Dup2, Dup3, Fchdir, Fchmod, Fchown, FinitModule,
            Ftruncate, Listen, Open, Openat, Openat2, Sendmsg, Sendto, Socket,
        };
        match self.kind {
            Open | Openat | Openat2 | Creat => Some(self.opened()),
            Accept | Accept4 | Socket if self.result() < 0 => None,
            Accept | Accept4 | Socket => self.socket_fd(self.result()),
            Connect | Bind | Listen | Sendto | Sendmsg => self.socket_fd(self.int(0)),
            Dup | Dup2 | Dup3 | Fchmod | Fchown | Fchdir | Ftruncate | FinitModule => {
                let number = if matches!(self.kind, Dup | Dup2 | Dup3) { self.result() } else { self.int(0) };
                self.socket_fd(number).or_else(|| self.file_fd(number))
            }
            _ => None,
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

    fn socket_fd(&self, number: i64) -> Option<Fd> {
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
        use EventKind::{Accept, Accept4, Bind, Connect, Listen, Sendmsg, Sendto};
        let mut local = address(ends.family, &ends.local, ends.local_port);
        let mut remote = address(ends.family, &ends.remote, ends.remote_port).filter(|end| end.port() != 0);
        let given = self.record.field(record::SOCKADDR).and_then(sockaddr);
        let sends = matches!(self.kind, Sendto | Sendmsg);
        match self.kind {
            // Where the connection failed, or the datagram names its receiver, the kernel's socket has no peer.
            Connect | Sendto | Sendmsg => remote = if sends { given.or(remote) } else { remote.or(given) },
            Bind => local = given.or(local),
            _ => {}
        }
        let role = match self.kind {
            Connect | Sendto | Sendmsg => Role::Client,
            Accept | Accept4 | Listen | Bind => Role::Server,
            _ => Role::Unknown,
        };
        Socket {
            protocol: protocol(ends),
            role,
            local,
            remote,
            connected: !sends && remote.is_some() && (self.result() >= 0 || self.result() == -115),
            name_changed: matches!(self.kind, Connect | Accept | Accept4) || sends,
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

    fn args(&self, table: &mut Table, fd: Option<&Fd>) -> Args {
        use EventKind::*;
        use record::{BASE1, BASE2, TEXT1, TEXT2, TEXT3};
        let name = || (ArgName::Name, ArgValue::Path(fd.map(|fd| fd.name.clone()).unwrap_or_default()));
        let opened = (ArgName::Fd, ArgValue::Fd(self.result()));
        let on = (ArgName::Fd, ArgValue::Fd(self.int(0)));
        let uid = |table: &mut Table, index| match self.int(index) {
            -1 => ArgValue::Int(-1),
            id => ArgValue::Uid { id: id as u32, name: table.user(self.process, id as u32).name },
        };
        let gid = |table: &mut Table, index| match self.int(index) {
            -1 => ArgValue::Int(-1),
            id => ArgValue::Gid { id: id as u32, name: table.group(self.process, id as u32).name },
        };
        let tuple = || {
            let text = fd.and_then(|fd| fd.socket.as_ref()).map(yagura_event::Socket::tuple);
            let text = text.unwrap_or_else(|| fd.map(|fd| fd.name.to_string()).unwrap_or_default());
            (ArgName::Tuple, ArgValue::Text(text.into()))
        };
        let inode = || {
            let (device, inode) = fd.and_then(|fd| fd.inode).unwrap_or_default();
            [(ArgName::Dev, ArgValue::Hex(device)), (ArgName::Ino, ArgValue::Uint(inode))]
        };
        let [dev, ino] = inode();
        let open_flags =
            |index| (ArgName::Flags, ArgValue::Flags(FlagSet::Open, self.number(index) & 0xffff_ffff));
        let mode = |index| (ArgName::Mode, ArgValue::Flags(FlagSet::Mode, self.number(index) & 0o7777));
        let filename = |text, base| self.path(ArgName::Filename, text, base);
        match self.kind {
            Open => args([opened, name(), open_flags(1), mode(2), dev, ino]),
            Openat => args([opened, self.dir(ArgName::Dirfd, 0), name(), open_flags(2), mode(3), dev, ino]),
            Openat2 => args([
                opened,
                self.dir(ArgName::Dirfd, 0),
                name(),
                open_flags(2),
                mode(3),
                self.flags(ArgName::Resolve, FlagSet::Resolve, 4),
                dev,
                ino,
            ]),
            Creat => args([opened, name(), mode(1), dev, ino]),
            Execve | Execveat => args([self.res(), filename(TEXT1, BASE1)]),
            Unlink | Rmdir => args([self.res(), self.path(ArgName::Path, TEXT1, BASE1)]),
            Unlinkat => args([
                self.res(),
                self.dir(ArgName::Dirfd, 0),
                self.path(ArgName::Name, TEXT1, BASE1),
                self.flags(ArgName::Flags, FlagSet::At, 2),
            ]),
            Mkdir => args([self.res(), self.path(ArgName::Path, TEXT1, BASE1), mode(1)]),
            Mkdirat => args([
                self.res(),
                self.dir(ArgName::Dirfd, 0),
                self.path(ArgName::Path, TEXT1, BASE1),
                mode(2),
            ]),
            Rename => args([
                self.res(),
                self.path(ArgName::Oldpath, TEXT1, BASE1),
                self.path(ArgName::Newpath, TEXT2, BASE2),
            ]),
            Renameat | Renameat2 => args([
                self.res(),
                self.dir(ArgName::Olddirfd, 0),
                self.path(ArgName::Oldpath, TEXT1, BASE1),
                self.dir(ArgName::Newdirfd, 2),
                self.path(ArgName::Newpath, TEXT2, BASE2),
                self.flags(ArgName::Flags, FlagSet::Rename, 4),
            ]),
            Link => args([
                self.res(),
                self.path(ArgName::Oldpath, TEXT1, BASE1),
                self.path(ArgName::Newpath, TEXT2, BASE2),
            ]),
            Linkat => args([
                self.res(),
                self.dir(ArgName::Olddir, 0),
                self.path(ArgName::Oldpath, TEXT1, BASE1),
                self.dir(ArgName::Newdir, 2),
                self.path(ArgName::Newpath, TEXT2, BASE2),
                self.flags(ArgName::Flags, FlagSet::At, 4),
            ]),
            Symlink => args([
                self.res(),
                self.text(ArgName::Target, TEXT1),
                self.path(ArgName::Linkpath, TEXT2, BASE2),
            ]),
            Symlinkat => args([
                self.res(),
                self.text(ArgName::Target, TEXT1),
                self.dir(ArgName::Linkdirfd, 1),
                self.path(ArgName::Linkpath, TEXT2, BASE2),
            ]),
            Chmod => args([self.res(), filename(TEXT1, BASE1), mode(1)]),
            Fchmodat => args([self.res(), self.dir(ArgName::Dirfd, 0), filename(TEXT1, BASE1), mode(2)]),
            Fchmod => args([self.res(), on, mode(1), name()]),
            Chown | Lchown => args([
                self.res(),
                self.path(ArgName::Path, TEXT1, BASE1),
                (ArgName::Uid, uid(table, 1)),
                (ArgName::Gid, gid(table, 2)),
            ]),
            Fchown => args([self.res(), on, (ArgName::Uid, uid(table, 1)), (ArgName::Gid, gid(table, 2))]),
            Fchownat => args([
                self.res(),
                self.dir(ArgName::Dirfd, 0),
                self.path(ArgName::Path, TEXT1, BASE1),
                (ArgName::Uid, uid(table, 2)),
                (ArgName::Gid, gid(table, 3)),
                self.flags(ArgName::Flags, FlagSet::At, 4),
            ]),
            Truncate => args([
                self.res(),
                self.path(ArgName::Path, TEXT1, BASE1),
                (ArgName::Length, ArgValue::Uint(self.number(1))),
            ]),
            Ftruncate => args([self.res(), on, name(), (ArgName::Length, ArgValue::Uint(self.number(1)))]),
            Setxattr => args([self.res(), self.path(ArgName::Path, TEXT1, BASE1)]),
            Dup => args([self.res(), (ArgName::Oldfd, ArgValue::Fd(self.int(0)))]),
            Dup2 => args([
                self.res(),
                (ArgName::Oldfd, ArgValue::Fd(self.int(0))),
                (ArgName::Newfd, ArgValue::Fd(self.int(1))),
            ]),
            Dup3 => args([
                self.res(),
                (ArgName::Oldfd, ArgValue::Fd(self.int(0))),
                (ArgName::Newfd, ArgValue::Fd(self.int(1))),
                self.flags(ArgName::Flags, FlagSet::Dup, 2),
            ]),
            Chdir | Chroot => args([self.res(), self.path(ArgName::Path, TEXT1, BASE1)]),
            Fchdir => args([self.res(), on]),
            Connect | Bind => args([self.res(), tuple(), on]),
            Accept | Accept4 => args([opened, tuple()]),
            Listen => args([self.res(), on, (ArgName::Backlog, ArgValue::Int(self.int(1)))]),
            Socket => args([
                opened,
                self.flags(ArgName::Domain, FlagSet::SocketDomain, 0),
                self.flags(ArgName::Type, FlagSet::SocketType, 1),
                (ArgName::Proto, ArgValue::Int(self.int(2))),
            ]),
            Sendto | Sendmsg => args([
                self.res(),
                on,
                (ArgName::Size, ArgValue::Uint(if self.kind == Sendto { self.number(2) } else { 0 })),
                tuple(),
            ]),
            Setuid | Setfsuid => args([self.res(), (ArgName::Uid, uid(table, 0))]),
            Setreuid => args([self.res(), (ArgName::Ruid, uid(table, 0)), (ArgName::Euid, uid(table, 1))]),
            Setresuid => args([
                self.res(),
                (ArgName::Ruid, uid(table, 0)),
                (ArgName::Euid, uid(table, 1)),
                (ArgName::Suid, uid(table, 2)),
            ]),
            Setgid => args([self.res(), (ArgName::Gid, gid(table, 0))]),
            Setregid => args([self.res(), (ArgName::Rgid, gid(table, 0)), (ArgName::Egid, gid(table, 1))]),
            Setresgid => args([
                self.res(),
                (ArgName::Rgid, gid(table, 0)),
                (ArgName::Egid, gid(table, 1)),
                (ArgName::Sgid, gid(table, 2)),
            ]),
            Setsid => args([self.res()]),
            Setpgid => args([
                self.res(),
                (ArgName::Pid, ArgValue::Pid(self.int(0))),
                (ArgName::Pgid, ArgValue::Pid(self.int(1))),
            ]),
            Capset => args([
                self.res(),
                (
                    ArgName::CapInheritable,
                    ArgValue::Flags(FlagSet::Capabilities, self.record.head.cap_inheritable),
                ),
                (
                    ArgName::CapPermitted,
                    ArgValue::Flags(FlagSet::Capabilities, self.record.head.cap_permitted),
                ),
                (
                    ArgName::CapEffective,
                    ArgValue::Flags(FlagSet::Capabilities, self.record.head.cap_effective),
                ),
            ]),
            Setns => args([self.res(), on, self.flags(ArgName::Nstype, FlagSet::Namespace, 1)]),
            Unshare => args([self.res(), self.flags(ArgName::Flags, FlagSet::Clone, 0)]),
            Ptrace => args([
                self.res(),
                self.flags(ArgName::Request, FlagSet::PtraceRequest, 0),
                (ArgName::Pid, ArgValue::Pid(self.int(1))),
                (ArgName::Addr, ArgValue::Hex(self.number(2))),
                (ArgName::Data, ArgValue::Hex(self.number(3))),
            ]),
            ProcessVmReadv | ProcessVmWritev => {
                args([self.res(), (ArgName::Pid, ArgValue::Pid(self.int(0)))])
            }
            Kill | Tkill => args([
                self.res(),
                (ArgName::Pid, ArgValue::Pid(self.int(0))),
                self.flags(ArgName::Sig, FlagSet::Signal, 1),
            ]),
            Tgkill => args([
                self.res(),
                (ArgName::Pid, ArgValue::Pid(self.int(0))),
                (ArgName::Tid, ArgValue::Pid(self.int(1))),
                self.flags(ArgName::Sig, FlagSet::Signal, 2),
            ]),
            Mount => args([
                self.res(),
                self.text(ArgName::Dev, TEXT1),
                (ArgName::Path, self.path(ArgName::Path, TEXT2, BASE2).1),
                self.text(ArgName::Type, TEXT3),
                self.flags(ArgName::Flags, FlagSet::Mount, 3),
            ]),
            Umount2 => args([
                self.res(),
                self.path(ArgName::Name, TEXT1, BASE1),
                self.flags(ArgName::Flags, FlagSet::Umount, 1),
            ]),
            PivotRoot => args([
                self.res(),
                self.path(ArgName::Newpath, TEXT1, BASE1),
                self.path(ArgName::Oldpath, TEXT2, BASE2),
            ]),
            InitModule => args([
                self.res(),
                (ArgName::Length, ArgValue::Uint(self.number(1))),
                self.text(ArgName::Uargs, TEXT1),
            ]),
            FinitModule => args([
                self.res(),
                on,
                self.text(ArgName::Uargs, TEXT1),
                self.flags(ArgName::Flags, FlagSet::Module, 2),
            ]),
            DeleteModule => args([self.res(), self.text(ArgName::Name, TEXT1)]),
            Bpf => args([opened, self.flags(ArgName::Cmd, FlagSet::BpfCommand, 0)]),
            Userfaultfd => args([self.res(), self.flags(ArgName::Flags, FlagSet::Userfault, 0)]),
            MemfdCreate => {
                args([opened, self.text(ArgName::Name, TEXT1), self.flags(ArgName::Flags, FlagSet::Memfd, 1)])
            }
            Prctl => args([
                self.res(),
                self.flags(ArgName::Option, FlagSet::PrctlOption, 0),
                self.text(ArgName::Arg2Str, TEXT1),
                (ArgName::Arg2Int, ArgValue::Int(self.number(1).cast_signed())),
            ]),
            _ => args([self.res()]),
        }
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

/// A path without `.`, `..` and double slashes. Links are not followed: this is what the caller named.
fn normalise(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_normalised() {
        for (written, expected) in
            [("/a/../b//./c", "/b/c"), ("/../../etc", "/etc"), ("/", "/"), ("//", "/"), ("/a/b/../..", "/")]
        {
            assert_eq!(normalise(written), expected);
        }
    }

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
