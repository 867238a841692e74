//! The process table: who every process is, as immutable pictures.
//!
//! A picture is replaced when anything in it changes, never changed. INVARIANT: an entry answers for one process only:
//! pid and start time together; a pid that is used again gets a new entry. INVARIANT: there are never more entries than
//! the limit; those of processes that ended go first, then those without children that came first.

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeSet, HashMap, HashSet, VecDeque},
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use yagura_event::{Container, Credentials, ExeFile, Process, Timestamp};

use crate::{
    account::Accounts,
    clock::Clock,
    container::Containers,
    limits::{ARGS_BYTES_MAX, CGROUPS_MAX, CUT_PATH, ENV_BYTES_MAX, ORPHANS_MAX},
    procfs::{self, Facts},
    record::{self, Class, Record},
    skeleton::types,
    task::Tasks,
};

/// Who every process is.
pub(crate) struct Table {
    entries: HashMap<u32, Entry>,
    // Processes that ended, oldest first; they are kept a little while for records that arrive late.
    ended: VecDeque<(u32, u64)>,
    // Every entry in the order it came; those that are gone are skipped.
    order: VecDeque<(u32, u64)>,
    live: usize,
    swept: Option<Instant>,
    limit: usize,
    next_id: u64,
    // The numbers in /proc are those the kernel tells: not so in a pid namespace.
    procfs: bool,
    pub(crate) evicted: u64,
    clock: Clock,
    accounts: Accounts,
    containers: Containers,
}

struct Entry {
    process: Arc<Process>,
    // Nanoseconds since boot.
    start: u64,
    // The probes told the start time: another one is another process, however near.
    exact: bool,
    ended: bool,
    children: BTreeSet<u32>,
}

impl Entry {
    fn is_of(&self, start: u64) -> bool {
        if self.exact { self.start == start } else { same_start(self.start, start) }
    }
}

/// `HEAD_KERNEL_THREAD` of the probes.
const KERNEL_THREAD: u32 = 1;
/// Ended processes that are kept.
const ENDED_MAX: usize = 1_024;
/// Two start times closer than this are the same: procfs tells hundredths of a second.
const SAME_START_NANOS: u64 = 10_000_000;
/// How often a full table is compared with procfs, which costs a look at every process.
const SWEEP_EVERY: Duration = Duration::from_secs(10);
/// Entries that are looked at to find one without children.
const EVICTION_TRIES: usize = 64;

