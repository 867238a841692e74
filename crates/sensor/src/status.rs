//! What the sensor knows about itself, shared between its thread and whoever asks.

use std::{
    fs,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::Instant,
};

use libbpf_rs::{MapCore, MapFlags, MapHandle};
use yagura_event::{
    BlindSpot, Capability, EventKind, EventRate, Loss, Process, SensorMode, SensorStatus, Timestamp,
};

use crate::{call::Group, rescan::RescanReport};

/// Counters and facts.
pub(crate) struct Shared {
    pub(crate) mode: Mutex<SensorMode>,
    pub(crate) reasons: Mutex<Vec<String>>,
    pub(crate) malformed: AtomicU64,
    // Times that the connector or fanotify could not keep all they had to tell.
    overflows: AtomicU64,
    sees_files: AtomicBool,
    sees_rings: AtomicBool,
    sees_calls: AtomicBool,
    kinds: [AtomicU64; EventKind::COUNT],
    capabilities: Mutex<Vec<Capability>>,
    processes: AtomicUsize,
    containers: AtomicUsize,
    started: Timestamp,
    rates: Mutex<Rates>,
    pub(crate) counters: Mutex<Option<MapHandle>>,
    asked: AtomicBool,
    snapshot: Mutex<Option<Vec<Arc<Process>>>>,
    rescan: Mutex<RescanReport>,
}

struct Rates {
    at: Instant,
    counts: Vec<u64>,
    per_second: Vec<f64>,
}

impl Shared {
    pub(crate) fn new() -> Self {
        let rates = Rates {
            at: Instant::now(),
            counts: vec![0; EventKind::COUNT],
            per_second: vec![0.0; EventKind::COUNT],
        };
        Self {
            mode: Mutex::new(SensorMode::Off),
            reasons: Mutex::default(),
            malformed: AtomicU64::new(0),
            overflows: AtomicU64::new(0),
            sees_files: AtomicBool::new(true),
            sees_rings: AtomicBool::new(false),
            sees_calls: AtomicBool::new(true),
            kinds: std::array::from_fn(|_| AtomicU64::new(0)),
            capabilities: Mutex::default(),
            processes: AtomicUsize::new(0),
            containers: AtomicUsize::new(0),
            started: crate::clock::now(),
            rates: Mutex::new(rates),
            counters: Mutex::default(),
            asked: AtomicBool::new(false),
            snapshot: Mutex::default(),
            rescan: Mutex::default(),
        }
    }

