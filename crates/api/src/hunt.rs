//! `/v1/hunt`: questions in SQL.

use axum::{Json, extract::State, http::StatusCode};

use crate::{
    app::App,
    extract,
    limits::{HUNT_ROWS, HUNT_ROWS_MAX, SQL_BYTES_MAX},
    problem::Problem,
    wire::{HuntRequest, QueryErrorKind, QueryErrorWire, QueryWire, TableWire},
};

/// The tables that can be asked.
#[utoipa::path(get, path = "/v1/events/schema", tag = "hunt", operation_id = "event_schema",
    responses((status = 200, body = Vec<TableWire>)))]
pub(crate) async fn event_schema(State(app): State<App>) -> Json<Vec<TableWire>> {
    Json(app.system().lake_schema())
}

/// Answers a question in SQL over everything that was stored.
#[utoipa::path(post, path = "/v1/hunt", tag = "hunt", operation_id = "hunt_run",
    request_body = HuntRequest,
    responses(
        (status = 200, body = QueryWire),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "The SQL is not understood"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "Too many questions at once"),
    ))]
pub(crate) async fn hunt_run(
    State(app): State<App>,
    extract::Json(request): extract::Json<HuntRequest>,
) -> Result<Json<QueryWire>, Problem> {
    if request.sql.len() > SQL_BYTES_MAX {
        return Err(Problem::invalid(format!("sql: at most {SQL_BYTES_MAX} bytes are accepted")));
    }
    let _permit =
        app.hunts.try_acquire().map_err(|_| Problem::busy("other questions are still being answered", 2))?;
    let rows_max = request.limit.unwrap_or(HUNT_ROWS).clamp(1, HUNT_ROWS_MAX);
    app.system().query(request.sql, rows_max).await.map(Json).map_err(problem)
}

fn problem(error: QueryErrorWire) -> Problem {
    let (status, code) = match error.kind {
        QueryErrorKind::Invalid => (StatusCode::UNPROCESSABLE_ENTITY, "query_invalid"),
        QueryErrorKind::TooLarge => (StatusCode::UNPROCESSABLE_ENTITY, "query_too_large"),
        QueryErrorKind::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "query_unavailable"),
        QueryErrorKind::Failed => (StatusCode::INTERNAL_SERVER_ERROR, "query_failed"),
    };
    let problem = Problem::new(status, code, error.message);
    match error.hint {
        Some(hint) => problem.hint(hint),
        None => problem,
    }
}
