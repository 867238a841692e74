//! [`Fd`]: the file or socket an event acts on.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

/// The file or socket an event acts on, resolved by the kernel at the time of the event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fd {
    /// Descriptor number; −1 where the call failed or names a path only.
    pub number: i64,
    /// What it is.
    pub kind: FdKind,
    /// Absolute path as the kernel resolved it (links followed, `..` gone), or `client:port->server:port` for a
    /// connection, or the path of a Unix socket.
    pub name: Arc<str>,
    /// The path as the caller wrote it (`fd.nameraw`); may be relative and contain `..`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw_name: Option<Box<str>>,
    /// Device number and inode, where it is a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inode: Option<(u64, u64)>,
    /// The connection, where it is a socket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub socket: Option<Socket>,
}

/// What a descriptor refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the kernel's")]
pub enum FdKind {
    File,
    Directory,
    Ipv4,
    Ipv6,
    Unix,
    Pipe,
    Event,
    Signalfd,
    Eventpoll,
    Inotify,
    Timerfd,
    Netlink,
    Packet,
    Bpf,
    Userfault,
    Memfd,
    Pidfd,
    IoUring,
    Other,
}

impl FdKind {
    /// Falco's `fd.type`.
    pub const fn falco_type(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Directory => "directory",
            Self::Ipv4 => "ipv4",
            Self::Ipv6 => "ipv6",
            Self::Unix => "unix",
            Self::Pipe => "pipe",
            Self::Event => "event",
            Self::Signalfd => "signalfd",
            Self::Eventpoll => "eventpoll",
            Self::Inotify => "inotify",
            Self::Timerfd => "timerfd",
            Self::Netlink => "netlink",
            Self::Packet => "packet",
            Self::Bpf => "bpf",
            Self::Userfault => "userfaultfd",
            Self::Memfd => "memfd",
            Self::Pidfd => "pidfd",
            Self::IoUring => "io_uring",
            Self::Other => "other",
        }
    }

    /// Falco's `fd.typechar`.
    pub const fn falco_typechar(self) -> &'static str {
        match self {
            Self::File => "f",
            Self::Directory => "d",
            Self::Ipv4 => "4",
            Self::Ipv6 => "6",
            Self::Unix => "u",
            Self::Pipe => "p",
            Self::Event => "e",
            Self::Signalfd => "s",
            Self::Eventpoll => "l",
            Self::Inotify => "i",
            Self::Timerfd => "t",
            Self::Netlink => "n",
            Self::Packet => "k",
            Self::Bpf => "b",
            Self::Userfault => "u",
            Self::Memfd => "m",
            Self::Pidfd => "P",
            Self::IoUring => "r",
            Self::Other => "o",
        }
    }

    /// True for IPv4 and IPv6 sockets.
    pub const fn is_inet(self) -> bool {
        matches!(self, Self::Ipv4 | Self::Ipv6)
    }
}

/// The two ends of a socket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Socket {
    /// Transport protocol.
    pub protocol: L4Protocol,
    /// Which end this process is.
    pub role: Role,
    /// This machine's end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<SocketAddr>,
    /// The other end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<SocketAddr>,
    /// True once the kernel holds a peer for it.
    pub connected: bool,
    /// True where this event gave the socket another peer than it had (`fd.name_changed`).
    #[serde(default)]
    pub name_changed: bool,
}

impl Socket {
    /// The client's end, where it is known who that is.
    pub fn client(&self) -> Option<SocketAddr> {
        match self.role {
            Role::Client => self.local,
            Role::Server => self.remote,
            Role::Unknown => None,
        }
    }

    /// The server's end, where it is known who that is.
    pub fn server(&self) -> Option<SocketAddr> {
        match self.role {
            Role::Client => self.remote,
            Role::Server => self.local,
            Role::Unknown => None,
        }
    }

    /// `client:port->server:port` as Falco prints it; the one known end where there is only one.
    pub fn tuple(&self) -> String {
        let (from, to) = match self.role {
            Role::Server => (self.remote, self.local),
            Role::Client | Role::Unknown => (self.local, self.remote),
        };
        match (from, to) {
            (Some(from), Some(to)) => format!("{}->{}", end(from), end(to)),
            (Some(only), None) | (None, Some(only)) => end(only),
            (None, None) => String::new(),
        }
    }
}

// Falco prints IPv6 ends without brackets.
fn end(address: SocketAddr) -> String {
    match address.ip() {
        IpAddr::V4(ip) => format!("{ip}:{}", address.port()),
        IpAddr::V6(ip) => format!("{ip}:{}", address.port()),
    }
}

/// Which end of a connection this process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// It connected or sent first.
    Client,
    /// It listened, accepted or received first.
    Server,
    /// Not known yet.
    Unknown,
}

/// Transport protocol of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the protocols'")]
pub enum L4Protocol {
    Tcp,
    Udp,
    Icmp,
    Raw,
    Other,
}

impl L4Protocol {
    /// Falco's `fd.l4proto`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Icmp => "icmp",
            Self::Raw => "raw",
            Self::Other => "<NA>",
        }
    }
}