    pub(crate) fn count(&self, kind: EventKind) {
        self.kinds[kind.index()].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn overflow(&self) {
        self.overflows.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn set_sees_files(&self, sees: bool) {
        self.sees_files.store(sees, Ordering::Relaxed);
    }

    pub(crate) fn set_sees_calls(&self, sees: bool) {
        self.sees_calls.store(sees, Ordering::Relaxed);
    }

    pub(crate) fn set_sees_rings(&self, sees: bool) {
        self.sees_rings.store(sees, Ordering::Relaxed);
    }

    pub(crate) fn set_processes(&self, processes: usize, containers: usize) {
        self.processes.store(processes, Ordering::Relaxed);
        self.containers.store(containers, Ordering::Relaxed);
    }

    pub(crate) fn capability(&self, name: &str, available: bool, detail: &str) {
        let capability = Capability { name: name.to_owned(), available, detail: detail.to_owned() };
        lock(&self.capabilities).push(capability);
    }

    pub(crate) fn ask_snapshot(&self) {
        *lock(&self.snapshot) = None;
        self.asked.store(true, Ordering::Release);
    }

    pub(crate) fn answer_if_asked(&self, processes: impl FnOnce() -> Vec<Arc<Process>>) {
        if self.asked.swap(false, Ordering::AcqRel) {
            *lock(&self.snapshot) = Some(processes());
        }
    }

    pub(crate) fn snapshot(&self) -> Option<Vec<Arc<Process>>> {
        lock(&self.snapshot).clone()
    }

    pub(crate) fn mode(&self) -> SensorMode {
        *lock(&self.mode)
    }

    pub(crate) fn status(&self) -> SensorStatus {
        let mode = self.mode();
        let losses = self.losses();
        let rates = self.event_rates();
        SensorStatus {
            mode,
            mode_reasons: lock(&self.reasons).clone(),
            kernel: rustix::system::uname().release().to_string_lossy().into_owned(),
            capabilities: lock(&self.capabilities).clone(),
            blind_spots: self.blind_spots(mode),
            started: Some(self.started),
            events: rates.iter().map(|rate| rate.count).sum(),
            lost: losses.iter().map(|loss| loss.count).sum(),
            rates,
            losses,
            processes: self.processes.load(Ordering::Relaxed) as u64,
            containers: self.containers.load(Ordering::Relaxed) as u64,
            memory_bytes: resident_bytes(),
        }
    }

    // What a mode cannot see, whatever the rules ask for.
    fn blind_spots(&self, mode: SensorMode) -> Vec<BlindSpot> {
        let sees = |what: &AtomicBool| what.load(Ordering::Relaxed);
        let spot = |what: &str, why: &str| BlindSpot {
            what: what.to_owned(),
            why: why.to_owned(),
            rules: Vec::new(),
        };
        match mode {
            SensorMode::Ebpf if !sees(&self.sees_calls) => vec![spot(
                "programs that cannot be started",
                "no rule asks for a system call, so none is looked at; programs that begin and end are told",
            )],
            SensorMode::Ebpf => vec![
                if sees(&self.sees_rings) {
                    spot(
                        "results of io_uring operations that make no descriptor, and data sent through a ring",
                        "the kernel tells the operation when it takes it; opens and accepts are told with their result",
                    )
                } else {
                    spot(
                        "io_uring operations",
                        "this kernel gives no hook for them; the set-up of a ring is seen (io_uring_setup)",
                    )
                },
                spot(
                    "a path or an address that another thread changes during the call",
                    "what a call was given is read when it returns; the file behind a descriptor, a connected socket's ends \
                 and a running program are the kernel's own",
                ),
                spot(
                    "names asked of name servers over TCP, TLS or HTTPS",
                    "only datagrams to port 53 are read",
                ),
            ],
            SensorMode::ProcConnector => {
                let mut spots = vec![
                    spot(
                        "programs that end before they are looked at",
                        "the kernel tells their number; name, arguments and files are read from procfs a moment later",
                    ),
                    spot(
                        "calls that fail, and what changes files, memory, namespaces and mounts",
                        "the process connector and fanotify do not tell them; a kernel with BTF and eBPF would",
                    ),
                    spot("connections that end quickly", "procfs lists only what is open at that moment"),
                ];
                spots.push(if sees(&self.sees_files) {
                spot(
                    "how a file was opened",
                    "fanotify tells that a file was opened, and at its end whether it was open for writing",
                )
            } else {
                spot("opened files", "fanotify is refused here")
            });
                spots
            }
            SensorMode::Procfs => vec![
                spot(
                    "programs that end within a fifth of a second",
                    "procfs is looked at five times a second; root and a kernel with BTF would show all",
                ),
                spot(
                    "opened, changed and deleted files",
                    "procfs tells nothing of them; root and a kernel with BTF are needed",
                ),
                spot(
                    "processes of other users in detail",
                    "without root only their names and arguments are readable",
                ),
                spot("connections that end quickly", "procfs lists only what is open at that moment"),
            ],
            SensorMode::Off => vec![spot("everything", "the sensor does not run")],
        }
    }

    /// Events of this group that the kernel had no room for.
    pub(crate) fn lost(&self, group: Group) -> u64 {
        // The probes count what they sent, then what they lost by group.
        self.counter(1 + group as u32)
    }

    /// A search after a loss is done.
    pub(crate) fn searched(&self, report: RescanReport) {
        let mut sum = lock(&self.rescan);
        sum.searches += report.searches;
        sum.programs += report.programs;
        sum.sockets += report.sockets;
        sum.modules += report.modules;
    }

    /// What the searches after losses came to, all together.
    pub(crate) fn rescan(&self) -> RescanReport {
        *lock(&self.rescan)
    }

    fn counter(&self, which: u32) -> u64 {
        let map = lock(&self.counters);
        let values = map
            .as_ref()
            .and_then(|map| map.lookup_percpu(&which.to_ne_bytes(), MapFlags::ANY).ok().flatten());
        let number = |bytes: &Vec<u8>| bytes.first_chunk::<8>().map_or(0, |bytes| u64::from_ne_bytes(*bytes));
        values.map_or(0, |values| values.iter().map(number).sum())
    }

    fn losses(&self) -> Vec<Loss> {
        let loss = |place: &str, count, detail: &str| Loss {
            place: place.to_owned(),
            count,
            detail: detail.to_owned(),
        };
        if self.mode() == SensorMode::ProcConnector {
            let overflows = self.overflows.load(Ordering::Relaxed);
            let detail =
                "times that the kernel could not keep what it had to tell; processes were looked for again";
            return vec![loss("connector", overflows, detail)];
        }
        let lost = |group: Group| {
            let detail = if group.is_vital() {
                "events of a ring of their own: more was done at once than it holds"
            } else {
                "events the reader was too slow for; sensor.ring_bytes makes room for more"
            };
            loss(&format!("ring_buffer.{}", group.name()), self.lost(group), detail)
        };
        let mut losses: Vec<Loss> = Group::ALL.into_iter().map(lost).collect();
        losses.push(loss(
            "malformed",
            self.malformed.load(Ordering::Relaxed),
            "records that could not be read; please report this",
        ));
        losses
    }

    fn event_rates(&self) -> Vec<EventRate> {
        let counts: Vec<u64> = self.kinds.iter().map(|count| count.load(Ordering::Relaxed)).collect();
        let mut rates = lock(&self.rates);
        let elapsed = rates.at.elapsed().as_secs_f64();
        if elapsed >= 1.0 {
            rates.per_second = counts
                .iter()
                .zip(&rates.counts)
                .map(|(now, before)| now.saturating_sub(*before) as f64 / elapsed)
                .collect();
            rates.counts.clone_from(&counts);
            rates.at = Instant::now();
        }
        let rate = |kind: &EventKind| EventRate {
            kind: kind.name().to_owned(),
            count: counts[kind.index()],
            per_second: rates.per_second[kind.index()],
        };
        EventKind::ALL.iter().filter(|kind| counts[kind.index()] > 0).map(rate).collect()
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn resident_bytes() -> u64 {
    let pages = fs::read_to_string("/proc/self/statm").ok();
    let pages = pages.and_then(|text| text.split_ascii_whitespace().nth(1)?.parse::<u64>().ok()).unwrap_or(0);
    pages * rustix::param::page_size() as u64
}
