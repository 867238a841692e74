//! `/v1/scans`, `/v1/scan-schedules`, `/v1/advisories`: what is looked at, when, and with which advisories.
//!
//! INVARIANT: whoever may start a scan learns names and versions of packages, places and redacted secrets, never the
//! content of a file. Which targets are taken is the running system's decision (`System::scan_check`).

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use yagura_event::Timestamp;
use yagura_state::{Scan, ScanSchedule, ScanStatus};

use crate::{
    access::Caller,
    app::App,
    extract::{self, Name, Params},
    limits::{PAGE_ROWS, TARGET_BYTES_MAX},
    problem::Problem,
};

/// Asks for a scan.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScanRequest {
    /// `host`, `fs:/path`, `repo:/path`, `rootfs:/path`, `image:NAME-or-path` or `sbom:/path`.
    pub target: String,
}

/// Asks for a scan again and again.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScanScheduleRequest {
    /// As for one scan.
    pub target: String,
    /// Hours from one scan to the next: 1 to 8784.
    pub every_hours: u32,
}

/// How far a scan is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScanProgress {
    /// What it is doing.
    pub step: ScanStep,
    /// Files and folders seen.
    pub entries: u64,
    /// Bytes dealt with.
    pub bytes: u64,
    /// Bytes in all; 0 where that is not known.
    pub bytes_total: u64,
}

/// What a scan is doing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScanStep {
    /// Waits until others are done.
    #[default]
    Waiting,
    /// Finds or fetches its target.
    Opening,
    /// Reads files.
    Reading,
    /// Writes down what it found.
    Recording,
}

/// A scan, and how far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScanWire {
    /// The scan.
    pub scan: Scan,
    /// How far it is; `None` when it is over.
    pub progress: Option<ScanProgress>,
}

/// One page of scans, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScanPageWire {
    /// The scans.
    pub items: Vec<ScanWire>,
    /// Cursor of the next page; `None` on the last.
    pub next: Option<String>,
}

/// The advisories that scans ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AdvisoriesWire {
    /// Where the database is looked for.
    pub path: String,
    /// When it was built; `None` while there is none.
    pub built: Option<Timestamp>,
    /// How many advisories it holds.
    pub advisories: u64,
    /// Why it cannot be used, where there is one.
    pub problem: Option<String>,
    /// The command that fills it.
    pub command: String,
    /// Hours between scans of this host; `None` where they are switched off.
    pub host_every_hours: Option<u32>,
}

/// Which scans are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ScanQuery {
    /// Of this target.
    target: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Most scans to return: 1 to 1000, 50 when left out.
    limit: Option<usize>,
}

/// Scans, the newest first.
#[utoipa::path(get, path = "/v1/scans", tag = "scans", operation_id = "scan_list",
    params(ScanQuery), responses((status = 200, body = ScanPageWire)))]
pub(crate) async fn scan_list(
    State(app): State<App>,
    Params(query): Params<ScanQuery>,
) -> Result<Json<ScanPageWire>, Problem> {
    let limit = query.limit.unwrap_or(PAGE_ROWS);
    let page = app.state().scan_list(query.target.as_deref(), query.cursor.as_deref(), limit).await?;
    let items = page.items.into_iter().map(|scan| with_progress(&app, scan)).collect();
    Ok(Json(ScanPageWire { items, next: page.next }))
}

/// Starts a scan, or lets it wait for those before it.
#[utoipa::path(post, path = "/v1/scans", tag = "scans", operation_id = "scan_create",
    request_body = ScanRequest,
    responses(
        (status = 201, body = ScanWire),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "Too many scans wait"),
    ))]
pub(crate) async fn scan_create(
    State(app): State<App>,
    caller: Caller,
    extract::Json(request): extract::Json<ScanRequest>,
) -> Result<(StatusCode, Json<ScanWire>), Problem> {
    check(&app, &request.target)?;
    let scan = app.state().scan_begin(&request.target, caller.by(app.now())).await?;
    if let Err(why) = app.system().scan_start(&scan) {
        app.state().scan_fail(&scan.id, &why, app.now()).await?;
        return Err(Problem::busy(why, 60));
    }
    Ok((StatusCode::CREATED, Json(with_progress(&app, scan))))
}

