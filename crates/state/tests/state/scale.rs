use std::time::{Duration, Instant};

use serde_json::json;
use yagura_event::{Finding, FindingStatus, Severity};
use yagura_state::{FindingFilter, FindingOrder, State};

use crate::{at, finding, open};

const FINDINGS: i64 = 100_000;
const BATCH: i64 = 1000;

/// Records so many findings; returns what the first and the last tenth took.
async fn record(state: &State, count: i64, make: impl Fn(i64) -> Finding) -> (Duration, Duration) {
    let begin = Instant::now();
    let mut batches = Vec::new();
    for batch in 0..count / BATCH {
        let findings: Vec<Finding> = (batch * BATCH..(batch + 1) * BATCH).map(&make).collect();
        let started = Instant::now();
        state.finding_record(&findings).await.expect("recorded");
        batches.push(started.elapsed());
    }
    let tenth = (batches.len() / 10).max(1);
    println!("record: {:.0} findings/s", count as f64 / begin.elapsed().as_secs_f64());
    (batches.iter().take(tenth).sum(), batches.iter().rev().take(tenth).sum())
}

fn spread(n: i64) -> Finding {
    let mut finding = finding(&format!("rule {}", n % 97), &format!("asset {n}"), n);
    finding.severity = Severity::ALL[usize::try_from(n % 5).expect("small")];
    finding
}

// One host: what happens there shares host and user with everything, and an address with what belongs to no tree.
fn one_host(n: i64) -> Finding {
    let mut finding = finding(&format!("rule {n}"), "host", n / 50);
    finding.evidence[0].event = json!({
        "process": { "name": "sh", "pid": 2, "uid": format!("{}-1", n / 3) },
        "dst_endpoint": { "ip": format!("192.0.2.{}", n % 250) },
    });
    finding
}

#[tokio::test]
async fn recording_a_finding_costs_the_same_however_many_incidents_there_are() {
    type Make = fn(i64) -> Finding;
    for (name, make) in [("an asset each", spread as Make), ("one host", one_host as Make)] {
        let (_dir, state) = open().await;
        let (first, last) = record(&state, FINDINGS / 10, make).await;
        let incidents = state.incident_list(None, None, 1).await.expect("listed").open;
        println!("{name}: {incidents} incidents; first tenth {first:?}, last tenth {last:?}");
        // A look-up that walks the open incidents takes many times as long at the end.
        assert!(last < first * 6, "{name}: first tenth {first:?}, last tenth {last:?}");
    }
}

#[tokio::test]
async fn a_hundred_thousand_findings_list_quickly() {
    let (_dir, state) = open().await;
    record(&state, FINDINGS, spread).await;

    let all = FindingFilter::default;
    let open_only = || FindingFilter { status: Some(FindingStatus::Open), ..all() };
    let deep = format!("n_{}_0", at(FINDINGS / 2).nanos());
    let cases = [
        ("newest", all(), None),
        ("newest, deep", all(), Some(deep.as_str())),
        ("open, newest", open_only(), None),
        ("open, most severe", FindingFilter { order: FindingOrder::Severity, ..open_only() }, None),
        ("most often", FindingFilter { order: FindingOrder::Count, ..all() }, None),
        ("one rule", FindingFilter { rule: Some("rule 7".into()), ..all() }, None),
        ("technique", FindingFilter { technique: Some("T1059".into()), ..all() }, None),
        ("text, found nowhere", FindingFilter { text: Some("nowhere".into()), ..all() }, None),
    ];
    for (name, filter, cursor) in cases {
        let started = Instant::now();
        state.finding_list(&filter, cursor, 50).await.expect("a page");
        let time = started.elapsed();
        println!("list, {name}: {:.1} ms", time.as_secs_f64() * 1e3);
        // Generous: this guards against reading everything, not against a busy machine.
        assert!(time < Duration::from_secs(3), "{name}: {time:?}");
    }
    let started = Instant::now();
    state.finding_counts(at(0)).await.expect("counted");
    println!("counts: {:.1} ms", started.elapsed().as_secs_f64() * 1e3);
}
