//! `/v1/overview`: how things stand, on one page.

use axum::{Json, extract::State};
use yagura_event::{RuleInfo, SensorMode, SensorStatus, Severity, Timestamp};
use yagura_state::{FindingCounts, ProofSummary};

use crate::{
    app::App,
    problem::Problem,
    wire::{DiagnosticLevel, NextStep, NextStepCode, OverviewWire, RuleCounts, RulesView, SensorSummary},
};

const DAY_NANOS: i64 = 24 * 3_600_000_000_000;

/// How things stand, on one page.
#[utoipa::path(get, path = "/v1/overview", tag = "overview", operation_id = "overview_get",
    responses((status = 200, body = OverviewWire)))]
pub(crate) async fn overview_get(State(app): State<App>) -> Result<Json<OverviewWire>, Problem> {
    let now = app.now();
    app.state().finding_reopen_expired(now).await?;
    let findings = app.state().finding_counts(Timestamp::from_nanos(now.nanos() - DAY_NANOS)).await?;
    let vulnerabilities = app.state().vulnerability_counts().await?;
    let proofs = app.state().proof_summary().await?;
    let has_token = !app.state().token_list().await?.is_empty();
    let status = app.system().sensor_status();
    let rules = rule_counts(&app.system().rules());
    let next_steps = next_steps(&status, &rules, &findings, &proofs, has_token, now);
    let uptime_ms = u64::try_from(now.millis() - app.started.millis()).unwrap_or_default();
    Ok(Json(OverviewWire {
        host: app.system().host(),
        version: app.service.options.version.clone(),
        started: app.started,
        uptime_ms,
        sensor: sensor_summary(status),
        rules,
        findings,
        vulnerabilities,
        proofs,
        next_steps,
    }))
}

fn sensor_summary(status: SensorStatus) -> SensorSummary {
    SensorSummary {
        mode: status.mode,
        mode_reasons: status.mode_reasons,
        events: status.events,
        events_per_second: status.rates.iter().map(|rate| rate.per_second).sum(),
        lost: status.lost,
        losses: status.losses.into_iter().filter(|loss| loss.count > 0).collect(),
        blind_spots: status.blind_spots.len(),
    }
}

fn rule_counts(view: &RulesView) -> RuleCounts {
    let enabled = |rule: &&RuleInfo| rule.enabled;
    RuleCounts {
        total: view.rules.len(),
        enabled: view.rules.iter().filter(enabled).count(),
        blind: view.rules.iter().filter(enabled).filter(|rule| !rule.blind_kinds.is_empty()).count(),
        errors: view.diagnostics.iter().filter(|one| one.level == DiagnosticLevel::Error).count(),
        loaded: view.loaded,
    }
}

fn next_steps(
    sensor: &SensorStatus,
    rules: &RuleCounts,
    findings: &FindingCounts,
    proofs: &ProofSummary,
    has_token: bool,
    now: Timestamp,
) -> Vec<NextStep> {
    let severe = findings.open_by_severity.iter().filter(|one| one.severity >= Severity::High);
    let severe: u64 = severe.map(|one| one.count).sum();
    let verified = proofs.time.is_some_and(|time| now.nanos() - time.nanos() < 30 * DAY_NANOS);
    let unseen = proofs.emulations - proofs.seen.min(proofs.emulations);
    let degraded = matches!(sensor.mode, SensorMode::ProcConnector | SensorMode::Procfs);
    let steps = [
        (sensor.mode == SensorMode::Off, NextStepCode::StartSensor, None),
        (rules.enabled == 0, NextStepCode::LoadRules, None),
        (rules.errors > 0, NextStepCode::FixRules, Some(rules.errors as u64)),
        (severe > 0, NextStepCode::ReviewFindings, Some(severe)),
        (!verified, NextStepCode::RunVerify, None),
        (unseen > 0, NextStepCode::FixProofs, Some(unseen)),
        (degraded, NextStepCode::ImproveSensor, None),
        (!has_token, NextStepCode::AddToken, None),
    ];
    steps.into_iter().filter(|(due, ..)| *due).map(|(_, code, count)| NextStep { code, count }).collect()
}
