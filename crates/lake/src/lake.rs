//! [`Lake`]: the public face.

use std::{path::Path, sync::Arc, time::SystemTime};

use datafusion::{
    arrow::{array::RecordBatch, compute::concat_batches},
    common::DataFusionError,
};
use serde_json::Value;
use yagura_event::{Event, Timestamp, to_ocsf};

use crate::{
    EventFilter, EventSink, LakeError, LakeOptions, LakeStats, QueryLimits, QueryResult, StoredEvent,
    TableSchema,
    column::{Column, SCHEMA},
    damage,
    keeper::Keeper,
    limits::{DAMAGE_TRIES, READER_TRIES},
    owner::{Dirs, Owner, Snapshot},
    query::{
        self,
        workers::{self, Failure},
    },
    reader::{self, Reader},
    rebuild::{self, Row},
    schema,
};

/// Events at rest. Share it between threads as it is; every method takes `&self`.
///
/// Dropping it hands everything to the disk; what is not sealed yet is read from the log when it is opened again.
pub struct Lake {
    side: Side,
}

enum Side {
    Owner(Arc<Owner>, #[expect(dead_code, reason = "ends its threads when it is dropped")] Keeper),
    Reader(Arc<Reader>),
}

/// An event as it was stored.
#[derive(Debug, Clone, PartialEq)]
pub struct RebuiltEvent {
    /// The event.
    pub event: Event,
    /// The machine it happened on.
    pub host: String,
    /// Names of the rules that matched it.
    pub rules: Vec<String>,
}

impl Lake {
    /// Opens the lake in `dir` for writing, makes it where there is none, and starts two threads that flush and seal.
    /// Whatever a crash left behind is put in order first.
    ///
    /// # Errors
    /// [`LakeError::Locked`] when another process has it open, or when the directory cannot be used.
    pub fn open(dir: &Path, options: LakeOptions) -> Result<Self, LakeError> {
        let owner = Arc::new(Owner::open(dir, options)?);
        let keeper = Keeper::start(&owner)?;
        Ok(Self { side: Side::Owner(owner, keeper) })
    }

    /// Opens the lake in `dir` for queries, beside the process that writes it or without one. Nothing is changed on
    /// disk.
    ///
    /// # Errors
    /// When there is no lake.
    pub fn open_read_only(dir: &Path) -> Result<Self, LakeError> {
        let dirs = Dirs::new(dir)?;
        std::fs::read_dir(&dirs.wal).map_err(LakeError::io("open the lake's log", &dirs.wal))?;
        Ok(Self { side: Side::Reader(Arc::new(Reader::new(dirs))) })
    }

