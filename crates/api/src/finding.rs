//! `/v1/findings`: what is wrong, and what was decided about it.

use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::IntoParams;
use yagura_event::{Finding, FindingId, FindingKind, FindingStatus, Severity, Timestamp};
use yagura_state::{FindingChange, FindingFilter, FindingOrder, FindingPage};

use crate::{
    access::Caller,
    app::App,
    extract::{self, IdOfFinding, Params},
    limits::PAGE_ROWS,
    problem::Problem,
    wire::{FindingPatch, FindingsDecided, FindingsPatch},
};

/// Which findings are listed. What is left out does not filter.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FindingQuery {
    /// Of this kind. Left out: of every kind that happened; `vulnerability` and `secret` are listed when asked for.
    kind: Option<FindingKind>,
    /// With this status.
    status: Option<FindingStatus>,
    /// At least this severe.
    severity_min: Option<Severity>,
    /// Found by this rule.
    rule: Option<String>,
    /// On this asset.
    asset_id: Option<String>,
    /// In this container (short id).
    container_id: Option<String>,
    /// With this ATT&CK technique or one of its sub-techniques.
    technique: Option<String>,
    /// With this text in title, message, rule, program or asset.
    text: Option<String>,
    /// That happened at this time or later.
    since: Option<Timestamp>,
    /// That happened before this time.
    until: Option<Timestamp>,
    /// In this order; `newest` when left out.
    order: Option<FindingOrder>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Most findings to return: 1 to 1000, 50 when left out.
    limit: Option<usize>,
}

/// What is wrong. The findings come without evidence; ask for one of them to get it.
#[utoipa::path(get, path = "/v1/findings", tag = "findings", operation_id = "finding_list",
    params(FindingQuery), responses((status = 200, body = FindingPage)))]
pub(crate) async fn finding_list(
    State(app): State<App>,
    Params(query): Params<FindingQuery>,
) -> Result<Json<FindingPage>, Problem> {
    app.state().finding_reopen_expired(app.now()).await?;
    let filter = FindingFilter {
        kind: query.kind,
        status: query.status,
        severity_min: query.severity_min,
        rule: query.rule,
        asset_id: query.asset_id,
        container_id: query.container_id,
        technique: query.technique,
        text: query.text,
        since: query.since,
        until: query.until,
        order: query.order.unwrap_or_default(),
    };
    let limit = query.limit.unwrap_or(PAGE_ROWS);
    Ok(Json(app.state().finding_list(&filter, query.cursor.as_deref(), limit).await?))
}

/// One finding with its evidence.
#[utoipa::path(get, path = "/v1/findings/{id}", tag = "findings", operation_id = "finding_get",
    params(("id" = String, Path)),
    responses((status = 200, body = Finding), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn finding_get(
    State(app): State<App>,
    IdOfFinding(id): IdOfFinding,
) -> Result<Json<Finding>, Problem> {
    app.state().finding_reopen_expired(app.now()).await?;
    Ok(Json(app.state().finding_get(&id).await?))
}

/// Decides about a finding.
#[utoipa::path(patch, path = "/v1/findings/{id}", tag = "findings", operation_id = "finding_update",
    params(("id" = String, Path)), request_body = FindingPatch,
    responses((status = 200, body = Finding), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn finding_update(
    State(app): State<App>,
    caller: Caller,
    IdOfFinding(id): IdOfFinding,
    extract::Json(patch): extract::Json<FindingPatch>,
) -> Result<Json<Finding>, Problem> {
    let change = FindingChange {
        status: patch.status,
        reason: patch.reason.as_deref(),
        accepted_until: patch.accepted_until,
    };
    let finding = app.state().finding_set_status(&id, change, caller.by(app.now())).await?;
    // Whoever looks at the same list sees the decision at once.
    app.service.live.publish_finding(&finding);
    Ok(Json(finding))
}

/// Decides about up to 500 findings at once: all of them or, when the decision is not accepted, none. Those that are not
/// there (any more) are left out of the answer.
#[utoipa::path(post, path = "/v1/findings/decide", tag = "findings", operation_id = "finding_decide",
    request_body = FindingsPatch, responses((status = 200, body = FindingsDecided)))]
pub(crate) async fn finding_decide(
    State(app): State<App>,
    caller: Caller,
    extract::Json(patch): extract::Json<FindingsPatch>,
) -> Result<Json<FindingsDecided>, Problem> {
    let ids: Vec<FindingId> = patch.ids.iter().filter_map(|id| FindingId::parse(id).ok()).collect();
    let change = FindingChange {
        status: patch.status,
        reason: patch.reason.as_deref(),
        accepted_until: patch.accepted_until,
    };
    let decided = app.state().finding_set_status_many(&ids, change, caller.by(app.now())).await?;
    let ids = decided.iter().map(|id| id.as_str().to_owned()).collect();
    Ok(Json(FindingsDecided { ids }))
}
