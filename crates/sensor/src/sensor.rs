//! [`Sensor`]: chooses the best way to listen, and runs it.

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    sync::{Arc, Mutex, atomic::AtomicBool},
    time::{Duration, Instant},
};

use yagura_event::{Event, EventKind, Process, SensorMode, SensorStatus};

use crate::{
    SensorError,
    call::{CALLS, Group},
    clock::Clock,
    decode::Decoder,
    ebpf::{Hook, Probes},
    follow::Follower,
    limits::{PROCESSES_MAX, RING_BYTES},
    poll,
    rescan::RescanReport,
    status::{Shared, lock},
    table::Table,
    wanted::Wanted,
    wish::{Hooks, Wishes},
};

/// What the sensor is asked to do.
#[derive(Debug, Clone)]
pub struct SensorOptions {
    /// Kinds of event to deliver. What nobody wants costs close to nothing.
    pub kinds: BTreeSet<EventKind>,
    /// Kinds whose first bytes are wanted with them (`evt.buffer`): a stream's, too, which costs at each read or write.
    pub data: BTreeSet<EventKind>,
    /// Only this way of listening; `None` takes the best that works.
    pub mode: Option<SensorMode>,
    /// Only this way to the kernel's tracepoints, with eBPF; `None` takes the best that works.
    pub hook: Option<Hook>,
    /// Size of the kernel's ring buffer in bytes; rounded up to a power of two.
    pub ring_bytes: usize,
    /// Most processes in the process table.
    pub processes_max: usize,
}

impl Default for SensorOptions {
    fn default() -> Self {
        Self {
            kinds: EventKind::ALL.iter().copied().collect(),
            data: BTreeSet::new(),
            mode: None,
            hook: None,
            ring_bytes: RING_BYTES,
            processes_max: PROCESSES_MAX,
        }
    }
}

/// Kinds of event that a way of listening can deliver.
pub fn capturable_kinds(mode: SensorMode) -> BTreeSet<EventKind> {
    use EventKind::{
        Accept, Clone, Connect, DnsQuery, Execve, Listen, Openat, Prctl, ProcExit, Ptrace, Setgid, Setsid,
        Setuid,
    };
    match mode {
        SensorMode::Ebpf => CALLS.iter().map(|call| call.kind).chain([Clone, ProcExit, DnsQuery]).collect(),
        SensorMode::ProcConnector => {
            [Execve, Clone, ProcExit, Setuid, Setgid, Setsid, Ptrace, Prctl, Openat, Connect, Accept, Listen]
                .into()
        }
        SensorMode::Procfs => [Execve, ProcExit, Connect, Accept, Listen].into(),
        SensorMode::Off => BTreeSet::new(),
    }
}

/// Kinds of event that may be missing where something was lost in this place of [`SensorStatus::losses`].
pub fn kinds_of_loss(place: &str) -> BTreeSet<EventKind> {
    let group = Group::ALL.into_iter().find(|group| place == format!("ring_buffer.{}", group.name()));
    let calls = CALLS.iter().filter(|call| Some(call.group) == group).map(|call| call.kind);
    let others: &[EventKind] = match group {
        Some(Group::Process) => {
            &[EventKind::Execve, EventKind::Execveat, EventKind::Clone, EventKind::ProcExit]
        }
        Some(Group::Network) => &[EventKind::DnsQuery],
        _ => &[],
    };
    calls.chain(others.iter().copied()).collect()
}

/// A sensor that is ready to run.
pub struct Sensor {
    way: Way,
    shared: Arc<Shared>,
    wanted: Arc<Wanted>,
    // The probes' own copy of it, by call.
    hooks: Arc<Mutex<Option<Hooks>>>,
    wishes: Arc<Mutex<Wishes>>,
}

enum Way {
    Ebpf(Box<Probes>),
    Connector(Box<Follower>),
    Procfs(Box<Table>),
}

impl Sensor {
    /// Loads and attaches the probes and fills the process table. Falls back by itself, unless the options name a mode:
    /// to the process connector and fanotify, then to procfs.
    ///
    /// # Errors
    /// [`SensorError::Unavailable`] when the named mode does not work here.
    pub fn start(options: SensorOptions) -> Result<Self, SensorError> {
        let shared = Arc::new(Shared::new());
        let wanted = Arc::new(Wanted::new(&options.kinds));
        if matches!(options.mode, None | Some(SensorMode::Ebpf)) {
            match Self::ebpf(&options, &shared, &wanted) {
                Ok(sensor) => return Ok(sensor),
                Err(reason) if options.mode.is_some() => {
                    return Err(SensorError::Unavailable { mode: "eBPF", reason });
                }
                Err(reason) => {
                    shared.capability("eBPF", false, &reason);
                    lock(&shared.reasons).push(format!("eBPF: {reason}"));
                }
            }
        }
        if matches!(options.mode, None | Some(SensorMode::ProcConnector)) {
            let table = Table::new(options.processes_max, Clock::new());
            match Follower::start(table, Arc::clone(&wanted), &shared) {
                Ok(follower) => {
                    shared.set_sees_files(follower.sees_files());
                    return Ok(Self::by(
                        Way::Connector(Box::new(follower)),
                        SensorMode::ProcConnector,
                        shared,
                        wanted,
                    ));
                }
                Err(reason) if options.mode.is_some() => {
                    return Err(SensorError::Unavailable { mode: "the process connector", reason });
                }
                Err(reason) => lock(&shared.reasons).push(format!("process connector: {reason}")),
            }
        }
        if options.mode == Some(SensorMode::Off) {
            let reason = "a sensor that is off cannot run".to_owned();
            return Err(SensorError::Unavailable { mode: "off", reason });
        }
        shared.capability("procfs", Path::new("/proc/self/stat").exists(), "read again and again");
        let table = Table::new(options.processes_max, Clock::new());
        Ok(Self::by(Way::Procfs(Box::new(table)), SensorMode::Procfs, shared, wanted))
    }