/// One scan, and how far it is.
#[utoipa::path(get, path = "/v1/scans/{id}", tag = "scans", operation_id = "scan_get",
    params(("id" = String, Path)),
    responses((status = 200, body = ScanWire), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn scan_get(State(app): State<App>, Name(id): Name) -> Result<Json<ScanWire>, Problem> {
    let scan = app.state().scan_get(&id).await?;
    Ok(Json(with_progress(&app, scan)))
}

/// Stops a scan that waits or runs. What it had found is not recorded.
#[utoipa::path(post, path = "/v1/scans/{id}/cancel", tag = "scans", operation_id = "scan_cancel",
    params(("id" = String, Path)),
    responses(
        (status = 200, body = ScanWire),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "It is over already"),
    ))]
pub(crate) async fn scan_cancel(
    State(app): State<App>,
    caller: Caller,
    Name(id): Name,
) -> Result<Json<ScanWire>, Problem> {
    let scan = app.state().scan_cancel(&id, caller.by(app.now())).await?;
    app.system().scan_stop(&scan.id);
    Ok(Json(ScanWire { scan, progress: None }))
}

/// What is scanned again and again.
#[utoipa::path(get, path = "/v1/scan-schedules", tag = "scans", operation_id = "scan_schedule_list",
    responses((status = 200, body = Vec<ScanSchedule>)))]
pub(crate) async fn scan_schedule_list(State(app): State<App>) -> Result<Json<Vec<ScanSchedule>>, Problem> {
    Ok(Json(app.state().scan_schedule_list().await?))
}

/// Has a target scanned again and again, the first time at once.
#[utoipa::path(post, path = "/v1/scan-schedules", tag = "scans", operation_id = "scan_schedule_create",
    request_body = ScanScheduleRequest,
    responses(
        (status = 201, body = ScanSchedule),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "The target has one"),
    ))]
pub(crate) async fn scan_schedule_create(
    State(app): State<App>,
    caller: Caller,
    extract::Json(request): extract::Json<ScanScheduleRequest>,
) -> Result<(StatusCode, Json<ScanSchedule>), Problem> {
    check(&app, &request.target)?;
    let by = caller.by(app.now());
    let schedule = app.state().scan_schedule_create(&request.target, request.every_hours, by).await?;
    Ok((StatusCode::CREATED, Json(schedule)))
}

/// Takes a schedule away. What its scans found stays.
#[utoipa::path(delete, path = "/v1/scan-schedules/{id}", tag = "scans", operation_id = "scan_schedule_delete",
    params(("id" = String, Path)),
    responses((status = 204, description = "Taken away"), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn scan_schedule_delete(
    State(app): State<App>,
    caller: Caller,
    Name(id): Name,
) -> Result<StatusCode, Problem> {
    app.state().scan_schedule_delete(&id, caller.by(app.now())).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The advisories that scans ask, or how to get them.
#[utoipa::path(get, path = "/v1/advisories", tag = "scans", operation_id = "advisories_get",
    responses((status = 200, body = AdvisoriesWire)))]
pub(crate) async fn advisories_get(State(app): State<App>) -> Result<Json<AdvisoriesWire>, Problem> {
    Ok(Json(app.system().advisories()))
}

fn check(app: &App, target: &str) -> Result<(), Problem> {
    if target.len() > TARGET_BYTES_MAX {
        return Err(Problem::invalid(format!("target: at most {TARGET_BYTES_MAX} bytes are accepted")));
    }
    app.system().scan_check(target).map_err(|why| {
        Problem::invalid(format!("target: {why}")).hint(
            "write `host`, `fs:/path`, `repo:/path`, `rootfs:/path`, `image:NAME` or `sbom:/path`, with paths of \
             this server",
        )
    })
}

fn with_progress(app: &App, scan: Scan) -> ScanWire {
    let running = scan.status == ScanStatus::Running;
    let progress = running.then(|| app.system().scan_progress(&scan.id)).flatten();
    ScanWire { scan, progress }
}
