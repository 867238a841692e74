//! The way through eBPF: loads the probes, attaches what is wanted, reads the rings.

use std::{
    cell::RefCell,
    mem::MaybeUninit,
    os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd},
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use libbpf_rs::{
    MapCore, MapFlags, MapHandle, OpenObject, ProgramInput, ProgramType, RingBufferBuilder,
    skel::{OpenSkel, SkelBuilder},
};
use yagura_event::Event;

use crate::{
    SensorError,
    call::Program,
    clock,
    decode::Decoder,
    record::Record,
    skeleton::{OpenSensorSkel, SensorSkel, SensorSkelBuilder},
    status::Shared,
    uring::Uring,
    wish::{Hooks, attach},
};

/// How programs get at the kernel's tracepoints, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hook {
    /// By BTF (`tp_btf`): programs follow the kernel's pointers.
    Btf,
    /// As raw tracepoints (`raw_tp`), where the kernel refuses the first: programs copy what they read.
    RawTracepoint,
}

impl Hook {
    /// The name of its program section.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Btf => "tp_btf",
            Self::RawTracepoint => "raw_tp",
        }
    }
}

/// Loaded and attached probes.
pub(crate) struct Probes {
    skeleton: SensorSkel<'static>,
    hook: Hook,
    links: Vec<OwnedFd>,
    uring: Result<Uring, String>,
    pub(crate) decoder: Decoder,
}

/// How long a poll waits; a record wakes it at once.
const POLL: Duration = Duration::from_millis(50);
/// How long a record may take from its time stamp to the end of its ring.
const SETTLE: Duration = Duration::from_millis(1);
/// Bytes read of one ring before what was read is handed out.
const ROUND_BYTES_MAX: usize = 2 << 20;
/// Bytes that wait for older records of the other ring; past this, order matters less than memory.
const BATCH_BYTES_MAX: usize = 32 << 20;

impl Probes {
    /// Loads the probes and attaches those that tell of processes; [`Probes::hooks`] does the rest.
    pub(crate) fn load(
        hook: Hook,
        ring_bytes: usize,
        decoder: Decoder,
        shared: &Shared,
    ) -> Result<Self, SensorError> {
        // libbpf keeps a pointer into this; it lives as long as the process, once for each start of a sensor.
        let object: &'static mut MaybeUninit<OpenObject> = Box::leak(Box::new(MaybeUninit::uninit()));
        let mut open =
            SensorSkelBuilder::default().open(object).map_err(SensorError::kernel("opening the probes"))?;
        if hook == Hook::RawTracepoint {
            become_raw(&mut open);
        }
        let ring = u32::try_from(ring_bytes.next_power_of_two().clamp(1 << 16, 1 << 30)).unwrap_or(1 << 24);
        open.maps.ring.set_max_entries(ring).map_err(SensorError::kernel("sizing the ring buffer"))?;
        let skeleton = open.load().map_err(SensorError::kernel("loading the probes"))?;
        let mut probes = Self { skeleton, hook, links: Vec::new(), uring: Err(String::new()), decoder };
        probes.identify();
        probes.uring = Uring::load(&probes.skeleton, hook, probes.self_pid());
        let detail = probes.uring.as_ref().err().map_or("operations are told as calls", String::as_str);
        shared.capability(&format!("{}/io_uring_submit_req", hook.name()), probes.uring.is_ok(), detail);
        shared.set_sees_rings(probes.uring.is_ok());
        probes.connect()?;
        probes.attach(shared)?;
        Ok(probes)
    }

    /// This process's id as the kernel counts, whatever pid namespace it lives in.
    pub(crate) fn self_pid(&self) -> u32 {
        self.skeleton.maps.bss_data.as_deref().map_or_else(std::process::id, |data| data.self_tgid)
    }

    // The probes leave this process out. Who that is only the kernel knows: in a pid namespace it has another number.
    fn identify(&mut self) {
        let ran = self.skeleton.progs.identify.test_run(ProgramInput::default());
        let named = self.skeleton.maps.bss_data.as_deref_mut();
        if let (Err(error), Some(data)) = (ran, named) {
            tracing::debug!("the kernel does not run a program on demand: {error}");
            data.self_tgid = std::process::id();
        }
    }

    /// What chooses which calls are told, for whoever changes it later.
    pub(crate) fn hooks(&self) -> Result<Hooks, SensorError> {
        let map = MapHandle::try_from(&self.skeleton.maps.wanted);
        let map = map.map_err(SensorError::kernel("sharing a map"))?;
        let programs = self.hooked_programs().map_err(|error| SensorError::Kernel {
            action: "sharing a program",
            reason: error.to_string(),
        })?;
        Ok(Hooks::new(map, programs, self.hook))
    }

    // What tells of calls, with the tracepoint of each.
    fn hooked_programs(&self) -> std::io::Result<Vec<(&'static str, OwnedFd)>> {
        let exit = self.skeleton.progs.call_exit.as_fd().try_clone_to_owned()?;
        let mut programs = vec![("sys_exit", exit)];
        if let Ok(uring) = &self.uring {
            programs.extend(uring.programs()?);
        }
        Ok(programs)
    }

