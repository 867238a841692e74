//! After a loss: what is still there is looked for and told, so that rules see it late rather than never.
//!
//! The looking is done on a thread of its own; what it found is compared with the process table on the sensor's. What
//! began and ended while events were lost stays unseen.

use std::{
    collections::{BTreeSet, HashMap, HashSet, VecDeque},
    fs,
    sync::{
        Arc,
        mpsc::{Receiver, TryRecvError, sync_channel},
    },
    time::{Duration, Instant},
};

use smallvec::smallvec;
use yagura_event::{Arg, ArgName, ArgValue, Event, EventKind, Fd, FdKind, Process};

use crate::{
    call::Group,
    clock,
    decode::Decoder,
    limits::{NAMESPACES_MAX, TOLD_SOCKETS_MAX},
    poll::{self, Entry},
    procfs,
    record::Class,
    status::Shared,
    task::Tasks,
};

/// How often the counters of what was lost are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Shortest time from one search to the next: a flood that goes on loses again and again.
const SEARCH_EVERY: Duration = Duration::from_secs(10);
/// What can be found again where events of it were lost.
const GROUPS: [Group; 4] = [Group::Process, Group::Identity, Group::Kernel, Group::Network];

/// What a search after a loss came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RescanReport {
    /// Searches so far.
    pub searches: u64,
    /// Programs that run and had not been told.
    pub programs: u64,
    /// Connections and listening sockets that are open and had not been told.
    pub sockets: u64,
    /// Kernel modules that are loaded and had not been told.
    pub modules: u64,
}

/// Searches when something was lost.
pub(crate) struct Rescan {
    looked: Instant,
    searched: Option<Instant>,
    lost: [u64; GROUPS.len()],
    blind: BTreeSet<Group>,
    search: Option<Receiver<Seen>>,
    known: Known,
    told: Told,
}

/// What was there at the last look, and need not be told.
#[derive(Default)]
struct Known {
    sockets: HashSet<u64>,
    modules: HashSet<String>,
}

/// Sockets that events told of, the latest ones.
#[derive(Default)]
struct Told {
    inodes: HashSet<u64>,
    order: VecDeque<u64>,
}

/// What a search saw.
struct Seen {
    // Nanoseconds since boot.
    begun: u64,
    tasks: Option<Tasks>,
    sockets: Vec<(Entry, u32)>,
    all_sockets: HashSet<u64>,
    modules: HashSet<String>,
}

impl Told {
    fn add(&mut self, inode: u64) {
        if !self.inodes.insert(inode) {
            return;
        }
        self.order.push_back(inode);
        if self.order.len() > TOLD_SOCKETS_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.inodes.remove(&oldest);
        }
    }
}

impl Rescan {
    pub(crate) fn new() -> Self {
        let sockets = poll::open_sockets("/proc/net").iter().map(|entry| entry.inode).collect();
        Self {
            looked: Instant::now(),
            searched: None,
            lost: [0; GROUPS.len()],
            blind: BTreeSet::new(),
            search: None,
            known: Known { sockets, modules: modules() },
            told: Told::default(),
        }
    }

    /// An event was told.
    pub(crate) fn note(&mut self, event: &Event) {
        use EventKind::{Accept, Accept4, Connect, Listen};
        if let (Accept | Accept4 | Connect | Listen, Some((_, inode))) =
            (event.kind, event.fd.as_ref().and_then(|fd| fd.inode))
        {
            self.told.add(inode);
        }
    }

    /// Searches where something was lost; tells what was found.
    pub(crate) fn follow(&mut self, decoder: &mut Decoder, shared: &Shared, tell: &mut impl FnMut(Event)) {
        if let Some(search) = &self.search {
            match search.try_recv() {
                Ok(seen) => {
                    self.search = None;
                    self.compare(seen, decoder, shared, tell);
                }
                Err(TryRecvError::Empty) => {}
                Err(TryRecvError::Disconnected) => self.search = None,
            }
        }
        if self.looked.elapsed() >= LOOK_EVERY {
            self.looked = Instant::now();
            self.look(shared);
        }
    }

    fn look(&mut self, shared: &Shared) {
        for (group, before) in GROUPS.into_iter().zip(&mut self.lost) {
            let now = shared.lost(group);
            if now > std::mem::replace(before, now) {
                self.blind.insert(group);
            }
        }
        let is_time = self.searched.is_none_or(|searched| searched.elapsed() >= SEARCH_EVERY);
        if self.blind.is_empty() || self.search.is_some() || !is_time {
            return;
        }
        let blind = std::mem::take(&mut self.blind);
        self.searched = Some(Instant::now());
        self.search = begin(blind, std::mem::take(&mut self.known.sockets));
    }

