//! `/v1/audit`: who changed what.

use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::IntoParams;
use yagura_state::{AuditVerdict, limits::PAGE_MAX};

use crate::{app::App, extract::Params, limits::PAGE_ROWS, problem::Problem, wire::AuditPage};

/// Which rows are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditQuery {
    /// Rows with smaller numbers than this; `next` of the page before.
    before: Option<i64>,
    /// Most rows to return: 1 to 1000, 50 when left out.
    limit: Option<usize>,
}

/// Who changed what, the latest first.
#[utoipa::path(get, path = "/v1/audit", tag = "audit", operation_id = "audit_list",
    params(AuditQuery), responses((status = 200, body = AuditPage)))]
pub(crate) async fn audit_list(
    State(app): State<App>,
    Params(query): Params<AuditQuery>,
) -> Result<Json<AuditPage>, Problem> {
    let limit = query.limit.unwrap_or(PAGE_ROWS).clamp(1, PAGE_MAX);
    let items = app.state().audit_list(query.before, limit).await?;
    // Numbers have no gaps and begin at 1.
    let next = items.last().map(|last| last.number).filter(|number| *number > 1);
    Ok(Json(AuditPage { items, next }))
}

/// Checks that no row of the audit trail was changed, added or taken out.
#[utoipa::path(get, path = "/v1/audit/verify", tag = "audit", operation_id = "audit_verify",
    responses((status = 200, body = AuditVerdict)))]
pub(crate) async fn audit_verify(State(app): State<App>) -> Result<Json<AuditVerdict>, Problem> {
    Ok(Json(app.state().audit_verify().await?))
}
