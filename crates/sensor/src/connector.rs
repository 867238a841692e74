//! The kernel's connector for process events (`cn_proc`): who begins, runs another program, ends, changes its user.
//!
//! Works without eBPF and BTF. The kernel tells numbers only; names come from procfs, if the process still lives.
//! Layouts: `include/uapi/linux/{netlink,connector,cn_proc}.h`.

use std::{
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    time::{Duration, Instant},
};

use rustix::{
    io::Errno,
    net::{
        AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, bind,
        netlink::{self, SocketAddrNetlink},
        recv, send, socket_with, sockopt,
    },
};

/// What the kernel told of a process. Numbers are those of the first pid namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// `child` began, made by `parent`.
    Fork { parent: u32, child: u32 },
    /// It runs another program.
    Exec { pid: u32 },
    /// Its effective user is another.
    User { pid: u32, euid: u32 },
    /// Its effective group is another.
    Group { pid: u32, egid: u32 },
    /// It leads a session of its own.
    Session { pid: u32 },
    /// `tracer` began to trace it; 0 where it ended.
    Traced { pid: u32, tracer: u32 },
    /// It gave itself another name.
    Name { pid: u32, name: [u8; 16] },
    /// It ended.
    Exit { pid: u32, status: u32 },
}

/// A subscription.
pub(crate) struct Connector {
    socket: OwnedFd,
}

const GROUP: u32 = 1; // CN_IDX_PROC, and CN_VAL_PROC
const LISTEN: u32 = 1; // PROC_CN_MCAST_LISTEN
const NLMSG_DONE: u16 = 3;
const NETLINK_HEADER: usize = 16;
const CONNECTOR_HEADER: usize = 20;
/// `what`, processor, time.
const EVENT_HEADER: usize = 16;
const BUFFER_BYTES: usize = 8 << 20;
const ANSWER_MAX: Duration = Duration::from_secs(1);

impl Connector {
    /// Subscribes, and waits until the kernel said yes.
    pub(crate) fn open() -> Result<Self, String> {
        let said = |what: &'static str| move |error: Errno| format!("{what}: {error}");
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let kind = (AddressFamily::NETLINK, SocketType::DGRAM);
        let socket =
            socket_with(kind.0, kind.1, flags, Some(netlink::CONNECTOR)).map_err(said("no socket"))?;
        bind(&socket, &SocketAddrNetlink::new(0, GROUP)).map_err(said("not allowed: run as root"))?;
        // Many processes may begin before they are looked at; without the privilege the kernel's ceiling holds.
        let _ = sockopt::set_socket_recv_buffer_size_force(&socket, BUFFER_BYTES);
        send(&socket, &request(), SendFlags::empty()).map_err(said("the kernel has no process connector"))?;
        let connector = Self { socket };
        connector.wait_for_answer()?;
        Ok(connector)
    }

    fn wait_for_answer(&self) -> Result<(), String> {
        let begin = Instant::now();
        let mut buffer = [0; 4_096];
        while begin.elapsed() < ANSWER_MAX {
            match recv(&self.socket, &mut buffer, RecvFlags::empty()) {
                Ok((length, _)) => match answer(&buffer[..length]) {
                    Some(0) => return Ok(()),
                    Some(errno) => return Err(format!("refused: {}", Errno::from_raw_os_error(errno))),
                    None => {}
                },
                Err(_) => std::thread::sleep(Duration::from_millis(2)),
            }
        }
        Err("the kernel does not answer: it tells only processes of the first pid and user namespace"
            .to_owned())
    }

    /// Hands out what is there. False where the kernel could not keep all of it.
    pub(crate) fn read(&self, told: &mut Vec<Told>) -> bool {
        let mut buffer = [0; 4_096];
        let mut complete = true;
        while told.len() < ROUND_MAX {
            match recv(&self.socket, &mut buffer, RecvFlags::empty()) {
                Ok((length, _)) => told.extend(parse(&buffer[..length])),
                Err(Errno::NOBUFS) => complete = false,
                Err(Errno::INTR) => {}
                Err(_) => break,
            }
        }
        complete
    }
}

