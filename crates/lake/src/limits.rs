//! Ceilings and rhythms of the lake. What a user may choose is in [`LakeOptions`](crate::LakeOptions).

use std::time::Duration;

/// Rows that are collected before they go to the log, however little time has passed.
pub(crate) const FLUSH_ROWS: usize = 8_192;
/// Longest time a row waits before it goes to the log.
pub(crate) const FLUSH_EVERY: Duration = Duration::from_millis(200);
/// How often the log is made safe against a loss of power.
pub(crate) const SYNC_EVERY: Duration = Duration::from_secs(1);
/// How long a failed write or seal waits before the next try.
pub(crate) const RETRY_EVERY: Duration = Duration::from_secs(1);
/// Largest segment of the log; a larger one is sealed. With it a restart reads few bytes.
pub(crate) const SEGMENT_BYTES_MAX: u64 = 32 << 20;
/// Largest frame of the log that is believed, compressed and not.
pub(crate) const FRAME_BYTES_MAX: usize = 256 << 20;
/// Rows of a Parquet row group.
pub(crate) const ROW_GROUP_ROWS: usize = 100_000;
/// Rows of a Parquet page; what the page index can skip.
pub(crate) const PAGE_ROWS: usize = 10_000;
/// Different values a bloom filter expects in one row group.
pub(crate) const BLOOM_VALUES: u64 = 10_000;
/// Files with fewer rows carry no bloom filter.
pub(crate) const BLOOM_ROWS_MIN: usize = 5_000;
/// Neighbouring files of one class and hour that are merged at once, at least.
pub(crate) const COMPACT_FILES_MIN: usize = 4;
/// Most rows of a merged file; files with a quarter of it stay as they are.
pub(crate) const COMPACT_ROWS_MAX: u64 = 1_000_000;
/// Most bytes of the files merged at once.
pub(crate) const COMPACT_BYTES_MAX: u64 = 64 << 20;
/// Rows that are held in memory at once while files are written, merged or checked.
pub(crate) const MERGE_BATCH_ROWS: usize = 4_096;
/// How often a query is tried again after a file was merged away under a reader beside the owner.
pub(crate) const READER_TRIES: usize = 5;
/// How often a query is asked again after damaged files were taken out of its way. Each time at least one is gone.
pub(crate) const DAMAGE_TRIES: usize = 100;
/// Damaged files that are named in the statistics; all are counted.
pub(crate) const DAMAGED_SHOWN_MAX: usize = 20;
/// Largest log that is read; no segment of ours comes near it.
pub(crate) const LOG_BYTES_MAX: u64 = 1 << 30;
/// Words and signs one statement may have, without white space, commas and literal values: deeper ones would cost more
/// stack than a thread has.
pub(crate) const SQL_TOKENS_MAX: usize = 3_000;
/// Tables a statement may read once its WITH parts are put in the place of their names.
pub(crate) const SQL_TABLES_MAX: u64 = 200;
/// Stack of the threads that answer queries. Pages that are never touched cost nothing.
pub(crate) const QUERY_STACK_BYTES: usize = 64 << 20;
