//! `/v1/rule-files`: rules that are written in the console, every version of them, and what they would have found.

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use yagura_event::Timestamp;
use yagura_state::{RuleFile, RuleFileVersion};

use crate::{
    access::Caller,
    app::App,
    extract::{self, Name, Params},
    limits::TRIAL_DAYS_MAX,
    problem::Problem,
    wire::{DiagnosticLevel, DiagnosticWire},
};

/// What a rule file is to be.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleFileRequest {
    /// Its text: rules, macros and lists in Falco's YAML.
    pub text: String,
    /// What changed and why, for whoever reads the versions.
    #[serde(default)]
    pub note: String,
    /// The version it was made from, 0 for none. Where the file has moved on since, nothing is saved.
    pub based_on: Option<i64>,
}

/// Which version is meant.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RuleFileParams {
    /// Number of the version; without it the newest.
    version: Option<i64>,
}

/// Rules to be tried on what was stored.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleTrialRequest {
    /// Text of a rule file.
    pub text: String,
    /// The rule file it is a new version of: its stored text is left out.
    pub file: Option<String>,
    /// How many days back to look, at most 30.
    #[schema(minimum = 1, maximum = 30)]
    pub days: u32,
}

/// What rules would have found.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct RuleTrial {
    /// What is wrong with the text. Rules with errors were not tried.
    pub diagnostics: Vec<DiagnosticWire>,
    /// Stored events that were looked at.
    pub events: u64,
    /// Whether time ran out before all of them were.
    pub truncated: bool,
    /// How long it took.
    pub elapsed_ms: u64,
    /// Each rule of the text.
    pub rules: Vec<RuleTrialMatches>,
}

/// What one rule would have found.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RuleTrialMatches {
    /// Its name.
    pub rule: String,
    /// Events it matches.
    pub matches: u64,
    /// The same by day, the earliest first; the last one is today.
    pub days: Vec<u64>,
    /// Some of them.
    pub examples: Vec<RuleTrialExample>,
}

/// An event that a rule matches.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RuleTrialExample {
    /// When it happened.
    pub time: Timestamp,
    /// What happened, as the rule words it.
    pub message: String,
}

/// The rule files that are kept here, deleted ones among them.
#[utoipa::path(get, path = "/v1/rule-files", tag = "rules", operation_id = "rule_file_list",
    responses((status = 200, body = Vec<RuleFileVersion>)))]
pub(crate) async fn rule_file_list(State(app): State<App>) -> Result<Json<Vec<RuleFileVersion>>, Problem> {
    Ok(Json(app.state().rule_file_list().await?))
}

/// A rule file: its newest version, or the one asked for.
#[utoipa::path(get, path = "/v1/rule-files/{name}", tag = "rules", operation_id = "rule_file_get",
    params(("name" = String, Path), RuleFileParams),
    responses((status = 200, body = RuleFile), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn rule_file_get(
    State(app): State<App>,
    Name(name): Name,
    Params(params): Params<RuleFileParams>,
) -> Result<Json<RuleFile>, Problem> {
    Ok(Json(app.state().rule_file_get(&name, params.version).await?))
}

/// The versions of a rule file, the newest first.
#[utoipa::path(get, path = "/v1/rule-files/{name}/versions", tag = "rules", operation_id = "rule_file_versions",
    params(("name" = String, Path)),
    responses((status = 200, body = Vec<RuleFileVersion>), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn rule_file_versions(
    State(app): State<App>,
    Name(name): Name,
) -> Result<Json<Vec<RuleFileVersion>>, Problem> {
    Ok(Json(app.state().rule_file_versions(&name).await?))
}

/// Saves a rule file and puts its rules in force. One whose rules have errors is refused.
#[utoipa::path(put, path = "/v1/rule-files/{name}", tag = "rules", operation_id = "rule_file_put",
    params(("name" = String, Path)), request_body = RuleFileRequest,
    responses(
        (status = 200, body = RuleFile),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "Somebody else saved it meanwhile"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "The rules have errors"),
    ))]
