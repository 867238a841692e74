//! [`Owner`]: the state of a lake that is open for writing, and the passage of rows through it.
//!
//! append → encoder → (flush) → log and active segment → (rotate) → sealing segments → (seal) → files.
//!
//! Locks are taken in the order `writer`, `view`, `counters`; none is held while Parquet is written.

mod append;
mod maintain;
mod recover;

use std::{
    collections::VecDeque,
    fs::File,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use self::append::Writer;
use crate::{
    LakeError, LakeOptions, LakeStats,
    file::DataFile,
    memory::{MemoryBatch, Segment},
    stats::Counters,
};
use yagura_event::Timestamp;

pub(crate) use self::recover::Dirs;

pub(crate) struct Owner {
    pub(crate) dirs: Dirs,
    pub(crate) options: LakeOptions,
    writer: Mutex<Writer>,
    view: Mutex<View>,
    counters: Mutex<Counters>,
    // Held by who seals, merges or expires files: one at a time.
    files_busy: Mutex<()>,
    unwritten: AtomicU64,
    stopping: AtomicBool,
    seal_wanted: (Mutex<bool>, Condvar),
    _lock: File,
}

/// What a query sees.
#[derive(Debug, Default)]
pub(crate) struct Snapshot {
    pub(crate) batches: Vec<MemoryBatch>,
    pub(crate) files: Vec<Arc<DataFile>>,
    touched: Mutex<Vec<Arc<DataFile>>>,
}

impl Snapshot {
    pub(crate) fn new(batches: Vec<MemoryBatch>, files: Vec<Arc<DataFile>>) -> Self {
        Self { batches, files, touched: Mutex::default() }
    }

    /// Notes that a query reads these files.
    pub(crate) fn touch(&self, files: &[&Arc<DataFile>]) {
        lock(&self.touched).extend(files.iter().map(|file| Arc::clone(file)));
    }

    /// The files that queries read.
    pub(crate) fn touched(&self) -> Vec<Arc<DataFile>> {
        lock(&self.touched).clone()
    }
}

// Every row is in exactly one of the three.
struct View {
    active: Segment,
    sealing: VecDeque<Arc<Segment>>,
    // Ordered by partition and segment.
    files: Vec<Arc<DataFile>>,
}

impl Owner {
    /// Everything that was appended, as of now.
    pub(crate) fn snapshot(&self) -> Snapshot {
        // A failed write is in the statistics; the rows are in memory all the same.
        let _ = self.flush();
        let view = lock(&self.view);
        let segments = view.sealing.iter().map(|segment| &**segment).chain([&view.active]);
        let batches = segments.flat_map(|segment| segment.batches.iter().cloned()).collect();
        Snapshot::new(batches, view.files.clone())
    }

    pub(crate) fn stats(&self) -> LakeStats {
        let view = lock(&self.view);
        let counters = lock(&self.counters);
        let segments: Vec<&Segment> =
            view.sealing.iter().map(|segment| &**segment).chain([&view.active]).collect();
        let batches = || segments.iter().flat_map(|segment| &segment.batches);
        let rows_in_memory = batches().map(|batch| batch.rows() as u64).sum::<u64>();
        let oldest = batches().map(|batch| batch.time_min);
        let newest = batches().map(|batch| batch.time_max);
        let files = &view.files;
        LakeStats {
            rows: rows_in_memory + files.iter().map(|file| file.rows).sum::<u64>(),
            rows_in_memory,
            bytes: files.iter().map(|file| file.bytes).sum(),
            files: files.len() as u64,
            memory_bytes: segments.iter().map(|segment| segment.bytes() as u64).sum(),
            wal_bytes: segments.iter().map(|segment| segment.log_bytes).sum(),
            oldest: oldest
                .chain(files.first().map(|file| file.partition.hour.start_nanos()))
                .min()
                .map(Timestamp::from_nanos),
            newest: newest
                .chain(files.last().map(|file| file.partition.hour.end_nanos()))
                .max()
                .map(Timestamp::from_nanos),
            appended: counters.appended,
            dropped: counters.dropped.clone(),
            unwritten: self.unwritten.load(Ordering::Relaxed),
            sealed_segments: counters.sealed_segments,
            merged_files: counters.merged_files,
            expired_rows: counters.expired_rows,
            expired_bytes: counters.expired_bytes,
            damaged_frames: counters.damaged_frames,
            torn_bytes: counters.torn_bytes,
            damaged_files: counters.damage.files,
            damaged_rows: counters.damage.rows,
            damaged: counters.damage.latest.clone(),
            last_error: counters.last_error.clone(),
        }
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// Asks the keeper's threads to end.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        self.want_seal();
    }

    /// Waits until a segment is to be sealed, at most `time`.
    pub(crate) fn wait_for_seal(&self, time: std::time::Duration) {
        let (wanted, changed) = &self.seal_wanted;
        let waited = changed.wait_timeout_while(lock(wanted), time, |wanted| !*wanted);
        let (mut wanted, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *wanted = false;
    }

    fn want_seal(&self) {
        let (wanted, changed) = &self.seal_wanted;
        *lock(wanted) = true;
        changed.notify_all();
    }

    fn failed(&self, error: &LakeError) {
        lock(&self.counters).failed(error);
    }
}

impl View {
    fn memory_bytes(&self) -> usize {
        self.active.bytes() + self.sealing.iter().map(|segment| segment.bytes()).sum::<usize>()
    }

    fn add_files(&mut self, files: impl IntoIterator<Item = Arc<DataFile>>) {
        self.files.extend(files);
        self.files.sort_by_key(|file| (file.partition, file.first));
    }
}

// A panic under a lock loses at most the change it was making; the lake goes on.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
