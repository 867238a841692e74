//! The way without eBPF as root: the process connector tells of processes, fanotify of files, procfs of sockets.

use std::{
    os::fd::{AsFd, BorrowedFd},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use smallvec::smallvec;
use yagura_event::{Arg, ArgName, ArgValue, Event, EventKind, Fd, FdKind, FlagSet, Process, User};

use crate::{
    connector::{Connector, Told},
    opened::{Opened, Opens},
    poll::Poller,
    procfs::{self, Facts},
    status::Shared,
    table::Table,
    wanted::Wanted,
};

/// What is listened to.
pub(crate) struct Follower {
    connector: Connector,
    opens: Option<Opens>,
    table: Table,
    wanted: Arc<Wanted>,
}

const WAIT: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };
const SOCKETS_EVERY: Duration = Duration::from_secs(1);

impl Follower {
    /// Subscribes; says why it cannot.
    pub(crate) fn start(mut table: Table, wanted: Arc<Wanted>, shared: &Shared) -> Result<Self, String> {
        let connector = Connector::open();
        let detail = connector.as_ref().err().map_or("subscribed", String::as_str);
        shared.capability("process connector", connector.is_ok(), detail);
        let connector = connector?;
        let opens = Opens::watch();
        let detail = opens.as_ref().err().map_or("told of files that are opened", String::as_str);
        shared.capability("fanotify", opens.is_ok(), detail);
        table.fill_from_procfs();
        shared.set_processes(table.len(), table.containers());
        Ok(Self { connector, opens: opens.ok(), table, wanted })
    }

    /// True where files that are opened are told, too.
    pub(crate) const fn sees_files(&self) -> bool {
        self.opens.is_some()
    }

    /// Delivers events until `stop` is true.
    pub(crate) fn run(mut self, stop: &AtomicBool, shared: &Arc<Shared>, mut sink: impl FnMut(Event)) {
        let mut poller = Poller::new(Arc::clone(&self.wanted));
        poller.processes(&mut self.table, &mut |_| {});
        poller.sockets(&mut |_| {});
        let mut tell = |event: Event| {
            shared.count(event.kind);
            sink(event);
        };
        let mut told = Vec::new();
        let mut looked = Instant::now();
        while !stop.load(Ordering::Acquire) {
            self.wait();
            if !self.connector.read(&mut told) {
                shared.overflow();
                // What began or ended meanwhile is found by looking.
                poller.processes(&mut self.table, &mut tell);
            }
            for told in told.drain(..) {
                self.process(&mut poller, told, &mut tell);
            }
            self.files(&mut poller, shared, &mut tell);
            if looked.elapsed() > SOCKETS_EVERY {
                looked = Instant::now();
                poller.sockets(&mut tell);
            }
            shared.set_processes(poller.len(), self.table.containers());
            shared.answer_if_asked(|| poller.pictures());
        }
    }

    fn wait(&self) {
        let mut sources: Vec<BorrowedFd<'_>> = vec![self.connector.as_fd()];
        sources.extend(self.opens.as_ref().map(AsFd::as_fd));
        let mut ready: Vec<PollFd<'_>> =
            sources.into_iter().map(|source| PollFd::from_borrowed_fd(source, PollFlags::IN)).collect();
        let _ = poll(&mut ready, Some(&WAIT));
    }

