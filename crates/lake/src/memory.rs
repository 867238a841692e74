//! Rows that are not sealed yet: [`MemoryBatch`]es of [`Segment`]s.

use std::{path::PathBuf, time::Instant};

use datafusion::arrow::{
    array::{Array, AsArray, RecordBatch},
    compute::{max, min},
    datatypes::TimestampNanosecondType,
    error::ArrowError,
};

use crate::{column::Column, limits::FLUSH_ROWS, words::merge};

/// A batch, with what a query needs to pass it over.
#[derive(Debug, Clone)]
pub(crate) struct MemoryBatch {
    pub(crate) batch: RecordBatch,
    pub(crate) time_min: i64,
    pub(crate) time_max: i64,
    pub(crate) bytes: usize,
}

impl MemoryBatch {
    pub(crate) fn new(batch: RecordBatch) -> Self {
        let times = batch.column(Column::Time.index()).as_primitive_opt::<TimestampNanosecondType>();
        let bytes = batch
            .columns()
            .iter()
            .map(|column| column.to_data().get_slice_memory_size().unwrap_or_default())
            .sum();
        Self {
            time_min: times.and_then(min).unwrap_or(i64::MIN),
            time_max: times.and_then(max).unwrap_or(i64::MAX),
            batch,
            bytes,
        }
    }

    pub(crate) fn rows(&self) -> usize {
        self.batch.num_rows()
    }
}

/// The rows of one segment of the log.
#[derive(Debug, Clone)]
pub(crate) struct Segment {
    pub(crate) id: u64,
    /// Its log; `None` until the first frame could be written.
    pub(crate) path: Option<PathBuf>,
    pub(crate) log_bytes: u64,
    pub(crate) batches: Vec<MemoryBatch>,
    pub(crate) begun: Instant,
}

impl Segment {
    pub(crate) fn new(id: u64, begun: Instant) -> Self {
        Self { id, path: None, log_bytes: 0, batches: Vec::new(), begun }
    }

    pub(crate) fn rows(&self) -> usize {
        self.batches.iter().map(MemoryBatch::rows).sum()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.batches.iter().map(|batch| batch.bytes).sum()
    }

    /// Adds a batch. Small ones are merged as they double, so that a trickle of events neither makes thousands of
    /// batches nor repeats its words in each; every row is copied a few times at most.
    pub(crate) fn push(&mut self, batch: MemoryBatch) -> Result<(), ArrowError> {
        self.batches.push(batch);
        while let [.., before, last] = &self.batches[..]
            && before.rows() <= 2 * last.rows()
            && before.rows() + last.rows() <= FLUSH_ROWS
        {
            let merged = MemoryBatch::new(merge(&[&before.batch, &last.batch])?);
            self.batches.truncate(self.batches.len() - 2);
            self.batches.push(merged);
        }
        Ok(())
    }
}