/// Told at once; the rest waits in the kernel.
const ROUND_MAX: usize = 4_096;

impl AsFd for Connector {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

fn request() -> Vec<u8> {
    let length = NETLINK_HEADER + CONNECTOR_HEADER + 4;
    let mut bytes = Vec::with_capacity(length);
    bytes.extend((length as u32).to_ne_bytes());
    bytes.extend(NLMSG_DONE.to_ne_bytes());
    bytes.extend([0; 10]); // flags, sequence, port
    bytes.extend(GROUP.to_ne_bytes());
    bytes.extend(GROUP.to_ne_bytes());
    bytes.extend([0; 8]); // sequence, acknowledgement
    bytes.extend(4_u16.to_ne_bytes());
    bytes.extend([0; 2]); // flags
    bytes.extend(LISTEN.to_ne_bytes());
    bytes
}

// The event of a message: what, and the bytes that say to whom.
fn event(message: &[u8]) -> Option<(u32, &[u8])> {
    let event = message.get(NETLINK_HEADER + CONNECTOR_HEADER..)?;
    Some((word(event, 0)?, event.get(EVENT_HEADER..)?))
}

fn word(bytes: &[u8], index: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(*bytes.get(index * 4..)?.first_chunk::<4>()?))
}

// The errno that answers a subscription.
fn answer(message: &[u8]) -> Option<i32> {
    let (what, rest) = event(message)?;
    (what == 0).then(|| word(rest, 0).map(u32::cast_signed)).flatten()
}

// `enum proc_cn_event`. Events tell the thread, then its process; those of threads alone are left out.
fn parse(message: &[u8]) -> Option<Told> {
    let (what, rest) = event(message)?;
    let word = |index| word(rest, index);
    let (tid, pid) = (word(0)?, word(1)?);
    match what {
        0x1 => (word(2)? == word(3)?).then_some(Told::Fork { parent: pid, child: word(3)? }),
        0x2 => Some(Told::Exec { pid }),
        0x4 => Some(Told::User { pid, euid: word(3)? }),
        0x40 => Some(Told::Group { pid, egid: word(3)? }),
        0x80 => Some(Told::Session { pid }),
        0x100 => Some(Told::Traced { pid, tracer: word(3)? }),
        0x200 if tid == pid => Some(Told::Name { pid, name: *rest.get(8..)?.first_chunk()? }),
        0x8000_0000 if tid == pid => Some(Told::Exit { pid, status: word(2)? }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(what: u32, words: &[u32]) -> Vec<u8> {
        let mut bytes = vec![0; NETLINK_HEADER + CONNECTOR_HEADER];
        bytes.extend(what.to_ne_bytes());
        bytes.extend([0; EVENT_HEADER - 4]);
        words.iter().for_each(|word| bytes.extend(word.to_ne_bytes()));
        bytes
    }

    #[test]
    fn messages_are_read() {
        for (what, words, expected) in [
            (1, vec![7, 7, 9, 9], Some(Told::Fork { parent: 7, child: 9 })),
            // A thread, not a process.
            (1, vec![7, 7, 10, 7], None),
            (2, vec![8, 7], Some(Told::Exec { pid: 7 })),
            (4, vec![7, 7, 0, 33], Some(Told::User { pid: 7, euid: 33 })),
            (0x8000_0000, vec![7, 7, 256, 17], Some(Told::Exit { pid: 7, status: 256 })),
            (0x8000_0000, vec![8, 7, 0, 0], None),
            (0x4000_0000, vec![7, 7], None),
        ] {
            assert_eq!(parse(&message(what, &words)), expected, "{what:#x} {words:?}");
        }
        assert_eq!(answer(&message(0, &[22])), Some(22));
    }

    #[test]
    fn short_messages_are_no_messages() {
        let whole = message(0x200, &[7, 7, 1, 2, 3, 4]);
        assert!(parse(&whole).is_some());
        for length in 0..whole.len() {
            assert_eq!(parse(&whole[..length]), None, "{length}");
        }
    }
}