    fn compare(&mut self, seen: Seen, decoder: &mut Decoder, shared: &Shared, tell: &mut impl FnMut(Event)) {
        let mut report = RescanReport { searches: 1, ..RescanReport::default() };
        if let Some(tasks) = &seen.tasks {
            let records = tasks.records();
            let records = records.iter().filter(|record| record.class == Class::Task);
            let programs = decoder.table.compare(records, seen.begun);
            for process in programs {
                report.programs += 1;
                let args = crate::decode::exec_args(&process);
                tell_if_wanted(decoder, EventKind::Execve, process, None, args, tell);
            }
        }
        for (entry, pid) in seen.sockets {
            if self.told.inodes.contains(&entry.inode) {
                continue;
            }
            let Some(process) = decoder.table.get(pid) else { continue };
            report.sockets += 1;
            tell_if_wanted(decoder, entry.kind, process, Some(entry.fd()), smallvec![], tell);
        }
        for name in seen.modules.difference(&self.known.modules) {
            report.modules += 1;
            let (fd, args) = module(name);
            tell_if_wanted(decoder, EventKind::FinitModule, Arc::default(), Some(fd), args, tell);
        }
        self.known = Known { sockets: seen.all_sockets, modules: seen.modules };
        shared.searched(report);
    }
}

fn tell_if_wanted(
    decoder: &mut Decoder,
    kind: EventKind,
    process: Arc<Process>,
    fd: Option<Fd>,
    args: smallvec::SmallVec<[Arg; 6]>,
    tell: &mut impl FnMut(Event),
) {
    if let Some(event) = decoder.found(kind, process, fd, args) {
        tell(event);
    }
}

// Who loaded it is not known any more.
fn module(name: &str) -> (Fd, smallvec::SmallVec<[Arg; 6]>) {
    let fd =
        Fd { number: -1, kind: FdKind::File, name: name.into(), raw_name: None, inode: None, socket: None };
    (fd, smallvec![Arg { name: ArgName::Res, value: ArgValue::Errno(0) }])
}

fn begin(blind: BTreeSet<Group>, known: HashSet<u64>) -> Option<Receiver<Seen>> {
    let (sender, receiver) = sync_channel(1);
    let search = move || {
        let _ = sender.send(search(&blind, &known));
    };
    let started = std::thread::Builder::new().name("rescan".to_owned()).spawn(search);
    started.inspect_err(|error| tracing::warn!(%error, "no search after a loss of events")).ok()?;
    Some(receiver)
}

fn search(blind: &BTreeSet<Group>, known: &HashSet<u64>) -> Seen {
    let begun = clock::boot_nanos();
    let tasks = Tasks::read().inspect_err(|reason| tracing::debug!("no list of processes: {reason}")).ok();
    let sees_sockets = blind.contains(&Group::Network) || blind.contains(&Group::Process);
    let mut open = if sees_sockets { sockets() } else { Vec::new() };
    let all_sockets =
        if sees_sockets { open.iter().map(|entry| entry.inode).collect() } else { known.clone() };
    open.retain(|entry| !known.contains(&entry.inode));
    let owners = if open.is_empty() { HashMap::new() } else { owners() };
    let sockets = open.into_iter().filter_map(|entry| Some((owners.get(&entry.inode).copied()?, entry)));
    let sockets = sockets.map(|(pid, entry)| (entry, pid)).collect();
    Seen { begun, tasks, sockets, all_sockets, modules: modules() }
}

// The sockets of every network namespace that a process lives in.
fn sockets() -> Vec<Entry> {
    let mut namespaces = HashSet::new();
    let mut open = Vec::new();
    for pid in procfs::pids() {
        let Ok(namespace) = fs::read_link(format!("/proc/{pid}/ns/net")) else { continue };
        if namespaces.len() < NAMESPACES_MAX && namespaces.insert(namespace) {
            open.extend(poll::open_sockets(&format!("/proc/{pid}/net")));
        }
    }
    open
}

// Processes by the inodes of their sockets.
fn owners() -> HashMap<u64, u32> {
    let mut owners = HashMap::new();
    for pid in procfs::pids() {
        let Ok(descriptors) = fs::read_dir(format!("/proc/{pid}/fd")) else { continue };
        let inodes = descriptors.flatten().filter_map(|entry| poll::socket_inode(&entry.path()));
        owners.extend(inodes.map(|inode| (inode, pid)));
    }
    owners
}

// Names of the kernel modules there are.
fn modules() -> HashSet<String> {
    let text = fs::read_to_string("/proc/modules").unwrap_or_default();
    text.lines().filter_map(|line| line.split_ascii_whitespace().next()).map(str::to_owned).collect()
}
