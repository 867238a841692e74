//! [`run`]: queries on threads of their own, so that a heavy one takes nothing from who waits for it or serves others.

use std::sync::LazyLock;

use datafusion::common::DataFusionError;
use tokio::{
    runtime::{Builder, Runtime},
    task::JoinSet,
};

use crate::{LakeError, QueryLimits, limits::QUERY_STACK_BYTES, query::explain};

/// Why a query has no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It failed.
    Error(DataFusionError),
    /// It panicked; the rest goes on.
    Panic,
}

impl Failure {
    /// The failure as the lake reports it.
    pub(crate) fn explain(&self, limits: QueryLimits) -> LakeError {
        match self {
            Self::Error(error) => explain(error, limits),
            Self::Panic => LakeError::Query("it met a case that the query engine does not handle".to_owned()),
        }
    }
}

// Lives as long as the program: a runtime must not be dropped where others are polled.
static THREADS: LazyLock<std::io::Result<Runtime>> = LazyLock::new(|| {
    let threads = std::thread::available_parallelism().map_or(2, usize::from).clamp(2, 8);
    Builder::new_multi_thread()
        .worker_threads(threads)
        .thread_name("lake-query")
        .thread_stack_size(QUERY_STACK_BYTES)
        .enable_all()
        .build()
});

/// Runs a query to its end. Whoever stops waiting stops the query.
///
/// # Errors
/// When there are no threads to be had.
pub(crate) async fn run<T: Send + 'static>(
    query: impl Future<Output = Result<T, DataFusionError>> + Send + 'static,
) -> Result<Result<T, Failure>, LakeError> {
    let threads = THREADS.as_ref().map_err(|error| LakeError::Query(error.to_string()))?;
    // Dropping the set stops what is in it.
    let mut running = JoinSet::new();
    running.spawn_on(query, threads.handle());
    Ok(match running.join_next().await {
        Some(Ok(Ok(answer))) => Ok(answer),
        Some(Ok(Err(error))) => Err(Failure::Error(error)),
        Some(Err(_)) | None => Err(Failure::Panic),
    })
}
