//! `/v1/rules`: what is looked for.

use axum::{Json, extract::State, http::StatusCode};
use yagura_event::RuleInfo;

use crate::{
    access::Caller,
    app::App,
    extract::{self, Name},
    problem::Problem,
    wire::{DiagnosticWire, LintRequest, RulePatch, RuleWire, RulesView},
};

/// Every rule, and what could not be loaded.
#[utoipa::path(get, path = "/v1/rules", tag = "rules", operation_id = "rule_list",
    responses((status = 200, body = RulesView)))]
pub(crate) async fn rule_list(State(app): State<App>) -> Json<RulesView> {
    Json(app.system().rules())
}

/// One rule with its text.
#[utoipa::path(get, path = "/v1/rules/{name}", tag = "rules", operation_id = "rule_get",
    params(("name" = String, Path)),
    responses((status = 200, body = RuleWire), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn rule_get(State(app): State<App>, Name(name): Name) -> Result<Json<RuleWire>, Problem> {
    let view = app.system().rules();
    let rule = view.rules.into_iter().find(|rule| rule.name == name);
    let rule = rule.ok_or_else(|| Problem::not_found("rule", &name))?;
    let about = |one: &DiagnosticWire| one.rule.as_deref() == Some(name.as_str());
    let diagnostics = view.diagnostics.into_iter().filter(about).collect();
    Ok(Json(RuleWire { rule, source: app.system().rule_source(&name), diagnostics }))
}

/// Switches a rule on or off, from now on and after a restart.
#[utoipa::path(patch, path = "/v1/rules/{name}", tag = "rules", operation_id = "rule_update",
    params(("name" = String, Path)), request_body = RulePatch,
    responses((status = 200, body = RuleInfo), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn rule_update(
    State(app): State<App>,
    caller: Caller,
    Name(name): Name,
    extract::Json(patch): extract::Json<RulePatch>,
) -> Result<Json<RuleInfo>, Problem> {
    let find = || app.system().rules().rules.into_iter().find(|rule| rule.name == name);
    let missing = || Problem::not_found("rule", &name);
    find().ok_or_else(missing)?;
    app.system().rule_set_enabled(&name, patch.enabled).map_err(|reason| {
        Problem::new(StatusCode::CONFLICT, "conflict", format!("the rule could not be switched: {reason}"))
    })?;
    app.state().rule_setting_set(&name, patch.enabled, caller.by(app.now())).await?;
    find().map(Json).ok_or_else(missing)
}

/// Checks the text of a rule file, as it would be loaded beside the others, without loading it.
#[utoipa::path(post, path = "/v1/rules/lint", tag = "rules", operation_id = "rule_lint",
    request_body = LintRequest, responses((status = 200, body = Vec<DiagnosticWire>)))]
pub(crate) async fn rule_lint(
    State(app): State<App>,
    extract::Json(request): extract::Json<LintRequest>,
) -> Result<Json<Vec<DiagnosticWire>>, Problem> {
    // Compiling a large file takes a while; other requests must not wait for it.
    let lint = move || app.system().rules_check(request.file.as_deref(), Some(&request.text));
    tokio::task::spawn_blocking(lint).await.map(Json).map_err(|_| Problem::internal())
}
