//! The kernel's rings, read in rounds and handed out in the order of time.
//!
//! A process's new program is told through one ring and what it opens through another: only the order of time says which
//! came first. What happened before something else was in its ring before; so the ring of processes is read last, and
//! nothing is handed out that is younger than the round: whatever came before it was read too.
//!
//! The reader comes by itself while there is something to do. Only when it rests, the next record wakes it.

use std::{cell::RefCell, os::fd::AsFd, rc::Rc, time::Duration};

use libbpf_rs::{MapCore, MapFlags, RingBuffer, RingBufferBuilder};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::{
    clock,
    skeleton::{SensorMaps, types},
};

/// Time between two rounds while there is something to read.
const PACE: Duration = Duration::from_micros(500);
/// How long the reader rests where no record wakes it.
const REST: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };
/// How long a record may take from its time stamp to the end of its ring.
const SETTLE: Duration = Duration::from_micros(200);
/// Bytes read of one ring before what was read is handed out.
const ROUND_BYTES_MAX: usize = 1 << 20;
/// Bytes that wait for older records of another ring; past this, order matters less than memory.
const BATCH_BYTES_MAX: usize = 16 << 20;
/// Room that is kept for the next round.
const KEPT_BYTES_MAX: usize = 1 << 20;

/// What a round of reading came upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    Nothing,
    Something,
    /// More than one round reads.
    TooMuch,
}

/// The rings, in the order they are read.
pub(crate) struct Rings<'a> {
    maps: &'a SensorMaps<'static>,
    rings: Vec<RingBuffer<'static>>,
    batch: Rc<RefCell<Batch>>,
    asked: bool,
}

impl<'a> Rings<'a> {
    pub(crate) fn open(maps: &'a SensorMaps<'static>) -> Result<Self, libbpf_rs::Error> {
        let batch = Rc::new(RefCell::new(Batch::default()));
        let mut rings = Vec::new();
        // Each is read for itself: where one is left before its end, libbpf would leave out those behind it.
        for map in [&maps.ring as &dyn MapCore, &maps.ring_vital, &maps.ring_process] {
            let (batch, index) = (Rc::clone(&batch), batch.borrow_mut().add_ring());
            let mut builder = RingBufferBuilder::new();
            // Less than zero ends the reading for now.
            builder
                .add(map, move |bytes: &[u8]| if batch.borrow_mut().push(index, bytes) { 0 } else { -1 })?;
            rings.push(builder.build()?);
        }
        Ok(Self { maps, rings, batch, asked: false })
    }

    /// Reads every ring once and hands out what is old enough.
    pub(crate) fn read(&mut self, deliver: &mut impl FnMut(&[u8])) -> Found {
        self.batch.borrow_mut().begin();
        let now = clock::boot_nanos();
        self.consume();
        let mut batch = self.batch.borrow_mut();
        let horizon = batch.horizon(now);
        batch.drain(horizon, deliver);
        batch.found()
    }

    /// Hands out all there is.
    pub(crate) fn read_all(&mut self, deliver: &mut impl FnMut(&[u8])) {
        self.batch.borrow_mut().begin();
        self.consume();
        self.batch.borrow_mut().drain(u64::MAX, deliver);
    }

    fn consume(&self) {
        for ring in &self.rings {
            let _ = ring.consume_raw();
        }
    }

    /// Waits until it is worth to read again.
    pub(crate) fn wait(&mut self, found: Found) {
        self.asked = match found {
            Found::TooMuch => false,
            Found::Something => {
                std::thread::sleep(PACE);
                false
            }
            // What came while the probes did not know that the reader rests wakes nobody: one more look.
            Found::Nothing if !self.asked => {
                self.ask_to_be_woken();
                true
            }
            Found::Nothing => {
                self.rest();
                false
            }
        };
    }

    fn ask_to_be_woken(&self) {
        let (key, yes) = (0_u32.to_ne_bytes(), 1_u32.to_ne_bytes());
        let _ = self.maps.reader_sleeps.update(&key, &yes, MapFlags::ANY);
    }

    fn rest(&self) {
        let mut ready = [&self.maps.ring, &self.maps.ring_vital, &self.maps.ring_process]
            .map(|ring| PollFd::from_borrowed_fd(ring.as_fd(), PollFlags::IN));
        let _ = poll(&mut ready, Some(&REST));
    }
}

/// Records of all rings, until it is sure that no older one comes.
#[derive(Default)]
struct Batch {
    bytes: Vec<u8>,
    // Time, beginning and length of each record.
    records: Vec<(u64, usize, usize)>,
    spare: Vec<u8>,
    rings: Vec<Round>,
}

/// What this round read of one ring.
#[derive(Default)]
struct Round {
    bytes: usize,
    last: u64,
}

impl Round {
    const fn is_full(&self) -> bool {
        self.bytes >= ROUND_BYTES_MAX
    }
}

impl Batch {
    fn add_ring(&mut self) -> usize {
        self.rings.push(Round::default());
        self.rings.len() - 1
    }

    fn begin(&mut self) {
        self.rings.iter_mut().for_each(|round| round.bytes = 0);
    }

    fn found(&self) -> Found {
        if self.rings.iter().any(Round::is_full) {
            return Found::TooMuch;
        }
        let is_quiet = self.records.is_empty() && self.rings.iter().all(|round| round.bytes == 0);
        if is_quiet { Found::Nothing } else { Found::Something }
    }

    // False where enough was read of this ring: writers may be faster than the reader, who then would never return.
    fn push(&mut self, ring: usize, bytes: &[u8]) -> bool {
        let time = bytes.first_chunk::<8>().map_or(0, |time| u64::from_ne_bytes(*time));
        self.records.push((time, self.bytes.len(), bytes.len()));
        self.bytes.extend_from_slice(bytes);
        let Some(round) = self.rings.get_mut(ring) else { return true };
        round.bytes += bytes.len();
        round.last = time;
        !round.is_full()
    }

    // Up to when it is sure that nothing older comes: a ring that was not read to its end may hold records as old as
    // the last one read of it.
    fn horizon(&self, read_at: u64) -> u64 {
        if self.bytes.len() > BATCH_BYTES_MAX {
            return u64::MAX;
        }
        let full = self.rings.iter().filter(|round| round.is_full());
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
        if self.records.is_empty() {
            // A flood is over: its room is given back.
            self.bytes.shrink_to(KEPT_BYTES_MAX);
            self.spare.shrink_to(KEPT_BYTES_MAX);
            self.records.shrink_to(KEPT_BYTES_MAX / size_of::<types::head>());
        }
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
        assert_eq!(batch.found(), Found::Nothing);
        let settle = SETTLE.as_nanos() as u64;
        assert!(batch.push(process, &(9 * settle).to_ne_bytes()));
        assert_eq!(batch.found(), Found::Something);
        assert!(!batch.push(other, &[&(5 * settle).to_ne_bytes()[..], &vec![0; ROUND_BYTES_MAX]].concat()));
        assert_eq!(batch.horizon(20 * settle), 4 * settle);
        assert_eq!(batch.found(), Found::TooMuch);
        batch.begin();
        assert_eq!(batch.horizon(20 * settle), 19 * settle);
        assert_eq!(batch.found(), Found::Something, "what was read waits");
        batch.bytes.resize(BATCH_BYTES_MAX + 1, 0);
        assert_eq!(batch.horizon(0), u64::MAX);
    }
}
