//! `/v1/incidents`: findings that belong together, and what was decided about them.

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::IntoParams;
use yagura_state::{Incident, IncidentChange, IncidentDetail, IncidentPage, IncidentStatus};

use crate::{
    access::Caller,
    app::App,
    extract::{self, IdOfFinding, Name, Params},
    limits::PAGE_ROWS,
    problem::Problem,
    wire::{CommentRequest, FindingIncident, IncidentPatch},
};

/// Which incidents are listed. What is left out does not filter.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct IncidentQuery {
    /// With this status.
    status: Option<IncidentStatus>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Most incidents to return: 1 to 1000, 50 when left out.
    limit: Option<usize>,
}

/// Findings that belong together, what happened last first.
#[utoipa::path(get, path = "/v1/incidents", tag = "incidents", operation_id = "incident_list",
    params(IncidentQuery), responses((status = 200, body = IncidentPage)))]
pub(crate) async fn incident_list(
    State(app): State<App>,
    Params(query): Params<IncidentQuery>,
) -> Result<Json<IncidentPage>, Problem> {
    let limit = query.limit.unwrap_or(PAGE_ROWS);
    Ok(Json(app.state().incident_list(query.status, query.cursor.as_deref(), limit).await?))
}

/// One incident with its findings, what they share, and what people wrote.
#[utoipa::path(get, path = "/v1/incidents/{id}", tag = "incidents", operation_id = "incident_get",
    params(("id" = String, Path)),
    responses((status = 200, body = IncidentDetail), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn incident_get(
    State(app): State<App>,
    Name(id): Name,
) -> Result<Json<IncidentDetail>, Problem> {
    Ok(Json(app.state().incident_get(&id).await?))
}

/// Takes an incident up, closes it, or opens it again. Closing decides about its open findings too: `false` makes them
/// false alarms, `real` makes them fixed.
#[utoipa::path(patch, path = "/v1/incidents/{id}", tag = "incidents", operation_id = "incident_update",
    params(("id" = String, Path)), request_body = IncidentPatch,
    responses((status = 200, body = Incident), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn incident_update(
    State(app): State<App>,
    caller: Caller,
    Name(id): Name,
    extract::Json(patch): extract::Json<IncidentPatch>,
) -> Result<Json<Incident>, Problem> {
    let own = caller.name.clone();
    let change = match &patch {
        IncidentPatch::Take => IncidentChange::Assign(Some(&own)),
        IncidentPatch::Release => IncidentChange::Assign(None),
        IncidentPatch::Close { verdict, reason } => IncidentChange::Close { verdict: *verdict, reason },
        IncidentPatch::Reopen => IncidentChange::Reopen,
    };
    Ok(Json(app.state().incident_update(&id, change, caller.by(app.now())).await?))
}

/// Writes something down about an incident.
#[utoipa::path(post, path = "/v1/incidents/{id}/comments", tag = "incidents", operation_id = "incident_comment",
    params(("id" = String, Path)), request_body = CommentRequest,
    responses((status = 204, description = "Written down"), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn incident_comment(
    State(app): State<App>,
    caller: Caller,
    Name(id): Name,
    extract::Json(request): extract::Json<CommentRequest>,
) -> Result<StatusCode, Problem> {
    app.state().incident_comment(&id, &request.text, caller.by(app.now())).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The incident a finding belongs to, if any.
#[utoipa::path(get, path = "/v1/findings/{id}/incident", tag = "incidents", operation_id = "finding_incident",
    params(("id" = String, Path)), responses((status = 200, body = FindingIncident)))]
pub(crate) async fn finding_incident(
    State(app): State<App>,
    IdOfFinding(id): IdOfFinding,
) -> Result<Json<FindingIncident>, Problem> {
    Ok(Json(FindingIncident { incident: app.state().incident_of(&id).await? }))
}
