use yagura_event::{Finding, FindingId, FindingStatus, Severity};
use yagura_state::{FindingChange, FindingFilter, FindingOrder, StateError, limits::TEXT_BYTES_MAX};

use crate::{at, by, finding, open};

fn decide(status: FindingStatus) -> FindingChange<'static> {
    FindingChange { status, reason: Some("because"), accepted_until: None }
}

#[tokio::test]
async fn the_same_cause_adds_up_and_keeps_the_first_and_latest_evidence() {
    let (_dir, state) = open().await;
    let id = FindingId::from_cause(&["shell", "host"]);
    for second in 0..25 {
        let recorded = state.finding_record(&[finding("shell", "host", second)]).await.expect("recorded");
        assert_eq!(recorded, [(id.clone(), second == 0)]);
    }
    let found = state.finding_get(&id).await.expect("there");
    assert_eq!((found.count, found.first_seen, found.last_seen), (25, at(0), at(24)));
    assert_eq!(found.message, "shell at 24");
    let times: Vec<i64> = found.evidence.iter().filter_map(|one| one.event["time"].as_i64()).collect();
    assert_eq!(times, [0, 1, 2, 3, 4, 20, 21, 22, 23, 24]);
}

#[tokio::test]
async fn what_happened_earlier_does_not_overwrite_what_is_known_of_later() {
    let (_dir, state) = open().await;
    state.finding_record(&[finding("r", "a", 10), finding("r", "a", 5)]).await.expect("recorded");
    let found = state.finding_get(&FindingId::from_cause(&["r", "a"])).await.expect("there");
    assert_eq!((found.message.as_str(), found.first_seen, found.last_seen), ("r at 10", at(5), at(10)));
}

#[tokio::test]
async fn settled_findings_open_again_only_when_they_should() {
    let until =
        |seconds| FindingChange { accepted_until: Some(at(seconds)), ..decide(FindingStatus::Accepted) };
    // (decision at 10 s, happens again at, status afterwards, counts as new)
    let cases = [
        (decide(FindingStatus::Fixed), 20, FindingStatus::Open, true),
        (decide(FindingStatus::Fixed), 5, FindingStatus::Fixed, false),
        (decide(FindingStatus::False), 20, FindingStatus::False, false),
        (decide(FindingStatus::Accepted), 20, FindingStatus::Accepted, false),
        (until(30), 20, FindingStatus::Accepted, false),
        (until(30), 31, FindingStatus::Open, true),
    ];
    for (change, seconds, status, is_new) in cases {
        let (_dir, state) = open().await;
        let id = FindingId::from_cause(&["r", "a"]);
        state.finding_record(&[finding("r", "a", 0)]).await.expect("recorded");
        state.finding_set_status(&id, change, by("ann", 10)).await.expect("decided");
        let recorded = state.finding_record(&[finding("r", "a", seconds)]).await.expect("recorded");
        let found = state.finding_get(&id).await.expect("there");
        assert_eq!((found.status, recorded[0].1), (status, is_new), "{change:?} again at {seconds}");
    }
}

#[tokio::test]
async fn acceptance_ends_on_its_date() {
    let (_dir, state) = open().await;
    let id = FindingId::from_cause(&["r", "a"]);
    state.finding_record(&[finding("r", "a", 0)]).await.expect("recorded");
    let change = FindingChange { accepted_until: Some(at(50)), ..decide(FindingStatus::Accepted) };
    state.finding_set_status(&id, change, by("ann", 10)).await.expect("decided");
    assert_eq!(state.finding_reopen_expired(at(49)).await.expect("looked"), 0);
    assert_eq!(state.finding_reopen_expired(at(50)).await.expect("looked"), 1);
    assert_eq!(state.finding_get(&id).await.expect("there").status, FindingStatus::Open);
}

#[tokio::test]
async fn a_decision_needs_a_reason_and_a_date_to_come() {
    let (_dir, state) = open().await;
    let id = FindingId::from_cause(&["r", "a"]);
    state.finding_record(&[finding("r", "a", 0)]).await.expect("recorded");
    let bad = [
        FindingChange { reason: None, ..decide(FindingStatus::False) },
        FindingChange { reason: Some("  "), ..decide(FindingStatus::False) },
        FindingChange { accepted_until: Some(at(99)), ..decide(FindingStatus::Fixed) },
        FindingChange { accepted_until: Some(at(9)), ..decide(FindingStatus::Accepted) },
    ];
    for change in bad {
        let result = state.finding_set_status(&id, change, by("ann", 10)).await;
        assert!(matches!(result, Err(StateError::Invalid { .. })), "{change:?}");
    }
    let missing = FindingId::from_cause(&["nothing"]);
    let result = state.finding_set_status(&missing, decide(FindingStatus::Fixed), by("ann", 10)).await;
    assert!(matches!(result, Err(StateError::NotFound { .. })));
}

