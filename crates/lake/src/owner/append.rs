//! From `append` to the log and the active segment.

use std::{
    collections::VecDeque,
    fs::File,
    sync::{Arc, atomic::Ordering},
    time::Instant,
};

use datafusion::arrow::{array::RecordBatch, error::ArrowError};

use super::{Owner, View, lock};
use crate::{
    DropCause, LakeError, StoredEvent,
    encode::Encoder,
    limits::{FLUSH_EVERY, FLUSH_ROWS, RETRY_EVERY, SEGMENT_BYTES_MAX},
    memory::{MemoryBatch, Segment},
    wal::WalWriter,
};

// Memory is measured once for so many events.
const MEASURE_EVERY: usize = 256;

/// The end of the lake that rows enter by.
pub(super) struct Writer {
    encoder: Encoder,
    // When the first row of the encoder came.
    waiting_since: Option<Instant>,
    // The active segment's log; made with its first frame.
    wal: Option<WalWriter>,
    // Batches of the active segment that the disk did not accept yet.
    unwritten: VecDeque<RecordBatch>,
    failure: Option<Failure>,
    to_sync: Vec<Arc<File>>,
}

struct Failure {
    cause: DropCause,
    reason: String,
    retry_at: Instant,
}

impl Writer {
    pub(super) fn new(host: &str) -> Self {
        Self {
            encoder: Encoder::new(host),
            waiting_since: None,
            wal: None,
            unwritten: VecDeque::new(),
            failure: None,
            to_sync: Vec::new(),
        }
    }
}

