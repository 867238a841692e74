//! SQL over a snapshot: what is allowed, how much it may use, and how its errors read.

mod explain;
mod guard;
pub(crate) mod workers;

use std::{sync::Arc, time::Instant};

use datafusion::{
    arrow::{datatypes::SchemaRef, error::ArrowError},
    common::DataFusionError,
    execution::{
        context::SQLOptions,
        disk_manager::{DiskManagerBuilder, DiskManagerMode},
        memory_pool::GreedyMemoryPool,
        runtime_env::RuntimeEnvBuilder,
    },
    prelude::{DataFrame, SessionConfig, SessionContext},
};
use futures::StreamExt as _;
use serde::Serialize;
use serde_json::Value;
use yagura_event::OcsfClass;

pub(crate) use self::explain::{explain, is_damage, is_vanished_file};
use crate::{
    QueryLimits, RebuiltEvent,
    column::{self, Column},
    owner::Snapshot,
    rebuild::{self, Row},
    schema::EVENTS,
    table::EventsTable,
    value::{column_values, type_name, value_bytes},
};

/// What a query answered.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QueryResult {
    /// The columns of every row.
    pub columns: Vec<ResultColumn>,
    /// The rows. Times are RFC 3339 text in UTC.
    pub rows: Vec<Vec<Value>>,
    /// True where a limit cut rows off.
    pub truncated: bool,
    /// How long it took.
    pub elapsed_ms: u64,
}

/// A column of a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResultColumn {
    /// Its name.
    pub name: String,
    /// Its type, in a word a person reads.
    pub data_type: String,
}

/// Runs one statement.
pub(crate) async fn run(
    snapshot: Arc<Snapshot>,
    sql: &str,
    limits: QueryLimits,
) -> Result<QueryResult, DataFusionError> {
    let begun = Instant::now();
    guard::check(sql)?;
    let context = session(snapshot, limits)?;
    let frame = plan(&context, sql).await?;
    let mut result = collect(frame, limits).await?;
    result.elapsed_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(result)
}

/// Takes events that were made again from what is stored.
pub trait EventSink: Send + 'static {
    /// Takes an event; says whether another is wanted.
    fn event(&mut self, event: RebuiltEvent) -> bool;

    /// Hears of a row that no event could be made from.
    fn broken(&mut self, reason: &str);
}

/// Hands the events of a statement that selects whole rows to a sink.
pub(crate) async fn scan<S: EventSink>(
    snapshot: Arc<Snapshot>,
    sql: &str,
    limits: QueryLimits,
    mut sink: S,
) -> Result<S, DataFusionError> {
    let context = session(snapshot, limits)?;
    let mut stream = context.sql(sql).await?.execute_stream().await?;
    while let Some(batch) = stream.next().await {
        let batch = column::fit(&batch?)?;
        for index in 0..batch.num_rows() {
            let row = Row::new(&batch, index);
            let goes_on = match rebuild::event(row) {
                Ok(event) => {
                    let host = row.text(Column::Host).unwrap_or_default().to_owned();
                    sink.event(RebuiltEvent { event, host, rules: row.texts(Column::Rules) })
                }
                Err(reason) => {
                    sink.broken(&reason);
                    true
                }
            };
            if !goes_on {
                return Ok(sink);
            }
        }
        // Making events again is work without waiting: others get their turn.
        tokio::task::yield_now().await;
    }
    Ok(sink)
}

/// A session that knows the lake's tables and nothing else.
pub(crate) fn session(
    snapshot: Arc<Snapshot>,
    limits: QueryLimits,
) -> Result<SessionContext, DataFusionError> {
    let config = SessionConfig::new()
        .with_information_schema(true)
        .set_bool("datafusion.execution.parquet.pushdown_filters", true)
        .set_bool("datafusion.execution.parquet.reorder_filters", true)
        .set_bool("datafusion.execution.parquet.schema_force_view_types", false);
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(GreedyMemoryPool::new(limits.memory_bytes_max)))
        // What does not fit in memory is refused: a query must not fill the disk that events need.
        .with_disk_manager_builder(DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled))
        .build_arc()?;
    let context = SessionContext::new_with_config_rt(config, runtime);
    guard::AMPLIFIERS.iter().for_each(|name| context.deregister_udf(name));
    context.register_table(EVENTS, Arc::new(EventsTable::new(Arc::clone(&snapshot), None)))?;
    for class in OcsfClass::ALL {
        let table = EventsTable::new(Arc::clone(&snapshot), Some(class));
        context.register_table(class.table(), Arc::new(table))?;
    }
    Ok(context)
}

async fn plan(context: &SessionContext, sql: &str) -> Result<DataFrame, DataFusionError> {
    let options = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
    context.sql_with_options(sql, options).await
}

async fn collect(frame: DataFrame, limits: QueryLimits) -> Result<QueryResult, DataFusionError> {
    let mut stream = frame.execute_stream().await?;
    let columns = result_columns(&stream.schema());
    let mut result = QueryResult { columns, rows: Vec::new(), truncated: false, elapsed_ms: 0 };
    let mut bytes = 0;
    while let Some(batch) = stream.next().await {
        let batch = batch?;
        let room = limits.rows_max - result.rows.len();
        result.truncated = batch.num_rows() > room;
        let batch = batch.slice(0, batch.num_rows().min(room));
        let columns: Vec<Vec<Value>> =
            batch.columns().iter().map(column_values).collect::<Result<_, ArrowError>>()?;
        let mut columns: Vec<_> = columns.into_iter().map(Vec::into_iter).collect();
        for _ in 0..batch.num_rows() {
            let row: Vec<Value> = columns.iter_mut().filter_map(Iterator::next).collect();
            bytes += row.iter().map(value_bytes).sum::<usize>();
            result.rows.push(row);
        }
        result.truncated |= bytes > limits.memory_bytes_max;
        if result.truncated {
            break;
        }
    }
    Ok(result)
}

fn result_columns(schema: &SchemaRef) -> Vec<ResultColumn> {
    let column = |field: &Arc<datafusion::arrow::datatypes::Field>| ResultColumn {
        name: field.name().clone(),
        data_type: type_name(field.data_type()).to_owned(),
    };
    schema.fields().iter().map(column).collect()
}
