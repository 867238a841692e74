//! Findings recorded a second, joined to incidents, and how the cost grows with what is there already.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::time::{Duration, Instant};

use serde_json::json;
use yagura_event::{
    Evidence, Finding, FindingId, FindingKind, FindingStatus, Severity, Technique, Timestamp,
};
use yagura_state::State;

const FINDINGS: i64 = 100_000;
/// As many as the program writes in one transaction.
const BATCH: i64 = 256;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!(
        "state {}: {FINDINGS} findings, {BATCH} in each transaction, synced to disk",
        env!("CARGO_PKG_VERSION")
    );
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    type Make = fn(i64) -> Finding;
    let cases: [(&str, Make); 3] = [
        ("each on an asset of its own, each an incident", |n| finding(n, &format!("asset {n}"), n)),
        ("one host, three to a process tree, 250 addresses", |n| finding(n, "host", n / 3)),
        ("told again: 100 causes", |n| finding(n % 100, "host", n % 100)),
    ];
    for (name, make) in cases {
        runtime.block_on(measure(name, make))?;
    }
    Ok(())
}

async fn measure(name: &str, make: impl Fn(i64) -> Finding) -> Result<(), Box<dyn std::error::Error>> {
    let dir = tempfile::tempdir()?;
    let state = State::open(dir.path()).await?;
    let mut batches = Vec::new();
    let mut next = 0;
    while next < FINDINGS {
        let end = (next + BATCH).min(FINDINGS);
        let findings: Vec<Finding> = (next..end).map(&make).collect();
        let begin = Instant::now();
        state.finding_record(&findings).await?;
        batches.push(begin.elapsed());
        next = end;
    }
    let tenth = batches.len() / 10;
    let rate =
        |part: &[Duration]| part.len() as f64 * BATCH as f64 / part.iter().sum::<Duration>().as_secs_f64();
    println!(
        "{name}: {:.0} findings/s; the first tenth {:.0}, the last tenth {:.0}",
        rate(&batches),
        rate(&batches[..tenth]),
        rate(&batches[batches.len() - tenth..]),
    );
    Ok(())
}

// Process trees end; a finding every ten milliseconds.
fn finding(n: i64, asset: &str, tree: i64) -> Finding {
    let time = Timestamp::from_nanos(1_700_000_000_000_000_000 + n * 10_000_000);
    Finding {
        id: FindingId::from_cause(&[asset, &n.to_string()]),
        kind: FindingKind::Runtime,
        severity: Severity::ALL[usize::try_from(n % 5).unwrap_or_default()],
        confidence: 90,
        title: "Shell spawned by a web server".to_owned(),
        message: format!("a shell was spawned by nginx (user www-data, pid {n})"),
        rule: format!("rule {}", n % 97),
        rule_source: "rules.yaml".to_owned(),
        techniques: Technique::parse("T1059.004").into_iter().collect(),
        tags: vec!["shell".to_owned(), "mitre_execution".to_owned()],
        asset_id: asset.to_owned(),
        asset_name: asset.to_owned(),
        container_id: None,
        process_path: Some("/usr/bin/dash".to_owned()),
        user_name: Some("www-data".to_owned()),
        first_seen: time,
        last_seen: time,
        count: 1,
        status: FindingStatus::Open,
        status_reason: None,
        accepted_until: None,
        remediation: None,
        evidence: vec![Evidence {
            time,
            message: "a shell was spawned".to_owned(),
            fields: serde_json::Map::new(),
            event: json!({
                "process": { "name": "sh", "pid": 100, "uid": format!("{tree}-1"), "cmd_line": "sh -c id",
                    "parent_process": { "name": "nginx", "pid": 99, "uid": format!("{tree}-0") } },
                "dst_endpoint": { "ip": format!("192.0.2.{}", n % 250) },
            }),
            explanation: None,
        }],
    }
}