impl Table {
    pub(crate) fn new(limit: usize, clock: Clock) -> Self {
        Self {
            entries: HashMap::new(),
            ended: VecDeque::new(),
            order: VecDeque::new(),
            live: 0,
            swept: None,
            limit: limit.max(64),
            next_id: 1,
            procfs: true,
            evicted: 0,
            clock,
            accounts: Accounts::default(),
            containers: Containers::default(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.live
    }

    pub(crate) fn containers(&self) -> usize {
        self.containers.count()
    }

    pub(crate) fn clock(&mut self) -> &Clock {
        self.clock.refresh();
        &self.clock
    }

    pub(crate) fn processes(&self) -> Vec<Arc<Process>> {
        let living = self.entries.values().filter(|entry| !entry.ended);
        living.map(|entry| Arc::clone(&entry.process)).collect()
    }

    /// This process as the kernel numbers it. Where it knows itself by another number, procfs numbers others otherwise,
    /// too, and is not asked.
    pub(crate) fn set_self(&mut self, pid: u32) {
        self.procfs = pid == std::process::id();
    }

    /// Fills the table with every process there is, from the kernel's list.
    ///
    /// # Errors
    /// Why procfs was asked instead.
    pub(crate) fn fill(&mut self) -> Result<(), String> {
        match Tasks::read() {
            Ok(tasks) => {
                tasks.records().iter().filter(|record| record.class == Class::Task).for_each(|record| {
                    self.meet(record);
                });
                Ok(())
            }
            Err(reason) => {
                self.fill_from_procfs();
                Err(reason)
            }
        }
    }

    // A process that was there before the probes.
    fn meet(&mut self, record: &Record<'_>) {
        let head = &record.head;
        let comm = record.comm();
        // What the probes told meanwhile is newer.
        if self.entries.get(&head.pid).is_some_and(|entry| entry.is_of(head.start)) {
            return;
        }
        let mut process = Process { id: self.next_id, pid: head.pid, vpid: head.vpid, ..Process::default() };
        process.start_time = self.clock.at_boot(head.start);
        process.exec_time = process.start_time;
        self.run_program(&mut process, record, &comm);
        if head.flags & KERNEL_THREAD != 0 {
            process.exe = process.name.clone();
        }
        let parent = self.parent_of(head);
        self.bring_up_to_date(&mut process, head, &comm, parent);
        self.put(process, head.start, true);
    }

    /// The picture of a process that lives.
    pub(crate) fn get(&self, pid: u32) -> Option<Arc<Process>> {
        self.entries.get(&pid).filter(|entry| !entry.ended).map(|entry| Arc::clone(&entry.process))
    }

    /// The kernel's list of processes, asked `begun` nanoseconds after boot because records were lost: brings the table
    /// up to date. Returns those that run a program which was not told.
    pub(crate) fn compare<'a>(
        &mut self,
        records: impl Iterator<Item = &'a Record<'a>>,
        begun: u64,
    ) -> Vec<Arc<Process>> {
        let mut alive = HashSet::new();
        let mut untold = Vec::new();
        for record in records {
            alive.insert(record.head.pid);
            untold.extend(self.meet_again(record, begun));
        }
        let is_gone =
            |(pid, entry): &(&u32, &Entry)| !entry.ended && entry.start < begun && !alive.contains(pid);
        let gone: Vec<u32> = self.entries.iter().filter(is_gone).map(|(pid, _)| *pid).collect();
        gone.iter().for_each(|pid| self.remove(*pid));
        untold
    }

    fn meet_again(&mut self, record: &Record<'_>, begun: u64) -> Option<Arc<Process>> {
        let head = &record.head;
        let Some(entry) = self.entries.get(&head.pid).filter(|entry| entry.is_of(head.start)) else {
            self.meet(record);
            let process = self.get(head.pid).filter(|_| head.flags & KERNEL_THREAD == 0)?;
            // A copy of its parent only began.
            let is_copy = process.parent.get().is_some_and(|parent| runs_the_same(&process, parent));
            return (!is_copy).then_some(process);
        };
        // What the probes told since is newer than the list.
        let is_newer = entry.ended || entry.process.exec_time > self.clock.at_boot(begun);
        if is_newer || head.flags & KERNEL_THREAD != 0 {
            return None;
        }
        let known = self.of(head, &record.comm());
        let mut process = Process::clone(&known);
        process.id = self.next_id;
        self.run_program(&mut process, record, &record.comm());
        if runs_the_same(&process, &known) {
            return None;
        }
        process.exec_time = self.clock.at_boot(begun);
        let process = self.put(process, head.start, true);
        self.show_to_children(&process);
        Some(process)
    }

    /// Fills the table with every process that procfs shows.
    pub(crate) fn fill_from_procfs(&mut self) {
        let mut pids = procfs::pids();
        pids.sort_unstable();
        for pid in pids {
            self.discover(pid, 0);
        }
    }

    // A process that was not seen to begin, and its parents, from procfs.
    fn discover(&mut self, pid: u32, depth: usize) -> Option<Arc<Process>> {
        if let Some(entry) = self.entries.get(&pid) {
            return Some(Arc::clone(&entry.process));
        }
        let facts = procfs::facts(pid).filter(|_| self.procfs)?;
        let parent = match facts.ppid {
            0 => None,
            ppid if depth < Process::ANCESTORS_MAX => self.discover(ppid, depth + 1),
            _ => None,
        };
        Some(self.insert_facts(facts, parent))
    }

    /// Puts what procfs told into the table and returns the picture.
    pub(crate) fn insert_facts(&mut self, facts: Facts, parent: Option<Arc<Process>>) -> Arc<Process> {
        self.insert(facts, parent, false)
    }

    fn insert(&mut self, facts: Facts, parent: Option<Arc<Process>>, exact: bool) -> Arc<Process> {
        let container = self.containers.find(&facts.cgroup);
        let name: Arc<str> = facts.comm.as_str().into();
        let args: Vec<Box<str>> = facts.argv.iter().skip(1).cloned().collect();
        let start = self.clock.at_boot(facts.start);
        let process = Process {
            id: self.next_id,
            pid: facts.pid,
            vpid: facts.vpid,
            ppid: facts.ppid,
            pgid: facts.pgid,
            vpgid: facts.vpgid,
            sid: facts.sid,
            vsid: facts.vsid,
            start_time: start,
            exec_time: start,
            cmdline: Process::join_cmdline(&name, &args),
            exe: facts.argv.first().map_or_else(|| Arc::clone(&name), |exe| (**exe).into()),
            name,
            exe_file: facts.exe,
            args: args.into(),
            env: facts.env.into(),
            cwd: facts.cwd.into(),
            tty: facts.tty,
            credentials: self.credentials(
                &Ids {
                    uids: facts.uids,
                    gids: facts.gids,
                    login: facts.login,
                    capabilities: facts.capabilities,
                },
                container.as_deref(),
                facts.pid,
            ),
            cgroup: facts.cgroup.into(),
            container,
            parent: parent.into(),
        };
        self.put(process, facts.start, exact)
    }

    // `exact`: the start time is that of the probes, not of procfs.
    fn put(&mut self, process: Process, start: u64, exact: bool) -> Arc<Process> {
        self.next_id += 1;
        let (pid, ppid) = (process.pid, process.ppid);
        let process = Arc::new(process);
        match self.entries.get_mut(&pid) {
            Some(entry) if entry.is_of(start) => {
                let (before, ended) = (entry.process.ppid, entry.ended);
                entry.process = Arc::clone(&process);
                if exact {
                    self.make_exact(pid, start);
                }
                if before != ppid && !ended {
                    self.unlink(before, pid);
                    self.link(ppid, pid);
                }
            }
            _ => {
                self.remove(pid);
                self.make_room();
                let (shown, children) = (Arc::clone(&process), BTreeSet::new());
                self.entries.insert(pid, Entry { process: shown, start, exact, ended: false, children });
                self.order.push_back((pid, start));
                self.live += 1;
                self.link(ppid, pid);
            }
        }
        process
    }

    // What procfs told only to a hundredth of a second, the probes tell exactly.
    fn make_exact(&mut self, pid: u32, start: u64) {
        if let Some(entry) = self.entries.get_mut(&pid).filter(|entry| !entry.exact) {
            (entry.start, entry.exact) = (start, true);
            self.order.push_back((pid, start));
        }
    }

    fn remove(&mut self, pid: u32) {
        let Some(entry) = self.entries.remove(&pid) else { return };
        if !entry.ended {
            self.live -= 1;
            self.unlink(entry.process.ppid, pid);
        }
    }

    fn link(&mut self, ppid: u32, pid: u32) {
        if let Some(parent) = self.entries.get_mut(&ppid) {
            parent.children.insert(pid);
        }
    }

    fn unlink(&mut self, ppid: u32, pid: u32) {
        if let Some(parent) = self.entries.get_mut(&ppid) {
            parent.children.remove(&pid);
        }
    }

    fn make_room(&mut self) {
        if self.order.len() > self.limit.saturating_mul(2) {
            let entries = &self.entries;
            self.order.retain(|(pid, start)| entries.get(pid).is_some_and(|entry| entry.start == *start));
        }
        while self.entries.len() >= self.limit {
            if !self.drop_ended() && !self.sweep() {
                self.evict();
            }
        }
    }

    // Every process in the table seems to live: one of them goes, and is found again in procfs when it acts.
    fn evict(&mut self) {
        let mut tries = 0;
        while let Some((pid, start)) = self.order.pop_front() {
            let Some(entry) = self.entries.get(&pid).filter(|entry| entry.start == start) else { continue };
            if (pid == 1 || !entry.children.is_empty()) && tries < EVICTION_TRIES {
                tries += 1;
                self.order.push_back((pid, start));
                continue;
            }
            self.remove(pid);
            self.evicted += 1;
            return;
        }
        // Not reached, because each entry stands in the order; it keeps the limit all the same.
        if let Some(pid) = self.entries.keys().next().copied() {
            self.remove(pid);
        }
    }

    // Ends that were not told, because a record was lost, leave entries behind. True where there were some.
    fn sweep(&mut self) -> bool {
        if !self.procfs || self.swept.is_some_and(|swept| swept.elapsed() < SWEEP_EVERY) {
            return false;
        }
        self.swept = Some(Instant::now());
        let alive: HashSet<u32> = procfs::pids().into_iter().collect();
        let gone: Vec<u32> = self.entries.keys().filter(|pid| !alive.contains(pid)).copied().collect();
        gone.iter().for_each(|pid| self.remove(*pid));
        !gone.is_empty()
    }

    fn drop_ended(&mut self) -> bool {
        let Some((pid, start)) = self.ended.pop_front() else { return false };
        if self.entries.get(&pid).is_some_and(|entry| entry.start == start) {
            self.remove(pid);
        }
        true
    }

    /// The process a record is about, brought up to date with what the record's head says.
    pub(crate) fn of(&mut self, head: &types::head, comm: &str) -> Arc<Process> {
        let known = self.entries.get(&head.pid).filter(|entry| entry.is_of(head.start));
        let process = match known {
            Some(entry) => Arc::clone(&entry.process),
            None => self.adopt(head, comm),
        };
        let parent = self.parent_of(head);
        // A runtime may describe a container after its first program began.
        let container = self.containers.find(&process.cgroup).or_else(|| process.container.clone());
        let same = same_place(container.as_ref(), process.container.as_ref());
        if same && self.fits(&process, head, comm, parent.as_ref()) {
            self.make_exact(head.pid, head.start);
            return process;
        }
        let mut next = Process::clone(&process);
        next.id = self.next_id;
        next.container = container;
        if !same {
            next.credentials = Credentials::default();
        }
        self.bring_up_to_date(&mut next, head, comm, parent);
        self.put(next, head.start, true)
    }

    // A process whose beginning was not seen: from procfs if it is still the same, else from the record alone.
    fn adopt(&mut self, head: &types::head, comm: &str) -> Arc<Process> {
        let facts =
            procfs::facts(head.pid).filter(|facts| self.procfs && same_start(facts.start, head.start));
        let facts = facts.unwrap_or_else(|| Facts {
            pid: head.pid,
            vpid: head.vpid,
            comm: comm.to_owned(),
            start: head.start,
            ..Facts::default()
        });
        let parent = self.parent_of(head);
        self.insert(Facts { start: head.start, ppid: head.ppid, ..facts }, parent, true)
    }

    fn parent_of(&mut self, head: &types::head) -> Option<Arc<Process>> {
        if head.ppid == 0 || head.ppid == head.pid {
            return None;
        }
        let entry = self.entries.get(&head.ppid).filter(|entry| entry.is_of(head.parent_start));
        match entry {
            Some(entry) => Some(Arc::clone(&entry.process)),
            None => self.discover(head.ppid, 0),
        }
    }

    fn fits(&self, process: &Process, head: &types::head, comm: &str, parent: Option<&Arc<Process>>) -> bool {
        let same_parent = match (process.parent.get(), parent) {
            (Some(mine), Some(now)) => Arc::ptr_eq(mine, now),
            (mine, now) => mine.is_none() && now.is_none(),
        };
        same_parent
            && Ids::of(head).are_of(&process.credentials)
            && (process.pgid, process.sid, process.tty, process.ppid) == (head.pgid, head.sid, head.tty, head.ppid)
            // A thread may have a name of its own; the process has that of its first thread.
            && (head.pid != head.tid || *process.name == *comm)
    }

    fn bring_up_to_date(
        &mut self,
        process: &mut Process,
        head: &types::head,
        comm: &str,
        parent: Option<Arc<Process>>,
    ) {
        process.ppid = head.ppid;
        process.parent = parent.into();
        (process.pgid, process.vpgid, process.sid, process.vsid) =
            (head.pgid, head.vpgid, head.sid, head.vsid);
        process.tty = head.tty;
        if head.pid == head.tid && *process.name != *comm {
            process.name = comm.into();
            process.cmdline = Process::join_cmdline(comm, &process.args);
        }
        let ids = Ids::of(head);
        // Who runs it is looked up where it is someone else, or nobody yet.
        if process.credentials.user.name.is_none() || !ids.are_of(&process.credentials) {
            let container = process.container.clone();
            process.credentials = self.credentials(&ids, container.as_deref(), head.pid);
        }
    }

    /// A process began: a copy of its parent.
    pub(crate) fn fork(&mut self, record: &Record<'_>) -> Arc<Process> {
        let head = &record.head;
        let maker = head.args[0] as u32;
        let entry = self.entries.get(&maker).filter(|entry| entry.is_of(head.args[1]));
        let maker = entry.map(|entry| Arc::clone(&entry.process)).or_else(|| self.discover(maker, 0));
        let mut process = maker.as_deref().cloned().unwrap_or_default();
        let start = self.clock.at_boot(head.start);
        process.id = self.next_id;
        (process.pid, process.vpid) = (head.pid, head.vpid);
        (process.start_time, process.exec_time) = (start, start);
        let comm = record.comm();
        let parent = self.parent_of(head).or(maker);
        let container = process.container.clone();
        self.follow_cgroup(&mut process, record);
        if !same_place(container.as_ref(), process.container.as_ref()) {
            process.credentials = Credentials::default();
        }
        self.bring_up_to_date(&mut process, head, &comm, parent);
        self.remove(head.pid);
        self.put(process, head.start, true)
    }

    /// A process began to run another program.
    pub(crate) fn exec(&mut self, record: &Record<'_>) -> Arc<Process> {
        let head = &record.head;
        let comm = record.comm();
        let mut process = Process::clone(&self.of(head, &comm));
        process.id = self.next_id;
        process.exec_time = self.clock.at_boot(head.time);
        self.run_program(&mut process, record, &comm);
        let container = process.container.clone();
        process.credentials = self.credentials(&Ids::of(head), container.as_deref(), head.pid);
        let had_children = self.entries.get(&head.pid).is_some_and(|entry| !entry.children.is_empty());
        let process = self.put(process, head.start, true);
        if had_children {
            self.show_to_children(&process);
        }
        process
    }

    // What a record tells of a program: its file, arguments, environment, where it runs.
    fn run_program(&mut self, process: &mut Process, record: &Record<'_>, comm: &str) {
        let texts = |tag, bytes_max| {
            record.field(tag).map(|bytes| record::texts(bytes, bytes_max)).unwrap_or_default()
        };
        let argv = texts(record::ARGV, ARGS_BYTES_MAX);
        process.name = comm.into();
        process.exe = argv.first().map(|exe| (**exe).into()).unwrap_or_default();
        process.args = argv.into_iter().skip(1).collect();
        process.cmdline = Process::join_cmdline(&process.name, &process.args);
        process.env = texts(record::ENV, ENV_BYTES_MAX).into();
        process.exe_file = exe_file(record);
        if let Some(path) = self.whole(&process.exe_file.path, record.head.pid, "exe") {
            process.exe_file.path = path;
        }
        if let Some(cwd) = record.path(record::CWD) {
            process.cwd = self.whole(&cwd, record.head.pid, "cwd").unwrap_or_else(|| cwd.into());
        }
        self.follow_cgroup(process, record);
    }

    // A path that the probes had to cut, from procfs: who nests folders does not hide where they are.
    fn whole(&self, path: &str, pid: u32, link: &str) -> Option<Arc<str>> {
        if !path.starts_with(CUT_PATH) || !self.procfs {
            return None;
        }
        let target = std::fs::read_link(format!("/proc/{pid}/{link}")).ok()?;
        let target = target.to_string_lossy();
        Some(target.strip_suffix(" (deleted)").unwrap_or(&target).into())
    }

    /// A process ended. Its picture stays for a while; its children get the parent that the kernel gave them.
    pub(crate) fn exit(&mut self, record: &Record<'_>) -> Arc<Process> {
        let process = self.of(&record.head, &record.comm());
        if self.entries.get(&process.pid).is_some_and(|entry| !entry.children.is_empty()) {
            self.reparent(process.pid);
        }
        if let Some(entry) = self.entries.get_mut(&process.pid).filter(|entry| !entry.ended) {
            entry.ended = true;
            self.live -= 1;
            self.ended.push_back((process.pid, entry.start));
            self.unlink(process.ppid, process.pid);
        }
        if self.ended.len() > ENDED_MAX {
            self.drop_ended();
        }
        process
    }

    /// The working directory of a process changed.
    pub(crate) fn chdir(&mut self, process: &Arc<Process>, head: &types::head, cwd: String) -> Arc<Process> {
        if *process.cwd == *cwd {
            return Arc::clone(process);
        }
        let mut next = Process::clone(process);
        next.id = self.next_id;
        next.cwd = cwd.into();
        self.put(next, head.start, true)
    }

    fn children(&self, pid: u32) -> Vec<u32> {
        let children = self.entries.get(&pid).map(|entry| entry.children.iter().copied());
        children.into_iter().flatten().take(ORPHANS_MAX).collect()
    }

    // Children that live see their parent's new picture, and so do theirs.
    fn show_to_children(&mut self, parent: &Arc<Process>) {
        let mut parents = vec![Arc::clone(parent)];
        let mut left = ORPHANS_MAX;
        while let Some(parent) = parents.pop() {
            for pid in self.children(parent.pid) {
                let Some(entry) = self.entries.get(&pid).filter(|_| left > 0 && pid != parent.pid) else {
                    continue;
                };
                left -= 1;
                let (start, exact) = (entry.start, entry.exact);
                let has_children = !entry.children.is_empty();
                let mut next = Process::clone(&entry.process);
                next.id = self.next_id;
                next.parent = Arc::clone(&parent).into();
                let next = self.put(next, start, exact);
                if has_children {
                    parents.push(next);
                }
            }
        }
    }

    fn reparent(&mut self, pid: u32) {
        for child in self.children(pid) {
            let ppid = procfs::ppid(child).filter(|ppid| self.procfs && *ppid != pid && *ppid != child);
            let Some(ppid) = ppid else {
                continue;
            };
            let parent = self.discover(ppid, 0);
            let Some(entry) = self.entries.get(&child) else { continue };
            let (start, exact) = (entry.start, entry.exact);
            let mut next = Process::clone(&entry.process);
            next.id = self.next_id;
            next.ppid = ppid;
            next.parent = parent.into();
            let next = self.put(next, start, exact);
            if self.entries.get(&child).is_some_and(|entry| !entry.children.is_empty()) {
                self.show_to_children(&next);
            }
        }
    }

    fn follow_cgroup(&mut self, process: &mut Process, record: &Record<'_>) {
        if let Some(cgroup) = record.path(record::CGROUP) {
            // A deeper path than the probes tell lacks its beginning: who nests cgroups does not leave its container.
            let is_cut = cgroup.bytes().filter(|byte| *byte == b'/').count() >= CGROUPS_MAX;
            let found = if record.class == Class::Exec {
                self.containers.find_now(&cgroup)
            } else {
                self.containers.find(&cgroup)
            };
            process.container = if is_cut { found.or(process.container.take()) } else { found };
            if *process.cgroup != *cgroup {
                process.cgroup = cgroup.into();
            }
        }
    }

    /// A user's number with its name, as the process's own root knows it.
    pub(crate) fn user(&mut self, process: &Process, id: u32) -> yagura_event::User {
        let (key, root) = self.root_of(process.container.as_deref(), process.pid);
        self.accounts.user(&key, || root, id)
    }

    /// A group's number with its name, as the process's own root knows it.
    pub(crate) fn group(&mut self, process: &Process, id: u32) -> yagura_event::User {
        let (key, root) = self.root_of(process.container.as_deref(), process.pid);
        self.accounts.group(&key, || root, id)
    }

    // Whose account files name the users: the container's, seen through any of its processes, or the host's.
    fn root_of(&self, container: Option<&Container>, pid: u32) -> (String, PathBuf) {
        match container {
            Some(container) if self.procfs => {
                (container.id.clone(), PathBuf::from(format!("/proc/{pid}/root")))
            }
            // No way to look into it: its users have numbers only.
            Some(container) => (container.id.clone(), PathBuf::new()),
            None => (String::new(), PathBuf::from("/")),
        }
    }

    fn credentials(&mut self, ids: &Ids, container: Option<&Container>, pid: u32) -> Credentials {
        let (key, root) = self.root_of(container, pid);
        let mut user = |id| self.accounts.user(&key, || root.clone(), id);
        let (effective, login) = (user(ids.uids[1]), ids.login.map(user));
        Credentials {
            user: effective,
            group: self.accounts.group(&key, || root.clone(), ids.gids[1]),
            ruid: ids.uids[0],
            suid: ids.uids[2],
            rgid: ids.gids[0],
            login,
            cap_inheritable: ids.capabilities[0],
            cap_permitted: ids.capabilities[1],
            cap_effective: ids.capabilities[2],
        }
    }
}

/// Numbers that say who a process runs as: real, effective, saved; inheritable, permitted, effective.
struct Ids {
    uids: [u32; 3],
    gids: [u32; 3],
    login: Option<u32>,
    capabilities: [u64; 3],
}

impl Ids {
    fn of(head: &types::head) -> Self {
        Self {
            uids: [head.uid, head.euid, head.suid],
            gids: [head.gid, head.egid, head.sgid],
            login: login(head),
            capabilities: [head.cap_inheritable, head.cap_permitted, head.cap_effective],
        }
    }

