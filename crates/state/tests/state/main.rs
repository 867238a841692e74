//! The state as its users see it.

mod crash;
mod disk;
mod findings;
mod keys;
mod opening;
mod people;
mod response;
mod scale;
mod scans;
mod trail;

use yagura_event::{
    Evidence, Finding, FindingId, FindingKind, FindingStatus, Severity, Technique, Timestamp,
};
use yagura_state::{By, State};

const SECOND: i64 = 1_000_000_000;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_nanos(1_700_000_000 * SECOND + seconds * SECOND)
}

fn by(actor: &str, seconds: i64) -> By<'_> {
    By { actor, address: Some("192.0.2.1"), time: at(seconds) }
}

/// A finding of this rule on this asset that happened once, at this second.
fn finding(rule: &str, asset: &str, seconds: i64) -> Finding {
    Finding {
        id: FindingId::from_cause(&[rule, asset]),
        kind: FindingKind::Runtime,
        severity: Severity::High,
        confidence: 90,
        title: rule.to_owned(),
        message: format!("{rule} at {seconds}"),
        rule: rule.to_owned(),
        rule_source: "rules.yaml".to_owned(),
        techniques: Technique::parse("T1059.004").into_iter().collect(),
        tags: vec!["shell".to_owned()],
        asset_id: asset.to_owned(),
        asset_name: format!("name of {asset}"),
        container_id: None,
        process_path: Some("/bin/sh".to_owned()),
        user_name: Some("root".to_owned()),
        first_seen: at(seconds),
        last_seen: at(seconds),
        count: 1,
        status: FindingStatus::Open,
        status_reason: None,
        accepted_until: None,
        remediation: None,
        evidence: vec![Evidence {
            time: at(seconds),
            message: format!("evidence {seconds}"),
            fields: serde_json::Map::new(),
            event: serde_json::json!({ "time": seconds }),
            explanation: None,
        }],
    }
}

async fn open() -> (tempfile::TempDir, State) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let state = State::open(dir.path()).await.expect("an empty state");
    (dir, state)
}
