use std::time::{Duration, Instant};

use yagura_event::{FindingStatus, Severity};
use yagura_state::{FindingFilter, FindingOrder};

use crate::{at, finding, open};

const FINDINGS: i64 = 10_000;

#[tokio::test]
async fn ten_thousand_findings_list_quickly() {
    let (_dir, state) = open().await;
    let started = Instant::now();
    for batch in 0..FINDINGS / 1000 {
        let findings: Vec<_> = (0..1000)
            .map(|one| {
                let n = batch * 1000 + one;
                let mut finding = finding(&format!("rule {}", n % 97), &format!("asset {n}"), n);
                finding.severity = Severity::ALL[usize::try_from(n % 5).expect("small")];
                finding
            })
            .collect();
        state.finding_record(&findings).await.expect("recorded");
    }
    let recording = started.elapsed();
    println!("record: {:.0} findings/s", FINDINGS as f64 / recording.as_secs_f64());

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
