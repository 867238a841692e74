//! `/v1/incidents`: findings that belong together, and what was decided about them.

use axum::{
    Json,
    extract::State,
    http::{
        StatusCode,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;
use yagura_state::{
    Incident, IncidentChange, IncidentDetail, IncidentGraph, IncidentMetrics, IncidentPage, IncidentStatus,
    Role,
};

use crate::{
    access::Caller,
    app::App,
    extract::{self, IdOfFinding, Name, Params},
    incident_export::{self, ExportFormat},
    limits::{EXPORT_FINDINGS_MAX, METRICS_DAYS_MAX, PAGE_ROWS},
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

/// What an incident is about and how it hangs together, made from the evidence of its findings.
#[utoipa::path(get, path = "/v1/incidents/{id}/graph", tag = "incidents", operation_id = "incident_graph",
    params(("id" = String, Path)),
    responses((status = 200, body = IncidentGraph), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn incident_graph(
    State(app): State<App>,
    Name(id): Name,
) -> Result<Json<IncidentGraph>, Problem> {
    Ok(Json(app.state().incident_graph(&id).await?))
}

/// How many days are looked at.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MetricsQuery {
    /// 1 to 366, 30 when left out.
    #[param(minimum = 1, maximum = 366)]
    days: Option<u32>,
}

/// How incidents went: how many there were, and how long it took to detect, take up and close them.
#[utoipa::path(get, path = "/v1/incident-metrics", tag = "incidents", operation_id = "incident_metrics",
    params(MetricsQuery), responses((status = 200, body = IncidentMetrics)))]
pub(crate) async fn incident_metrics(
    State(app): State<App>,
    Params(query): Params<MetricsQuery>,
) -> Result<Json<IncidentMetrics>, Problem> {
    let days = query.days.unwrap_or(30);
    if !(1..=METRICS_DAYS_MAX).contains(&days) {
        return Err(Problem::invalid(format!("days: 1 to {METRICS_DAYS_MAX}")));
    }
    Ok(Json(app.state().incident_metrics(days, app.now()).await?))
}

/// Names of those who can work on incidents.
#[utoipa::path(get, path = "/v1/assignees", tag = "incidents", operation_id = "assignee_list",
    responses((status = 200, body = Vec<String>)))]
pub(crate) async fn assignee_list(State(app): State<App>) -> Result<Json<Vec<String>>, Problem> {
    let users = app.state().user_list().await?;
    let able = users.into_iter().filter(|user| !user.disabled && user.role >= Role::Responder);
    Ok(Json(able.map(|user| user.name).collect()))
}

/// In which form an incident is taken away.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExportQuery {
    /// The form.
    format: ExportFormat,
}

/// An incident with its findings and their evidence, as a document for others: Markdown, JSON, OCSF (Incident Finding,
/// class 2005) or STIX 2.1.
#[utoipa::path(get, path = "/v1/incidents/{id}/export", tag = "incidents", operation_id = "incident_export",
    params(("id" = String, Path), ExportQuery),
    responses(
        (status = 200, body = String, content_type = "application/octet-stream", description = "The document"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn incident_export(
    State(app): State<App>,
    Name(id): Name,
    Params(query): Params<ExportQuery>,
) -> Result<Response, Problem> {
    let detail = app.state().incident_get(&id).await?;
    let mut findings = Vec::with_capacity(detail.timeline.len().min(EXPORT_FINDINGS_MAX));
    for finding in detail.timeline.iter().take(EXPORT_FINDINGS_MAX) {
        findings.push(app.state().finding_get(&finding.id).await?);
    }
    let version = app.service.options.version.clone();
    let document = incident_export::document(query.format, &detail, &findings, &version, app.now());
    let name = format!("attachment; filename=\"incident-{}.{}\"", safe_name(&id), query.format.ending());
    let headers = [(CONTENT_TYPE, query.format.mime().to_owned()), (CONTENT_DISPOSITION, name)];
    Ok((headers, document).into_response())
}

// An id is hexadecimal; whatever else came this far does not get into a header.
fn safe_name(id: &str) -> String {
    id.chars().filter(char::is_ascii_alphanumeric).take(64).collect()
}

/// Takes an incident up, closes it, or opens it again. Closing decides about its open findings too: `false` makes them
/// false alarms, `real` makes them fixed, `accepted` accepts them until the date.
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
        IncidentPatch::Assign { name } => IncidentChange::Assign(Some(name)),
        IncidentPatch::Close { verdict, reason, accepted_until } => {
            IncidentChange::Close { verdict: *verdict, reason, accepted_until: *accepted_until }
        }
        IncidentPatch::Reopen => IncidentChange::Reopen,
        IncidentPatch::Link { title, url } => IncidentChange::Link { title, url },
        IncidentPatch::Unlink { id } => IncidentChange::Unlink(id),
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