    fn are_of(&self, who: &Credentials) -> bool {
        self.uids == [who.ruid, who.user.id, who.suid]
            && self.gids[..2] == [who.rgid, who.group.id]
            && self.login == who.login.as_ref().map(|login| login.id)
            && self.capabilities == [who.cap_inheritable, who.cap_permitted, who.cap_effective]
    }
}

fn runs_the_same(one: &Process, other: &Process) -> bool {
    let file = |process: &Process| (process.exe_file.device, process.exe_file.inode);
    file(one) == file(other) && one.args == other.args && one.exe == other.exe
}

// Another place may know the same numbers by other names.
fn same_place(one: Option<&Arc<Container>>, other: Option<&Arc<Container>>) -> bool {
    one.map(Arc::as_ptr) == other.map(Arc::as_ptr)
}

fn login(head: &types::head) -> Option<u32> {
    (head.loginuid != u32::MAX).then_some(head.loginuid)
}

fn same_start(one: u64, other: u64) -> bool {
    one.abs_diff(other) < SAME_START_NANOS
}

fn exe_file(record: &Record<'_>) -> ExeFile {
    let path = record.path(record::PATH).unwrap_or_default();
    let Some(facts) = record.file() else { return ExeFile { path: path.into(), ..ExeFile::default() } };
    let time = |seconds: i64, nanos: u32| {
        Timestamp::from_nanos(seconds.saturating_mul(1_000_000_000).saturating_add(i64::from(nanos)))
    };
    let euid = record.head.euid;
    ExeFile {
        path: path.into(),
        inode: facts.inode,
        device: facts.device,
        ctime: time(facts.ctime_sec, facts.ctime_nsec),
        mtime: time(facts.mtime_sec, facts.mtime_nsec),
        writable: procfs::is_writable(facts.mode, facts.uid == euid, euid == 0),
        upper_layer: facts.upper_layer != 0,
        lower_layer: facts.lower_layer != 0,
        memfd: facts.memfd != 0,
        deleted: facts.links == 0,
    }
}
