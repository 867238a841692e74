//! The way through eBPF: loads the probes, attaches what is wanted, reads the rings.

use std::{
    cell::RefCell,
    collections::{BTreeSet, HashMap},
    mem::MaybeUninit,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use libbpf_rs::{
    Link, MapCore, MapFlags, MapHandle, OpenObject, RingBufferBuilder,
    skel::{OpenSkel, SkelBuilder},
};
use yagura_event::{Event, EventKind};

use crate::{
    SensorError,
    call::{CALLS, COMPAT, Probe},
    clock,
    decode::Decoder,
    record::Record,
    skeleton::{SensorSkel, SensorSkelBuilder},
    status::Shared,
};

/// Loaded and attached probes.
pub(crate) struct Probes {
    skeleton: SensorSkel<'static>,
    _links: Vec<Link>,
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
/// Asks for the ring that is never crowded out.
const VITAL: u32 = 0x8000_0000;

impl Probes {
    /// Loads the probes and attaches them; `kinds` says what is wanted.
    pub(crate) fn load(
        kinds: &BTreeSet<EventKind>,
        ring_bytes: usize,
        decoder: Decoder,
        shared: &Shared,
    ) -> Result<Self, SensorError> {
        // libbpf keeps a pointer into this; it lives as long as the process, once for each start of a sensor.
        let object: &'static mut MaybeUninit<OpenObject> = Box::leak(Box::new(MaybeUninit::uninit()));
        let mut open =
            SensorSkelBuilder::default().open(object).map_err(SensorError::kernel("opening the probes"))?;
        if let Some(data) = open.maps.rodata_data.as_deref_mut() {
            data.self_pid = std::process::id();
        }
        let ring = u32::try_from(ring_bytes.next_power_of_two().clamp(1 << 16, 1 << 30)).unwrap_or(1 << 24);
        open.maps.ring.set_max_entries(ring).map_err(SensorError::kernel("sizing the ring buffer"))?;
        let skeleton = open.load().map_err(SensorError::kernel("loading the probes"))?;
        let mut probes = Self { skeleton, _links: Vec::new(), decoder };
        probes.connect()?;
        want(&probes.wanted()?, kinds)?;
        probes.attach(shared)?;
        Ok(probes)
    }

    /// The map that says which calls are wanted, for whoever changes it later.
    pub(crate) fn wanted(&self) -> Result<MapHandle, SensorError> {
        MapHandle::try_from(&self.skeleton.maps.wanted).map_err(SensorError::kernel("sharing a map"))
    }

    /// The map of counters.
    pub(crate) fn counters(&self) -> Result<MapHandle, SensorError> {
        MapHandle::try_from(&self.skeleton.maps.counters).map_err(SensorError::kernel("sharing a map"))
    }

    // Puts the probe of each shape of arguments where the first program finds it.
    fn connect(&self) -> Result<(), SensorError> {
        use std::os::fd::{AsFd, AsRawFd};
        let programs = &self.skeleton.progs;
        let shapes = [
            (Probe::Open, &programs.call_open),
            (Probe::Path, &programs.call_path),
            (Probe::Paths, &programs.call_paths),
            (Probe::Fd, &programs.call_fd),
            (Probe::Socket, &programs.call_socket),
            (Probe::Plain, &programs.call_plain),
            (Probe::Texts, &programs.call_texts),
        ];
        for (probe, program) in shapes {
            let key = (probe as u32).to_ne_bytes();
            let value = program.as_fd().as_raw_fd().to_ne_bytes();
            let done = self.skeleton.maps.programs.update(&key, &value, MapFlags::ANY);
            done.map_err(SensorError::kernel("connecting the probes"))?;
        }
        for (theirs, ours) in COMPAT {
            let done = self.skeleton.maps.compat_calls.update(
                &theirs.to_ne_bytes(),
                &ours.to_ne_bytes(),
                MapFlags::ANY,
            );
            done.map_err(SensorError::kernel("connecting the probes"))?;
        }
        Ok(())
    }

    fn attach(&mut self, shared: &Shared) -> Result<(), SensorError> {
        let programs = &self.skeleton.progs;
        let entries = [
            ("tp_btf/sched_process_fork", &programs.process_fork),
            ("tp_btf/sched_process_exec", &programs.process_exec),
            ("tp_btf/sched_process_exit", &programs.process_exit),
            ("tp_btf/sys_exit", &programs.call_exit),
        ];
        for (name, program) in entries {
            match program.attach() {
                Ok(link) => {
                    shared.capability(name, true, "attached");
                    self._links.push(link);
                }
                Err(error) => {
                    shared.capability(name, false, &error.to_string());
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
        let Self { skeleton, _links, decoder } = self;
        let batch = Rc::new(RefCell::new(Batch::default()));
        let mut builder = RingBufferBuilder::new();
        for ring in [&skeleton.maps.ring_process as &dyn MapCore, &skeleton.maps.ring] {
            let (batch, index) = (Rc::clone(&batch), batch.borrow_mut().add_ring());
            // Less than zero ends the reading of this ring for now.
            let add = move |bytes: &[u8]| if batch.borrow_mut().push(index, bytes) { 0 } else { -1 };
            builder.add(ring, add).map_err(SensorError::kernel("reading the rings"))?;
        }
        let rings = builder.build().map_err(SensorError::kernel("reading the rings"))?;
        let mut reader = Reader { decoder, sink, shared: Arc::clone(shared) };
        while !stop.load(Ordering::Acquire) {
            let wait = batch.borrow_mut().begin();
            let _ = rings.poll_raw(wait);
            // What is older than this was written before the next line reads both rings to their ends.
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

/// Records of both rings, until it is sure that no older one comes.
///
/// A process's new program is told through one ring and what it opens through the other: only the order of time says
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
        self.shared.snapshot_if_asked(&self.decoder.table);
    }
}

/// Writes into the map which calls are wanted.
pub(crate) fn want(wanted: &MapHandle, kinds: &BTreeSet<EventKind>) -> Result<(), SensorError> {
    // The table must hear of directories and names whatever the rules ask for.
    let always = [EventKind::Chdir, EventKind::Fchdir, EventKind::Chroot];
    let values: HashMap<u32, u32> = CALLS
        .iter()
        .filter(|call| kinds.contains(&call.kind) || always.contains(&call.kind))
        .map(|call| (call.number, call.probe as u32 | if call.vital { VITAL } else { 0 }))
        .collect();
    for call in CALLS {
        let value = values.get(&call.number).copied().unwrap_or(0);
        wanted
            .update(&call.number.to_ne_bytes(), &value.to_ne_bytes(), MapFlags::ANY)
            .map_err(SensorError::kernel("choosing the calls"))?;
    }
    Ok(())
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