    /// Takes events in. They can be queried at once, are with the operating system within 200 ms and safe on disk
    /// within a second or so. Never waits for a seal or a sync.
    ///
    /// # Errors
    /// [`LakeError::NotWritten`] while the disk refuses writes or memory is full; it says how many of these events
    /// were dropped. The others are kept and written once the disk accepts them.
    pub fn append(&self, events: &[StoredEvent<'_>]) -> Result<(), LakeError> {
        self.owner()?.append(events)
    }

    /// Hands what was appended to the operating system and syncs it now.
    ///
    /// # Errors
    /// As [`Lake::append`].
    pub fn flush(&self) -> Result<(), LakeError> {
        let owner = self.owner()?;
        owner.flush()?;
        owner.sync();
        Ok(())
    }

    /// Turns everything into Parquet now. The lake does so by itself when a segment is large or old enough.
    ///
    /// # Errors
    /// When files cannot be written; the events stay in the log.
    pub fn seal(&self) -> Result<(), LakeError> {
        self.owner()?.seal_all()
    }

    /// Merges small files and removes what is older or more than the options allow; `now` is the present time. Meant
    /// to be called every minute or so, on a thread that may block.
    ///
    /// # Errors
    /// When files cannot be read or written; nothing is lost by it.
    pub fn maintain(&self, now: SystemTime) -> Result<(), LakeError> {
        self.owner()?.maintain(now)
    }

    /// Runs one SQL statement that reads: SELECT, EXPLAIN, SHOW or DESCRIBE over the tables of [`Lake::schema`]. It runs
    /// on threads of its own: whoever waits for it can do something else. Files that turn out to be damaged are set aside
    /// and counted ([`LakeStats::damaged_files`]); the others answer.
    ///
    /// # Errors
    /// [`LakeError::Sql`] and [`LakeError::NotAllowed`] are for who wrote the statement, [`LakeError::TimedOut`] and
    /// [`LakeError::TooMuchMemory`] say which limit it met.
    pub async fn query(&self, sql: &str, limits: QueryLimits) -> Result<QueryResult, LakeError> {
        let sql: Arc<str> = sql.into();
        self.answer(limits, move |snapshot| {
            let sql = Arc::clone(&sql);
            async move { query::run(snapshot, &sql, limits).await }
        })
        .await
    }

    /// The latest events that pass the filter, the latest first.
    ///
    /// # Errors
    /// As [`Lake::query`].
    pub async fn event_list(
        &self,
        filter: &EventFilter,
        limits: QueryLimits,
    ) -> Result<QueryResult, LakeError> {
        // One more than is returned: so the query knows whether it cut something off.
        self.query(&filter.sql(limits.rows_max.saturating_add(1)), limits).await
    }

    /// The event of this time and number, made again from its row.
    ///
    /// # Errors
    /// When the lake cannot be read.
    pub async fn event_rebuild(
        &self,
        time: Timestamp,
        number: u64,
    ) -> Result<Option<RebuiltEvent>, LakeError> {
        let sql = format!(
            "SELECT * FROM events WHERE time = arrow_cast({}, 'Timestamp(Nanosecond, Some(\"UTC\"))') \
             AND number = {number} LIMIT 1",
            time.nanos(),
        );
        let limits = QueryLimits::default();
        let batch = self.rows(&sql, limits).await?;
        if batch.num_rows() == 0 {
            return Ok(None);
        }
        let row = Row::new(&batch, 0);
        let event = rebuild::event(row).map_err(LakeError::Query)?;
        let host = row.text(Column::Host).unwrap_or_default().to_owned();
        Ok(Some(RebuiltEvent { event, host, rules: row.texts(Column::Rules) }))
    }

    /// Hands every event since then to a sink that `make` makes, each made again from its row, in no particular order.
    /// A sink that has seen enough ends it. Where a damaged file is met it begins anew with another sink.
    ///
    /// # Errors
    /// As [`Lake::query`].
    pub async fn event_scan<S: EventSink>(
        &self,
        since: Timestamp,
        limits: QueryLimits,
        make: impl Fn() -> S,
    ) -> Result<S, LakeError> {
        let sql: Arc<str> = format!(
            "SELECT * FROM events WHERE time >= arrow_cast({}, 'Timestamp(Nanosecond, Some(\"UTC\"))')",
            since.nanos(),
        )
        .into();
        self.answer(limits, move |snapshot| {
            let (sql, sink) = (Arc::clone(&sql), make());
            async move { query::scan(snapshot, &sql, limits, sink).await }
        })
        .await
    }

    /// The event of this time and number in OCSF form.
    ///
    /// # Errors
    /// When the lake cannot be read.
    pub async fn event_get(&self, time: Timestamp, number: u64) -> Result<Option<Value>, LakeError> {
        let rebuilt = self.event_rebuild(time, number).await?;
        Ok(rebuilt.map(|rebuilt| to_ocsf(&rebuilt.event, &rebuilt.host)))
    }

    /// The tables and their columns.
    pub fn schema() -> Vec<TableSchema> {
        schema::tables()
    }

    /// What the lake holds and what it lost.
    ///
    /// # Errors
    /// When a lake that was opened for reading cannot be read.
    pub fn stats(&self) -> Result<LakeStats, LakeError> {
        match &self.side {
            Side::Owner(owner, _) => Ok(owner.stats()),
            Side::Reader(reader) => reader::stats(reader),
        }
    }

    // Asks until the answer is not spoilt by a file that is damaged or was merged away meanwhile.
    async fn answer<T: Send + 'static, F>(
        &self,
        limits: QueryLimits,
        ask: impl Fn(Arc<Snapshot>) -> F,
    ) -> Result<T, LakeError>
    where
        F: Future<Output = Result<T, DataFusionError>> + Send + 'static,
    {
        let asked = async {
            let (mut vanished, mut damaged) = (0, 0);
            loop {
                let snapshot = Arc::new(self.snapshot()?);
                let failure = match workers::run(ask(Arc::clone(&snapshot))).await? {
                    Ok(answer) => return Ok(answer),
                    Err(failure) => failure,
                };
                let is_vanished = matches!(&failure, Failure::Error(error) if query::is_vanished_file(error));
                let may_retry = if is_vanished && matches!(self.side, Side::Reader(_)) {
                    vanished += 1;
                    vanished < READER_TRIES
                } else {
                    let may_be_damage = match &failure {
                        Failure::Error(error) => is_vanished || query::is_damage(error),
                        Failure::Panic => true,
                    };
                    damaged += 1;
                    may_be_damage && damaged < DAMAGE_TRIES && self.set_aside_damaged(&snapshot).await
                };
                if !may_retry {
                    return Err(failure.explain(limits));
                }
            }
        };
        tokio::time::timeout(limits.time_max, asked)
            .await
            .unwrap_or(Err(LakeError::TimedOut(limits.time_max)))
    }

    // Checks what a query read; true where something bad was found and taken out of the way of the next.
    async fn set_aside_damaged(&self, snapshot: &Arc<Snapshot>) -> bool {
        let snapshot = Arc::clone(snapshot);
        let side = match &self.side {
            Side::Owner(owner, _) => Ok(Arc::clone(owner)),
            Side::Reader(reader) => Err(Arc::clone(reader)),
        };
        let work = move || {
            let bad = damage::find(&snapshot.touched());
            match side {
                Ok(owner) => owner.set_aside(&bad),
                Err(reader) => reader.set_aside(&bad),
            }
        };
        tokio::task::spawn_blocking(work).await.unwrap_or(false)
    }

    // The whole result as one batch; for our own statements, whose results are small.
    async fn rows(&self, sql: &str, limits: QueryLimits) -> Result<RecordBatch, LakeError> {
        let sql: Arc<str> = sql.into();
        let batches = self
            .answer(limits, move |snapshot| {
                let sql = Arc::clone(&sql);
                async move { query::session(snapshot, limits)?.sql(&sql).await?.collect().await }
            })
            .await?;
        concat_batches(&SCHEMA, &batches).map_err(|error| LakeError::Query(error.to_string()))
    }

    fn snapshot(&self) -> Result<Snapshot, LakeError> {
        match &self.side {
            Side::Owner(owner, _) => Ok(owner.snapshot()),
            Side::Reader(reader) => reader.snapshot(),
        }
    }

    fn owner(&self) -> Result<&Owner, LakeError> {
        match &self.side {
            Side::Owner(owner, _) => Ok(owner),
            Side::Reader(_) => Err(LakeError::ReadOnly),
        }
    }
}