impl Owner {
    pub(crate) fn append(&self, events: &[StoredEvent<'_>]) -> Result<(), LakeError> {
        let mut writer = lock(&self.writer);
        let mut dropped = 0;
        for part in events.chunks(MEASURE_EVERY) {
            if self.memory_bytes(&writer) >= self.options.memory_bytes_max {
                dropped += part.len() as u64;
                continue;
            }
            writer.waiting_since.get_or_insert_with(Instant::now);
            part.iter().for_each(|event| writer.encoder.push(*event));
            if writer.encoder.rows() >= FLUSH_ROWS {
                self.flush_rows(&mut writer);
            }
        }
        if writer.waiting_since.is_some_and(|since| since.elapsed() >= FLUSH_EVERY) {
            self.flush_rows(&mut writer);
        }
        self.count(&writer, events.len() as u64, dropped)
    }

    /// Hands what was appended to the operating system now.
    pub(crate) fn flush(&self) -> Result<(), LakeError> {
        let mut writer = lock(&self.writer);
        self.flush_rows(&mut writer);
        self.count(&writer, 0, 0)
    }

    /// What the keeper does every few milliseconds: flushes what waited long enough, rotates what is old enough.
    pub(crate) fn tick(&self) {
        let mut writer = lock(&self.writer);
        let is_due = writer.waiting_since.is_some_and(|since| since.elapsed() >= FLUSH_EVERY);
        if is_due || writer.failure.is_some() {
            self.flush_rows(&mut writer);
        }
        self.rotate(&mut writer, |segment| segment.begun.elapsed() >= self.options.seal_age);
    }

    /// Makes the log safe against a loss of power. Nobody waits for it.
    pub(crate) fn sync(&self) {
        let files = std::mem::take(&mut lock(&self.writer).to_sync);
        for file in files {
            if let Err(source) = file.sync_data() {
                self.failed(&LakeError::io("sync", &self.dirs.wal)(source));
            }
        }
    }

    /// Ends the active segment, so that it can be sealed.
    pub(super) fn rotate_now(&self) -> Result<(), LakeError> {
        let mut writer = lock(&self.writer);
        self.flush_rows(&mut writer);
        self.rotate(&mut writer, |_| true);
        self.count(&writer, 0, 0)
    }

    fn count(&self, writer: &Writer, taken: u64, dropped: u64) -> Result<(), LakeError> {
        let kept = self.unwritten.load(Ordering::Relaxed);
        let (cause, reason) = match &writer.failure {
            Some(failure) => (failure.cause, failure.reason.clone()),
            None => (DropCause::Memory, "events come faster than they can be sealed".to_owned()),
        };
        let mut counters = lock(&self.counters);
        counters.appended += taken - dropped;
        counters.drop_events(cause, dropped);
        if writer.failure.is_none() && dropped == 0 {
            return Ok(());
        }
        Err(LakeError::NotWritten { cause, kept, dropped, reason })
    }

    fn memory_bytes(&self, writer: &Writer) -> usize {
        lock(&self.view).memory_bytes() + writer.encoder.bytes()
    }

    fn flush_rows(&self, writer: &mut Writer) {
        writer.waiting_since = None;
        if writer.encoder.rows() > 0 {
            let rows = writer.encoder.rows() as u64;
            if let Err(error) = self.add_batch(writer) {
                let error = LakeError::Corrupt { path: self.dirs.wal.clone(), reason: error.to_string() };
                self.failed(&error);
                lock(&self.counters).drop_events(DropCause::Other, rows);
            }
        }
        let is_too_early = writer.failure.as_ref().is_some_and(|failure| failure.retry_at > Instant::now());
        if !is_too_early {
            self.write_unwritten(writer);
        }
        let kept = writer.unwritten.iter().map(|batch| batch.num_rows() as u64).sum();
        self.unwritten.store(kept, Ordering::Relaxed);
    }

    fn write_unwritten(&self, writer: &mut Writer) {
        writer.failure = self.write_log(writer).err().map(|error| {
            self.failed(&error);
            Failure {
                cause: error.cause(),
                reason: error.full_text(),
                retry_at: Instant::now() + RETRY_EVERY,
            }
        });
        self.rotate(writer, |segment| {
            segment.rows() >= self.options.seal_rows
                || segment.bytes() >= self.options.seal_bytes
                || segment.log_bytes >= SEGMENT_BYTES_MAX
        });
    }

    // The collected rows can be queried from here on.
    fn add_batch(&self, writer: &mut Writer) -> Result<(), ArrowError> {
        let batch = writer.encoder.finish()?;
        writer.unwritten.push_back(batch.clone());
        let mut view = lock(&self.view);
        if view.active.batches.is_empty() {
            view.active.begun = Instant::now();
        }
        view.active.push(MemoryBatch::new(batch))
    }

    fn write_log(&self, writer: &mut Writer) -> Result<(), LakeError> {
        while let Some(batch) = writer.unwritten.front() {
            let wal = match &mut writer.wal {
                Some(wal) => wal,
                None => {
                    let id = lock(&self.view).active.id;
                    let created = WalWriter::create(&self.dirs.wal, id);
                    writer.wal.insert(created.map_err(LakeError::io("create a log in", &self.dirs.wal))?)
                }
            };
            wal.append(batch).map_err(LakeError::io("write", &wal.path))?;
            writer.unwritten.pop_front();
            if writer.to_sync.is_empty() {
                writer.to_sync.push(wal.file());
            }
            let mut view = lock(&self.view);
            view.active.path = Some(wal.path.clone());
            view.active.log_bytes = wal.bytes;
        }
        Ok(())
    }

    fn rotate(&self, writer: &mut Writer, is_due: impl Fn(&Segment) -> bool) {
        // A segment whose log is not whole is not sealed: with the log it would lose the rows' only trace.
        if !writer.unwritten.is_empty() {
            return;
        }
        let mut view = lock(&self.view);
        if view.active.batches.is_empty() || !is_due(&view.active) {
            return;
        }
        let View { active, sealing, .. } = &mut *view;
        let next = Segment::new(active.id + 1, Instant::now());
        sealing.push_back(Arc::new(std::mem::replace(active, next)));
        drop(view);
        if let Some(wal) = writer.wal.take() {
            writer.to_sync.push(wal.file());
        }
        self.want_seal();
    }
}