    fn process(&mut self, poller: &mut Poller, told: Told, tell: &mut impl FnMut(Event)) {
        let arg = |name, value| smallvec![Arg { name, value }];
        let id = |id| User { id, ..User::default() };
        match told {
            Told::Fork { parent, child } => {
                let process = self.begin(poller, child, parent);
                poller.tell(EventKind::Clone, process, None, smallvec![], tell);
            }
            Told::Exec { pid } => {
                let Some(process) = self.look(poller, pid) else { return };
                let args = crate::decode::exec_args(&process);
                poller.tell(EventKind::Execve, process, None, args, tell);
            }
            Told::User { pid, euid } => {
                let Some(process) = self.look(poller, pid) else { return };
                let user = Some(&process.credentials.user).filter(|user| user.id == euid).cloned();
                let uid = ArgValue::Uid { id: euid, name: user.unwrap_or_else(|| id(euid)).name };
                poller.tell(EventKind::Setuid, process, None, arg(ArgName::Uid, uid), tell);
            }
            Told::Group { pid, egid } => {
                let Some(process) = self.look(poller, pid) else { return };
                let group = Some(&process.credentials.group).filter(|group| group.id == egid).cloned();
                let gid = ArgValue::Gid { id: egid, name: group.unwrap_or_else(|| id(egid)).name };
                poller.tell(EventKind::Setgid, process, None, arg(ArgName::Gid, gid), tell);
            }
            Told::Session { pid } => {
                let Some(process) = self.look(poller, pid) else { return };
                poller.tell(EventKind::Setsid, process, None, smallvec![], tell);
            }
            Told::Traced { pid, tracer } if tracer != 0 => {
                let Some(process) = poller.known(tracer).or_else(|| self.look(poller, tracer)) else {
                    return;
                };
                // Whether by PTRACE_ATTACH or PTRACE_SEIZE is not told.
                let request = ArgValue::Flags(FlagSet::PtraceRequest, 16);
                let args = smallvec![
                    Arg { name: ArgName::Request, value: request },
                    Arg { name: ArgName::Pid, value: ArgValue::Pid(pid.into()) },
                ];
                poller.tell(EventKind::Ptrace, process, None, args, tell);
            }
            Told::Traced { .. } => {}
            Told::Name { pid, name } => {
                let Some(process) = self.look(poller, pid) else { return };
                let end = name.iter().position(|byte| *byte == 0).unwrap_or(name.len());
                let text = String::from_utf8_lossy(&name[..end]).into_owned();
                let args = smallvec![
                    Arg { name: ArgName::Option, value: ArgValue::Flags(FlagSet::PrctlOption, 15) },
                    Arg { name: ArgName::Arg2Str, value: ArgValue::Text(text.into()) },
                ];
                poller.tell(EventKind::Prctl, process, None, args, tell);
            }
            Told::Exit { pid, status } => {
                let Some(process) = poller.forget(pid) else { return };
                let status = ArgValue::Int(status.into());
                poller.tell(EventKind::ProcExit, process, None, arg(ArgName::Status, status), tell);
            }
        }
    }

    // A process that began: as procfs shows it, or, where it is gone already, as its parent was.
    fn begin(&mut self, poller: &mut Poller, child: u32, maker: u32) -> Arc<Process> {
        if let Some(process) = self.look(poller, child) {
            return process;
        }
        let parent = poller.known(maker);
        let like = parent.as_deref().cloned().unwrap_or_default();
        let facts = Facts {
            pid: child,
            vpid: child,
            ppid: maker,
            start: crate::clock::boot_nanos(),
            comm: like.name.to_string(),
            argv: std::iter::once((*like.exe).into()).chain(like.args.iter().cloned()).collect(),
            cwd: like.cwd.to_string(),
            cgroup: like.cgroup.to_string(),
            exe: like.exe_file.clone(),
            uids: [like.credentials.ruid, like.credentials.user.id, like.credentials.suid],
            ..Facts::default()
        };
        let process = self.table.insert_facts(facts.clone(), parent);
        poller.remember(&facts, Arc::clone(&process));
        process
    }

    // A process as it is now; as it was known where it is gone.
    fn look(&mut self, poller: &mut Poller, pid: u32) -> Option<Arc<Process>> {
        let Some(facts) = procfs::facts(pid) else { return poller.known(pid) };
        let parent = poller.known(facts.ppid);
        let process = self.table.insert_facts(facts.clone(), parent);
        poller.remember(&facts, Arc::clone(&process));
        Some(process)
    }

    fn files(&mut self, poller: &mut Poller, shared: &Shared, tell: &mut impl FnMut(Event)) {
        let Some(mut opens) = self.opens.take() else { return };
        opens.refresh();
        let wanted = self.wanted.contains(EventKind::Openat);
        let overflows = opens.read(&mut |opened| {
            if !wanted {
                return;
            }
            let Some(process) = poller.known(opened.pid).or_else(|| self.look(poller, opened.pid)) else {
                return;
            };
            let (fd, args) = event_of(opened);
            poller.tell(EventKind::Openat, process, Some(fd), args, tell);
        });
        (0..overflows).for_each(|_| shared.overflow());
        self.opens = Some(opens);
    }
}

// fanotify does not tell the descriptor's number: zero says that there is one. Whether a file was opened for writing is
// told when it is closed.
fn event_of(opened: Opened) -> (Fd, smallvec::SmallVec<[Arg; 6]>) {
    const O_RDWR: u64 = 2;
    let deleted = opened.path.strip_suffix(" (deleted)");
    let name: Arc<str> = deleted.unwrap_or(&opened.path).into();
    let flags = if opened.writes { O_RDWR } else { 0 };
    let args = smallvec![
        Arg { name: ArgName::Fd, value: ArgValue::Fd(0) },
        Arg { name: ArgName::Name, value: ArgValue::Path(name.clone()) },
        Arg { name: ArgName::Flags, value: ArgValue::Flags(FlagSet::Open, flags) },
        Arg { name: ArgName::Dev, value: ArgValue::Hex(opened.device) },
        Arg { name: ArgName::Ino, value: ArgValue::Uint(opened.inode) },
    ];
    let inode = Some((opened.device, opened.inode));
    (Fd { number: 0, kind: FdKind::File, name, raw_name: None, inode, socket: None }, args)
}