    // A way without probes.
    fn by(way: Way, mode: SensorMode, shared: Arc<Shared>, wanted: Arc<Wanted>) -> Self {
        *lock(&shared.mode) = mode;
        Self { way, shared, wanted, hooks: Arc::default(), wishes: Arc::default() }
    }

    fn ebpf(options: &SensorOptions, shared: &Arc<Shared>, wanted: &Arc<Wanted>) -> Result<Self, String> {
        for (name, fine, help) in requirements() {
            shared.capability(name, fine, if fine { "present" } else { help });
            if !fine {
                return Err(help.to_owned());
            }
        }
        libbpf_rs::set_print(Some((libbpf_rs::PrintLevel::Warn, |_, text| {
            tracing::debug!("libbpf: {}", text.trim_end())
        })));
        let mut refused = Vec::new();
        for hook in [Hook::Btf, Hook::RawTracepoint] {
            if options.hook.is_some_and(|only| only != hook) {
                continue;
            }
            match Self::hooked(hook, options, shared, wanted) {
                Ok(sensor) => {
                    lock(&shared.reasons).extend(refused);
                    return Ok(sensor);
                }
                Err(error) => {
                    shared.capability(hook.name(), false, &error.to_string());
                    refused.push(format!("{}: {error}", hook.name()));
                }
            }
        }
        Err(format!("{}; {EBPF_NEEDS}", refused.join("; ")))
    }

    fn hooked(
        hook: Hook,
        options: &SensorOptions,
        shared: &Arc<Shared>,
        wanted: &Arc<Wanted>,
    ) -> Result<Self, SensorError> {
        let table = Table::new(options.processes_max, Clock::new());
        let decoder = Decoder::new(table, Arc::clone(wanted));
        let begin = Instant::now();
        let mut probes = Probes::load(hook, options.ring_bytes, decoder, shared)?;
        let mut hooks = probes.hooks()?;
        let wishes = Wishes { kinds: options.kinds.clone(), data: options.data.clone() };
        hooks.want(&wishes)?;
        shared.set_sees_calls(hooks.is_attached());
        let detail = format!("attached while kinds need it; loaded in {} ms", begin.elapsed().as_millis());
        shared.capability(&format!("{}/sys_exit", hook.name()), true, &detail);
        Self::list_processes(&mut probes, shared);
        *lock(&shared.counters) = Some(probes.counters()?);
        *lock(&shared.mode) = SensorMode::Ebpf;
        Ok(Self {
            way: Way::Ebpf(Box::new(probes)),
            shared: Arc::clone(shared),
            wanted: Arc::clone(wanted),
            hooks: Arc::new(Mutex::new(Some(hooks))),
            wishes: Arc::new(Mutex::new(wishes)),
        })
    }

    // The probes are attached already: a process that begins meanwhile is in the ring.
    fn list_processes(probes: &mut Probes, shared: &Shared) {
        let begin = Instant::now();
        let pid = probes.self_pid();
        let table = &mut probes.decoder.table;
        table.set_self(pid);
        let listed = table.fill();
        let found = format!("{} processes in {} ms", table.len(), begin.elapsed().as_millis());
        match listed {
            Ok(()) => shared.capability("iter/task", true, &format!("listed {found}")),
            Err(reason) => shared.capability("iter/task", false, &format!("{reason}; procfs listed {found}")),
        }
        shared.set_processes(table.len(), table.containers());
    }

    /// Delivers events to `sink`, on this thread, until `stop` is true.
    ///
    /// # Errors
    /// When the kernel refuses to let the rings be read.
    pub fn run(self, stop: &AtomicBool, sink: impl FnMut(Event)) -> Result<(), SensorError> {
        match self.way {
            Way::Ebpf(probes) => probes.run(stop, &self.shared, &self.hooks, sink),
            Way::Connector(follower) => {
                follower.run(stop, &self.shared, sink);
                Ok(())
            }
            Way::Procfs(table) => {
                poll::run(*table, self.wanted, stop, &self.shared, sink);
                Ok(())
            }
        }
    }