    /// The map of counters.
    pub(crate) fn counters(&self) -> Result<MapHandle, SensorError> {
        MapHandle::try_from(&self.skeleton.maps.counters).map_err(SensorError::kernel("sharing a map"))
    }

    // Puts the program of each shape of arguments where the first program finds it.
    fn connect(&self) -> Result<(), SensorError> {
        let programs = &self.skeleton.progs;
        let shapes = [
            (Program::Any, &programs.call_any),
            (Program::Open, &programs.call_open),
            (Program::Socket, &programs.call_socket),
            (Program::Send, &programs.call_send),
            (Program::Receive, &programs.call_receive),
            (Program::Write, &programs.call_write),
            (Program::Memory, &programs.call_memory),
        ];
        for (place, program) in shapes {
            let key = (place as u32).to_ne_bytes();
            let value = program.as_fd().as_raw_fd().to_ne_bytes();
            let done = self.skeleton.maps.programs.update(&key, &value, MapFlags::ANY);
            done.map_err(SensorError::kernel("connecting the probes"))?;
        }
        Ok(())
    }

    fn attach(&mut self, shared: &Shared) -> Result<(), SensorError> {
        let programs = &self.skeleton.progs;
        let entries: [(&str, BorrowedFd<'_>); 3] = [
            ("sched_process_fork", programs.process_fork.as_fd()),
            ("sched_process_exec", programs.process_exec.as_fd()),
            ("sched_process_exit", programs.process_exit.as_fd()),
        ];
        for (tracepoint, program) in entries {
            let name = format!("{}/{tracepoint}", self.hook.name());
            match attach(program, tracepoint, self.hook) {
                Ok(link) => {
                    shared.capability(&name, true, "attached");
                    self.links.push(link);
                }
                Err(error) => {
                    shared.capability(&name, false, &error.to_string());
                    return Err(SensorError::Kernel {
                        action: "attaching a probe",
                        reason: format!("{name}: {error}"),
                    });
                }
            }
        }
        Ok(())
    }

    /// Reads records and hands their events to `sink` until `stop` is true.
    pub(crate) fn run(
        self,
        stop: &AtomicBool,
        shared: &Arc<Shared>,
        sink: impl FnMut(Event),
    ) -> Result<(), SensorError> {
        let Self { skeleton, links: _links, uring: _uring, decoder, .. } = self;
        let batch = Rc::new(RefCell::new(Batch::default()));
        let mut builder = RingBufferBuilder::new();
        let rings =
            [&skeleton.maps.ring_process as &dyn MapCore, &skeleton.maps.ring_vital, &skeleton.maps.ring];
        for ring in rings {
            let (batch, index) = (Rc::clone(&batch), batch.borrow_mut().add_ring());
            // Less than zero ends the reading of this ring for now.
            let add = move |bytes: &[u8]| if batch.borrow_mut().push(index, bytes) { 0 } else { -1 };
            builder.add(ring, add).map_err(SensorError::kernel("reading the rings"))?;
        }
        let rings = builder.build().map_err(SensorError::kernel("reading the rings"))?;
        keep_up();
        let mut reader = Reader { decoder, sink, shared: Arc::clone(shared) };
        while !stop.load(Ordering::Acquire) {
            let wait = batch.borrow_mut().begin();
            let _ = rings.poll_raw(wait);
            // What is older than this was written before the next line reads the rings to their ends.
            let now = clock::boot_nanos();
            let _ = rings.consume_raw();
            let horizon = batch.borrow().horizon(now);
            batch.borrow_mut().drain(horizon, &mut |bytes| reader.deliver(bytes));
            reader.settle();
        }
        // What the probes still have: they go only when the links do.
        batch.borrow_mut().begin();
        let _ = rings.consume_raw();
        batch.borrow_mut().drain(u64::MAX, &mut |bytes| reader.deliver(bytes));
        Ok(())
    }
}

/// Records of all rings, until it is sure that no older one comes.
///
/// A process's new program is told through one ring and what it opens through another: only the order of time says
/// which came first.
#[derive(Default)]
struct Batch {
    bytes: Vec<u8>,
    // Time, beginning and length of each record.
    records: Vec<(u64, usize, usize)>,
    spare: Vec<u8>,
    rings: Vec<Round>,
}

/// What was read of one ring since records were last handed out.
#[derive(Default)]
struct Round {
    bytes: usize,
    last: u64,
}

impl Batch {
    fn add_ring(&mut self) -> usize {
        self.rings.push(Round::default());
        self.rings.len() - 1
    }

    // Begins another round of reading; says how long to wait for more.
    fn begin(&mut self) -> Duration {
        let full = self.rings.iter().any(|round| round.bytes >= ROUND_BYTES_MAX);
        self.rings.iter_mut().for_each(|round| round.bytes = 0);
        match self.records.is_empty() {
            _ if full => Duration::ZERO,
            true => POLL,
            false => SETTLE,
        }
    }