#[tokio::test]
async fn filters_choose_what_they_say() {
    let (_dir, state) = open().await;
    let mut mild = finding("Mild 100%_rule", "a", 1);
    mild.severity = Severity::Low;
    mild.techniques.clear();
    let mut contained = finding("contained", "b", 2);
    contained.container_id = Some("0123456789ab".to_owned());
    let plain = finding("plain", "a", 3);
    state.finding_record(&[mild, contained, plain]).await.expect("recorded");
    let all = FindingFilter::default;
    let cases: [(FindingFilter, &[&str]); 13] = [
        (all(), &["plain", "contained", "Mild 100%_rule"]),
        (FindingFilter { severity_min: Some(Severity::Medium), ..all() }, &["plain", "contained"]),
        (FindingFilter { status: Some(FindingStatus::Fixed), ..all() }, &[]),
        (FindingFilter { rule: Some("plain".into()), ..all() }, &["plain"]),
        (FindingFilter { asset_id: Some("b".into()), ..all() }, &["contained"]),
        (FindingFilter { container_id: Some("0123456789ab".into()), ..all() }, &["contained"]),
        (FindingFilter { technique: Some("T1059".into()), ..all() }, &["plain", "contained"]),
        (FindingFilter { technique: Some("T1059.004".into()), ..all() }, &["plain", "contained"]),
        (FindingFilter { technique: Some("T105".into()), ..all() }, &[]),
        (FindingFilter { text: Some("mild 100%_".into()), ..all() }, &["Mild 100%_rule"]),
        (FindingFilter { text: Some("l_in".into()), ..all() }, &[]),
        (FindingFilter { since: Some(at(2)), until: Some(at(3)), ..all() }, &["contained"]),
        (FindingFilter { order: FindingOrder::Severity, ..all() }, &["plain", "contained", "Mild 100%_rule"]),
    ];
    for (filter, expected) in cases {
        let page = state.finding_list(&filter, None, 10).await.expect("a page");
        let rules: Vec<&str> = page.items.iter().map(|finding| finding.rule.as_str()).collect();
        assert_eq!(rules, expected, "{filter:?}");
        assert!(page.items.iter().all(|finding| finding.evidence.is_empty()));
        assert_eq!(page.next, None);
    }
}

#[tokio::test]
async fn pages_join_without_gaps_in_every_order() {
    let (_dir, state) = open().await;
    let many: Vec<Finding> = (0..25)
        .map(|n| Finding {
            count: n % 3,
            severity: if n % 2 == 0 { Severity::Low } else { Severity::High },
            ..finding(&format!("r{n}"), "a", i64::try_from(n / 4).expect("small"))
        })
        .collect();
    state.finding_record(&many).await.expect("recorded");
    for order in [FindingOrder::Newest, FindingOrder::Severity, FindingOrder::Count] {
        let filter = FindingFilter { order, ..FindingFilter::default() };
        let mut ids = Vec::new();
        let mut cursor = None;
        loop {
            let page = state.finding_list(&filter, cursor.as_deref(), 4).await.expect("a page");
            ids.extend(page.items.into_iter().map(|finding| finding.id));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        let whole = state.finding_list(&filter, None, 100).await.expect("a page").items;
        assert_eq!(ids, whole.into_iter().map(|finding| finding.id).collect::<Vec<_>>(), "{order:?}");
        assert_eq!(ids.len(), 25);
    }
    let result = state.finding_list(&FindingFilter::default(), Some("s_1_2_x"), 4).await;
    assert!(matches!(result, Err(StateError::Invalid { .. })), "a cursor of another order");
}

#[tokio::test]
async fn counts_by_status_severity_hour_and_rule() {
    let (_dir, state) = open().await;
    let mut often = finding("often", "a", 0);
    often.count = 5;
    state
        .finding_record(&[often, finding("once", "a", 4000), finding("once", "b", 4000)])
        .await
        .expect("recorded");
    let id = FindingId::from_cause(&["often", "a"]);
    state.finding_set_status(&id, decide(FindingStatus::False), by("ann", 9000)).await.expect("decided");
    let counts = state.finding_counts(at(-100_000)).await.expect("counted");
    let by_status: Vec<u64> = counts.by_status.iter().map(|one| one.count).collect();
    assert_eq!(by_status, [2, 0, 0, 1]);
    assert_eq!(counts.open_by_severity[1].count, 2);
    assert_eq!(counts.by_hour.iter().map(|one| one.count).collect::<Vec<_>>(), [5, 2]);
    assert_eq!((counts.top_rules.len(), counts.top_rules[0].findings), (1, 2));
    assert_eq!(state.finding_counts(at(4001)).await.expect("counted").by_hour, []);
}

#[tokio::test]
async fn too_much_text_is_cut_at_a_character_and_too_large_evidence_left_out() {
    let (_dir, state) = open().await;
    let mut large = finding("r", "a", 0);
    large.message = "あ".repeat(TEXT_BYTES_MAX);
    large.evidence[0].event = serde_json::json!({ "data": "x".repeat(1 << 20) });
    state.finding_record(std::slice::from_ref(&large)).await.expect("recorded");
    let found = state.finding_get(&large.id).await.expect("there");
    assert_eq!(found.message.len(), TEXT_BYTES_MAX - TEXT_BYTES_MAX % 3);
    assert!(found.evidence[0].event["left_out"].is_string());
}