    /// For asking and steering the sensor while it runs elsewhere.
    pub fn handle(&self) -> SensorHandle {
        SensorHandle {
            shared: Arc::clone(&self.shared),
            wanted: Arc::clone(&self.wanted),
            hooks: Arc::clone(&self.hooks),
            wishes: Arc::clone(&self.wishes),
        }
    }
}

const EBPF_NEEDS: &str =
    "a Linux kernel 5.11 or newer with BTF, and root or CAP_BPF, CAP_PERFMON and CAP_SYS_PTRACE are needed";

/// How long an answer is waited for: several rounds of the slowest way of listening.
const ANSWER_MAX: Duration = Duration::from_secs(2);

/// Asks and steers a sensor that runs on another thread.
#[derive(Clone)]
pub struct SensorHandle {
    shared: Arc<Shared>,
    wanted: Arc<Wanted>,
    // The probes' own copy of it, by call.
    hooks: Arc<Mutex<Option<Hooks>>>,
    wishes: Arc<Mutex<Wishes>>,
}

impl SensorHandle {
    /// What it sees, cannot see and lost.
    pub fn status(&self) -> SensorStatus {
        self.shared.status()
    }

    /// Changes which kinds of event are delivered, from this moment on.
    ///
    /// # Errors
    /// When the kernel refuses the change.
    pub fn set_kinds(&self, kinds: &BTreeSet<EventKind>) -> Result<(), SensorError> {
        self.wanted.set(kinds);
        lock(&self.wishes).kinds.clone_from(kinds);
        self.tell_probes()
    }

    /// Changes of which kinds the first bytes are wanted with them (`evt.buffer`), from this moment on.
    ///
    /// # Errors
    /// When the kernel refuses the change.
    pub fn set_data(&self, kinds: &BTreeSet<EventKind>) -> Result<(), SensorError> {
        lock(&self.wishes).data.clone_from(kinds);
        self.tell_probes()
    }

    fn tell_probes(&self) -> Result<(), SensorError> {
        match &mut *lock(&self.hooks) {
            Some(hooks) => {
                hooks.want(&lock(&self.wishes))?;
                self.shared.set_sees_calls(hooks.is_attached());
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// True while every system call passes a probe; false where only programs that begin and end are wanted.
    pub fn hooks_calls(&self) -> bool {
        lock(&self.hooks).as_ref().is_some_and(Hooks::is_attached)
    }

    /// What was searched for and found after events were lost.
    pub fn rescan(&self) -> RescanReport {
        self.shared.rescan()
    }

    /// Every process that lives, as far as the sensor knows; empty where it does not answer within two seconds.
    pub fn processes(&self) -> Vec<Arc<Process>> {
        self.shared.ask_snapshot();
        let begin = Instant::now();
        while begin.elapsed() < ANSWER_MAX {
            if let Some(processes) = self.shared.snapshot() {
                return processes;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Vec::new()
    }
}

/// Tries every way of listening and keeps none running.
pub fn probe() -> SensorStatus {
    let options = SensorOptions { ring_bytes: 1 << 16, ..SensorOptions::default() };
    match Sensor::start(options) {
        Ok(sensor) => {
            let mut status = sensor.handle().status();
            status.started = None;
            status
        }
        Err(error) => SensorStatus::off(
            rustix::system::uname().release().to_string_lossy().into_owned(),
            error.to_string(),
        ),
    }
}

// What eBPF needs, whether it is there, and what to do where it is not.
fn requirements() -> [(&'static str, bool, &'static str); 2] {
    const CAP_SYS_ADMIN: u64 = 1 << 21;
    const CAP_BPF: u64 = 1 << 39;
    const CAP_PERFMON: u64 = 1 << 38;
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let capabilities = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    let capabilities = capabilities.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok()).unwrap_or(0);
    let may =
        capabilities & CAP_SYS_ADMIN != 0 || capabilities & (CAP_BPF | CAP_PERFMON) == CAP_BPF | CAP_PERFMON;
    [
        ("privileges", may, "not allowed: run as root, or with CAP_BPF, CAP_PERFMON and CAP_SYS_PTRACE"),
        (
            "BTF",
            Path::new("/sys/kernel/btf/vmlinux").exists(),
            "the kernel has no type information (/sys/kernel/btf/vmlinux): use one built with CONFIG_DEBUG_INFO_BTF",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_that_can_be_told_can_be_named_as_lost() {
        let named: BTreeSet<EventKind> = Group::ALL
            .iter()
            .flat_map(|group| kinds_of_loss(&format!("ring_buffer.{}", group.name())))
            .collect();
        assert_eq!(named, capturable_kinds(SensorMode::Ebpf));
        assert!(kinds_of_loss("ring_buffer.process").contains(&EventKind::Execve));
        assert!(kinds_of_loss("store_queue").is_empty());
    }
}