    // False where enough was read of this ring: writers may be faster than the reader, who then would never return.
    fn push(&mut self, ring: usize, bytes: &[u8]) -> bool {
        let time = bytes.first_chunk::<8>().map_or(0, |time| u64::from_ne_bytes(*time));
        self.records.push((time, self.bytes.len(), bytes.len()));
        self.bytes.extend_from_slice(bytes);
        let Some(round) = self.rings.get_mut(ring) else { return true };
        round.bytes += bytes.len();
        round.last = time;
        round.bytes < ROUND_BYTES_MAX
    }

    // Up to when it is sure that nothing older comes: a ring that was not read to its end may hold records as old as
    // the last one read of it.
    fn horizon(&self, read_at: u64) -> u64 {
        if self.bytes.len() > BATCH_BYTES_MAX {
            return u64::MAX;
        }
        let full = self.rings.iter().filter(|round| round.bytes >= ROUND_BYTES_MAX);
        let oldest = full.map(|round| round.last).chain([read_at]).min().unwrap_or(read_at);
        oldest.saturating_sub(SETTLE.as_nanos() as u64)
    }

    // Hands out the records up to `horizon` in the order of time and keeps the rest.
    fn drain(&mut self, horizon: u64, deliver: &mut impl FnMut(&[u8])) {
        self.records.sort_unstable();
        let ready = self.records.partition_point(|(time, ..)| *time <= horizon);
        for (_, begin, length) in &self.records[..ready] {
            deliver(&self.bytes[*begin..*begin + *length]);
        }
        self.records.drain(..ready);
        self.spare.clear();
        for (_, begin, length) in &mut self.records {
            let moved = self.spare.len();
            self.spare.extend_from_slice(&self.bytes[*begin..*begin + *length]);
            *begin = moved;
        }
        std::mem::swap(&mut self.bytes, &mut self.spare);
    }
}

struct Reader<S> {
    decoder: Decoder,
    sink: S,
    shared: Arc<Shared>,
}

impl<S: FnMut(Event)> Reader<S> {
    fn deliver(&mut self, bytes: &[u8]) {
        let Some(record) = Record::parse(bytes) else {
            self.shared.malformed.fetch_add(1, Ordering::Relaxed);
            return;
        };
        if let Some(event) = self.decoder.decode(&record) {
            self.shared.count(event.kind);
            (self.sink)(event);
        }
    }

    fn settle(&self) {
        self.shared.set_processes(self.decoder.table.len(), self.decoder.table.containers());
        self.shared.answer_if_asked(|| self.decoder.table.processes());
    }
}

// Records wait in rings of a fixed size, and what a container was is known only while it lives: this thread goes somewhat
// before others where the machine is busy. Without the privilege it stays as it is.
fn keep_up() {
    let thread = rustix::thread::gettid();
    let _ = rustix::process::setpriority_process(Some(thread), NICE);
}

const NICE: i32 = -5;

// The same programs as raw tracepoints.
fn become_raw(open: &mut OpenSensorSkel<'_>) {
    if let Some(data) = open.maps.rodata_data.as_deref_mut() {
        data.direct = false;
    }
    let programs = &mut open.progs;
    for program in [
        &mut programs.call_exit,
        &mut programs.call_any,
        &mut programs.call_open,
        &mut programs.call_socket,
        &mut programs.call_send,
        &mut programs.call_receive,
        &mut programs.call_write,
        &mut programs.call_memory,
        &mut programs.process_fork,
        &mut programs.process_exec,
        &mut programs.process_exit,
    ] {
        program.set_prog_type(ProgramType::RawTracepoint);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_leave_in_the_order_of_time_once_they_are_old_enough() {
        let mut batch = Batch::default();
        for time in [30_u64, 10, 20, 40] {
            batch.push(0, &[&time.to_ne_bytes()[..], &[time as u8]].concat());
        }
        let mut seen = Vec::new();
        batch.drain(25, &mut |bytes| seen.push(bytes[8]));
        assert_eq!(seen, [10, 20]);
        batch.push(0, &[&35_u64.to_ne_bytes()[..], &[35]].concat());
        batch.drain(u64::MAX, &mut |bytes| seen.push(bytes[8]));
        assert_eq!(seen, [10, 20, 30, 35, 40]);
        assert!(batch.records.is_empty());
    }

    #[test]
    fn reading_stops_at_the_ceiling_and_waits_for_what_the_ring_still_holds() {
        let mut batch = Batch::default();
        let (process, other) = (batch.add_ring(), batch.add_ring());
        let settle = SETTLE.as_nanos() as u64;
        assert!(batch.push(process, &(9 * settle).to_ne_bytes()));
        assert!(!batch.push(other, &[&(5 * settle).to_ne_bytes()[..], &vec![0; ROUND_BYTES_MAX]].concat()));
        assert_eq!(batch.horizon(20 * settle), 4 * settle);
        assert_eq!(batch.begin(), Duration::ZERO);
        assert_eq!(batch.horizon(20 * settle), 19 * settle);
        batch.bytes.resize(BATCH_BYTES_MAX + 1, 0);
        assert_eq!(batch.horizon(0), u64::MAX);
    }
}