pub(crate) async fn rule_file_put(
    State(app): State<App>,
    caller: Caller,
    Name(name): Name,
    extract::Json(request): extract::Json<RuleFileRequest>,
) -> Result<Json<RuleFile>, Problem> {
    // One after the other: what was checked is what is put in force.
    let _order = app.rule_files.lock().await;
    refuse_errors(&app, &name, Some(&request.text)).await?;
    let by = caller.by(app.now());
    let file = app.state().rule_file_put(&name, &request.text, &request.note, request.based_on, by).await?;
    put_in_force(&app).await?;
    Ok(Json(file))
}

/// Deletes a rule file; its rules are no longer in force. Saving a version of it again brings it back.
#[utoipa::path(delete, path = "/v1/rule-files/{name}", tag = "rules", operation_id = "rule_file_delete",
    params(("name" = String, Path)),
    responses(
        (status = 204, description = "Deleted"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "Other rules need what is in it"),
    ))]
pub(crate) async fn rule_file_delete(
    State(app): State<App>,
    caller: Caller,
    Name(name): Name,
) -> Result<StatusCode, Problem> {
    let _order = app.rule_files.lock().await;
    app.state().rule_file_get(&name, None).await?;
    refuse_errors(&app, &name, None).await?;
    app.state().rule_file_delete(&name, caller.by(app.now())).await?;
    put_in_force(&app).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says what rules would have found in the stored events, without putting them in force. Exceptions, and other rules that
/// would come first, are left aside.
#[utoipa::path(post, path = "/v1/rules/trial", tag = "rules", operation_id = "rule_trial",
    request_body = RuleTrialRequest,
    responses(
        (status = 200, body = RuleTrial),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "Too many questions at once"),
    ))]
pub(crate) async fn rule_trial(
    State(app): State<App>,
    extract::Json(request): extract::Json<RuleTrialRequest>,
) -> Result<Json<RuleTrial>, Problem> {
    if !(1..=TRIAL_DAYS_MAX).contains(&request.days) {
        return Err(Problem::invalid(format!("days: 1 to {TRIAL_DAYS_MAX}")));
    }
    let _permit =
        app.hunts.try_acquire().map_err(|_| Problem::busy("other questions are still being answered", 2))?;
    let RuleTrialRequest { text, file, days } = request;
    app.system()
        .rules_trial(text, file, days)
        .await
        .map(Json)
        .map_err(|reason| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "trial_failed", reason))
}

async fn refuse_errors(app: &App, name: &str, text: Option<&str>) -> Result<(), Problem> {
    let (checked, file, text) = (app.clone(), name.to_owned(), text.map(str::to_owned));
    let check = move || checked.system().rules_check(Some(&file), text.as_deref());
    let diagnostics = tokio::task::spawn_blocking(check).await.map_err(|_| Problem::internal())?;
    let mut errors = diagnostics.iter().filter(|one| one.level == DiagnosticLevel::Error);
    let Some(first) = errors.next() else { return Ok(()) };
    let place = match (&first.file, first.line) {
        (Some(file), Some(line)) => format!("{file}, line {line}: "),
        _ => String::new(),
    };
    let further = errors.count();
    let more = if further > 0 { format!(" (and {further} more)") } else { String::new() };
    let detail = format!("{place}{}{more}", first.message);
    let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "rules_have_errors", detail);
    Err(match &first.help {
        Some(help) => problem.hint(help.clone()),
        None => problem,
    })
}

async fn put_in_force(app: &App) -> Result<(), Problem> {
    let files = app.state().rule_file_texts().await?;
    let files = files.into_iter().map(|file| (file.version.name, file.text)).collect();
    let app = app.clone();
    // Compiling all rules takes a while; other requests must not wait for it.
    let set = tokio::task::spawn_blocking(move || app.system().rule_files_set(files)).await;
    set.map_err(|_| Problem::internal())?.map_err(|reason| {
        let detail = format!("it is saved, and could not be put in force: {reason}");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "not_in_force", detail)
            .hint("see what is wrong with the other rule files on the page Rules")
    })
}
