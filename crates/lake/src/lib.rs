//! Events at rest, queryable at once: a write-ahead log, Parquet files by class and hour, SQL over both.
//!
//! Rows pass, in this order, through `encode` (one wide table), `wal` (the log), `memory` (what is not sealed yet),
//! `seal` (Parquet), `compact` (fewer, larger files) and retention. `query` sees all of them at any moment. The files
//! are plain Parquet: DuckDB, Spark and ClickHouse read them as they are.
//!
//! INVARIANT: after a crash at any moment every row is there once or was never acknowledged by a flush; `file` says how
//! the names of files see to that.
//!
//! This is the only crate that names DataFusion, Arrow and Parquet, and none of them is in its public face. It keeps
//! events; findings and decisions are kept by `yagura-state`.
//!
//! ```
//! # async fn example() -> Result<(), yagura_lake::LakeError> {
//! use yagura_lake::{Lake, LakeOptions, QueryLimits};
//!
//! let lake = Lake::open("/var/lib/yagura/lake".as_ref(), LakeOptions::default())?;
//! let sql = "SELECT time, process_cmd_line FROM process_activity WHERE time > now() - interval '1 hour'";
//! let result = lake.query(sql, QueryLimits::default()).await?;
//! println!("{} rows", result.rows.len());
//! # Ok(())
//! # }
//! ```

mod column;
mod compact;
mod damage;
mod encode;
mod error;
mod file;
mod keeper;
mod lake;
mod limits;
mod memory;
mod options;
mod owner;
mod prune;
mod query;
mod reader;
mod rebuild;
mod recent;
mod schema;
mod seal;
mod stats;
mod table;
mod value;
mod wal;
mod words;

pub use damage::DamagedFile;
pub use encode::StoredEvent;
pub use error::{DropCause, LakeError};
pub use lake::{Lake, RebuiltEvent};
pub use options::{LakeOptions, QueryLimits};
pub use query::{EventSink, QueryResult, ResultColumn};
pub use recent::EventFilter;
pub use schema::{ColumnSchema, TableSchema};
pub use stats::LakeStats;
