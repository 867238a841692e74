//! [`LakeOptions`] and [`QueryLimits`]: what the user chooses.

use std::time::Duration;

/// How a lake is kept.
#[derive(Debug, Clone)]
pub struct LakeOptions {
    /// Name of this machine, written into every row.
    pub host: String,
    /// Events older than this are removed, an hour at a time.
    pub retention_age: Duration,
    /// When the sealed files are larger than this together, the oldest hours are removed.
    pub retention_bytes: u64,
    /// A segment of the log with this many rows becomes Parquet.
    pub seal_rows: usize,
    /// A segment of the log that takes this much memory becomes Parquet.
    pub seal_bytes: usize,
    /// A segment of the log of this age becomes Parquet.
    pub seal_age: Duration,
    /// Events held in memory (not sealed yet) take at most this many bytes; what comes beyond is dropped and counted.
    pub memory_bytes_max: usize,
}

impl Default for LakeOptions {
    fn default() -> Self {
        Self {
            host: "localhost".to_owned(),
            retention_age: Duration::from_secs(30 * 24 * 3600),
            retention_bytes: 20 << 30,
            seal_rows: 250_000,
            seal_bytes: 24 << 20,
            seal_age: Duration::from_secs(600),
            memory_bytes_max: 512 << 20,
        }
    }
}

/// What one query may use.
#[derive(Debug, Clone, Copy)]
pub struct QueryLimits {
    /// Rows returned; more are cut off and [`QueryResult::truncated`](crate::QueryResult::truncated) says so.
    pub rows_max: usize,
    /// Time it may run.
    pub time_max: Duration,
    /// Memory for sorting, grouping and joining, and for the result.
    pub memory_bytes_max: usize,
}

impl Default for QueryLimits {
    fn default() -> Self {
        Self { rows_max: 10_000, time_max: Duration::from_secs(30), memory_bytes_max: 256 << 20 }
    }
}
