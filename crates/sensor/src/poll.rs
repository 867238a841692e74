//! The way without privileges: looks at procfs again and again. Sees programs and sockets that live long enough.

use std::{
    collections::{HashMap, HashSet},
    fs,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use smallvec::SmallVec;
use yagura_event::{Arg, Event, EventKind, Fd, FdKind, L4Protocol, Process, Role, Socket};

use crate::{clock, decode, limits::PROCESSES_MAX, procfs, status::Shared, table::Table, wanted::Wanted};

const PERIOD: Duration = Duration::from_millis(200);
/// Sockets are looked at less often: finding their owners costs a walk over all descriptors.
const SOCKETS_EVERY: u32 = 5;
/// Most sockets remembered.
const SOCKETS_MAX: usize = 65_536;

/// Looks at procfs until `stop` is true.
pub(crate) fn run(
    mut table: Table,
    wanted: Arc<Wanted>,
    stop: &AtomicBool,
    shared: &Arc<Shared>,
    mut sink: impl FnMut(Event),
) {
    let mut poller = Poller::new(wanted);
    poller.processes(&mut table, &mut |_| {});
    poller.sockets(&mut |_| {});
    let mut round = 0_u32;
    while !stop.load(Ordering::Acquire) {
        let begin = Instant::now();
        round = round.wrapping_add(1);
        let mut tell = |event: Event| {
            shared.count(event.kind);
            sink(event);
        };
        poller.processes(&mut table, &mut tell);
        if round.is_multiple_of(SOCKETS_EVERY) {
            poller.sockets(&mut tell);
        }
        shared.set_processes(poller.known.len(), table.containers());
        shared.answer_if_asked(|| poller.pictures());
        std::thread::sleep(PERIOD.saturating_sub(begin.elapsed()));
    }
}

/// What was seen at the last look.
pub(crate) struct Poller {
    // By pid: start time, name and program, so that a new program in an old process is seen.
    known: HashMap<u32, (u64, String, Arc<str>, Arc<Process>)>,
    sockets: HashSet<(SocketAddr, SocketAddr, u64)>,
    number: u64,
    wanted: Arc<Wanted>,
}

impl Poller {
    pub(crate) fn new(wanted: Arc<Wanted>) -> Self {
        Self { known: HashMap::new(), sockets: HashSet::new(), number: 0, wanted }
    }

    /// How many processes are known.
    pub(crate) fn len(&self) -> usize {
        self.known.len()
    }

    /// The process of this number, as it was last seen.
    pub(crate) fn known(&self, pid: u32) -> Option<Arc<Process>> {
        self.known.get(&pid).map(|(.., process)| Arc::clone(process))
    }

    /// Every process that is known.
    pub(crate) fn pictures(&self) -> Vec<Arc<Process>> {
        self.known.values().map(|(.., process)| Arc::clone(process)).collect()
    }

    /// A process was looked at.
    pub(crate) fn remember(&mut self, facts: &procfs::Facts, process: Arc<Process>) {
        if self.known.len() < PROCESSES_MAX || self.known.contains_key(&facts.pid) {
            self.known.insert(facts.pid, (facts.start, facts.comm.clone(), facts.exe.path.clone(), process));
        }
    }

    /// A process ended.
    pub(crate) fn forget(&mut self, pid: u32) -> Option<Arc<Process>> {
        self.known.remove(&pid).map(|(.., process)| process)
    }

    /// Tells of processes that began, run another program or ended since the last look.
    pub(crate) fn processes(&mut self, table: &mut Table, tell: &mut impl FnMut(Event)) {
        let pids = procfs::pids();
        let alive: HashSet<u32> = pids.iter().copied().collect();
        let ended: Vec<u32> = self.known.keys().filter(|pid| !alive.contains(pid)).copied().collect();
        for pid in ended {
            if let Some((.., process)) = self.known.remove(&pid) {
                self.tell(EventKind::ProcExit, process, None, SmallVec::new(), tell);
            }
        }
        for pid in pids {
            let Some(facts) = procfs::facts(pid).filter(|facts| !facts.kernel_thread) else { continue };
            let same = self.known.get(&pid).is_some_and(|(start, comm, exe, _)| {
                (*start, comm.as_str(), &**exe) == (facts.start, facts.comm.as_str(), &*facts.exe.path)
            });
            if same {
                continue;
            }
            let parent = self.known(facts.ppid);
            let process = table.insert_facts(facts.clone(), parent);
            self.remember(&facts, Arc::clone(&process));
            let args = decode::exec_args(&process);
            self.tell(EventKind::Execve, process, None, args, tell);
        }
    }

    /// Tells of sockets that were opened since the last look.
    pub(crate) fn sockets(&mut self, tell: &mut impl FnMut(Event)) {
        let open = open_sockets("/proc/net");
        let new: Vec<&Entry> = open.iter().filter(|entry| !self.sockets.contains(&entry.key())).collect();
        if !new.is_empty() {
            let owners = self.owners();
            for entry in &new {
                let Some(process) = owners.get(&entry.inode) else { continue };
                self.tell(entry.kind, Arc::clone(process), Some(entry.fd()), SmallVec::new(), tell);
            }
        }
        self.sockets = open.iter().map(Entry::key).collect();
    }

    // Processes by the inodes of their sockets, as far as this user may look.
    fn owners(&self) -> HashMap<u64, Arc<Process>> {
        let mut owners = HashMap::new();
        for (pid, (.., process)) in &self.known {
            let Ok(descriptors) = fs::read_dir(format!("/proc/{pid}/fd")) else { continue };
            for descriptor in descriptors.flatten() {
                if let Some(inode) = socket_inode(&descriptor.path()) {
                    owners.insert(inode, Arc::clone(process));
                }
            }
        }
        owners
    }

    /// Hands out an event, if anybody wants its kind.
    pub(crate) fn tell(
        &mut self,
        kind: EventKind,
        process: Arc<Process>,
        fd: Option<Fd>,
        args: SmallVec<[Arg; 6]>,
        tell: &mut impl FnMut(Event),
    ) {
        if !self.wanted.contains(kind) {
            return;
        }
        self.number += 1;
        tell(Event {
            number: self.number,
            time: clock::now(),
            kind,
            result: 0,
            cpu: 0,
            tid: process.pid,
            process,
            fd,
            args,
            data: None,
        });
    }
}

/// Sockets that listen or have a peer, as `net` of a process lists them.
pub(crate) fn open_sockets(net: &str) -> Vec<Entry> {
    let mut open: Vec<Entry> = Vec::new();
    for (file, protocol) in [
        ("tcp", L4Protocol::Tcp),
        ("tcp6", L4Protocol::Tcp),
        ("udp", L4Protocol::Udp),
        ("udp6", L4Protocol::Udp),
    ] {
        let text = fs::read_to_string(format!("{net}/{file}")).unwrap_or_default();
        let found = text.lines().skip(1).filter_map(|line| entry(line, protocol));
        open.extend(found.take(SOCKETS_MAX.saturating_sub(open.len())));
    }
    let listening: HashSet<u16> =
        open.iter().filter(|entry| entry.kind == EventKind::Listen).map(|entry| entry.local.port()).collect();
    open.iter_mut().for_each(|entry| entry.decide(&listening));
    open
}

/// The socket that a descriptor in procfs refers to.
pub(crate) fn socket_inode(descriptor: &std::path::Path) -> Option<u64> {
    let target = fs::read_link(descriptor).ok()?;
    target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
}

/// A line of /proc/net/tcp and its like.
pub(crate) struct Entry {
    local: SocketAddr,
    remote: SocketAddr,
    pub(crate) inode: u64,
    pub(crate) kind: EventKind,
    protocol: L4Protocol,
}

impl Entry {
    pub(crate) fn key(&self) -> (SocketAddr, SocketAddr, u64) {
        (self.local, self.remote, self.inode)
    }

    // Who listens did not begin.
    fn decide(&mut self, listening: &HashSet<u16>) {
        if self.kind == EventKind::Listen {
            return;
        }
        if listening.contains(&self.local.port()) {
            self.kind = EventKind::Accept;
        } else if listening.contains(&self.remote.port()) && self.remote.ip() == self.local.ip() {
            self.kind = EventKind::Connect;
        }
    }

    pub(crate) fn fd(&self) -> Fd {
        let role = if self.kind == EventKind::Connect { Role::Client } else { Role::Server };
        let has_peer = self.remote.port() != 0;
        let socket = Socket {
            protocol: self.protocol,
            role,
            local: Some(self.local),
            remote: has_peer.then_some(self.remote),
            connected: has_peer,
            name_changed: true,
        };
        let kind = if self.local.is_ipv4() { FdKind::Ipv4 } else { FdKind::Ipv6 };
        Fd {
            number: -1,
            kind,
            name: socket.tuple().into(),
            raw_name: None,
            inode: None,
            socket: Some(socket),
        }
    }
}

// Numbers of the line: 1 local, 2 remote, 3 state (01 established, 0A listening), 9 inode.
fn entry(line: &str, protocol: L4Protocol) -> Option<Entry> {
    let fields: Vec<&str> = line.split_ascii_whitespace().collect();
    let (local, remote) = (end(fields.get(1)?)?, end(fields.get(2)?)?);
    let kind = match *fields.get(3)? {
        "0A" => EventKind::Listen,
        // Which side began is not told; where nobody listens here, a low port here is taken for a service.
        "01" if local.port() < 1024 || local.port() < remote.port() => EventKind::Accept,
        "01" => EventKind::Connect,
        _ => return None,
    };
    Some(Entry { local, remote, inode: fields.get(9)?.parse().ok()?, kind, protocol })
}

// Hexadecimal words in the machine's order, then the port.
fn end(text: &str) -> Option<SocketAddr> {
    let (address, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let word = |index: usize| {
        u32::from_str_radix(address.get(index * 8..index * 8 + 8)?, 16).ok().map(u32::to_ne_bytes)
    };
    let ip = match address.len() {
        8 => IpAddr::V4(Ipv4Addr::from(word(0)?)),
        32 => {
            let mut bytes = [0; 16];
            for (index, chunk) in bytes.chunks_exact_mut(4).enumerate() {
                chunk.copy_from_slice(&word(index)?);
            }
            let ip = Ipv6Addr::from(bytes);
            ip.to_ipv4_mapped().map_or(IpAddr::V6(ip), IpAddr::V4)
        }
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_proc_net_are_read() {
        let line = "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0  0 4242 1 0 100 0 0 10 0";
        let entry = entry(line, L4Protocol::Tcp).expect("a good line");
        assert_eq!(entry.local, SocketAddr::from(([127, 0, 0, 1], 8080)));
        assert_eq!((entry.kind, entry.inode), (EventKind::Listen, 4242));
        assert!(super::entry("junk", L4Protocol::Tcp).is_none());
        assert_eq!(
            end("00000000000000000000000001000000:0050"),
            Some(SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1_u16], 80)))
        );
    }
}
