use yagura_event::{FindingId, Severity};
use yagura_state::{
    DeliveryOutcome, DeliveryStatus, IncidentChange, IncidentStatus, State, StateError, Verdict,
    WebhookChange, WebhookShape,
};

use crate::{at, by, finding, open};

fn webhook(severity_min: Severity) -> WebhookChange<'static> {
    WebhookChange {
        name: "on-call",
        url: "https://hooks.example.org/yagura",
        shape: WebhookShape::Generic,
        severity_min,
        enabled: true,
        secret: Some("key"),
    }
}

async fn record(state: &State, rule: &str, process: u32, seconds: i64) -> FindingId {
    let mut one = finding(rule, "h", seconds);
    one.evidence[0].event = serde_json::json!({ "process": { "name": "sh", "pid": 100 + process,
        "uid": format!("{process}-0") } });
    state.finding_record(&[one.clone()]).await.expect("recorded");
    one.id
}

#[tokio::test]
async fn a_webhook_is_told_once_of_what_is_new_and_severe_enough() {
    for (severity_min, told) in [(Severity::Critical, 0), (Severity::High, 1), (Severity::Low, 1)] {
        let (_dir, state) = open().await;
        state.webhook_create(webhook(severity_min), by("ann", 0)).await.expect("made");
        for second in 0..3 {
            state.finding_record(&[finding("r", "a", second)]).await.expect("recorded");
        }
        let waiting = state.delivery_list(Some(DeliveryStatus::Pending), 10).await.expect("listed");
        assert_eq!(waiting.len(), told, "{severity_min:?}");
    }
}

#[tokio::test]
async fn a_delivery_waits_for_its_time_dies_and_is_sent_again_when_asked() {
    let (_dir, state) = open().await;
    state.webhook_create(webhook(Severity::Low), by("ann", 0)).await.expect("made");
    state.finding_record(&[finding("r", "a", 0)]).await.expect("recorded");
    let due = state.delivery_due(at(1), 10).await.expect("due");
    let (id, secret) = (due[0].delivery.id.clone(), due[0].secret.as_deref());
    assert_eq!((due.len(), secret), (1, Some("key")));
    let failed = |next_try| DeliveryOutcome::Failed { error: "down".to_owned(), next_try };
    state.delivery_record(&id, &failed(Some(at(9))), at(1)).await.expect("written");
    assert!(state.delivery_due(at(8), 10).await.expect("due").is_empty());
    assert_eq!(state.delivery_due(at(9), 10).await.expect("due")[0].delivery.attempts, 1);
    assert!(matches!(state.delivery_retry(&id, by("ann", 9)).await, Err(StateError::NotFound { .. })));
    state.delivery_record(&id, &failed(None), at(9)).await.expect("written");
    let dead = state.delivery_list(Some(DeliveryStatus::Dead), 10).await.expect("listed");
    assert_eq!((dead.len(), dead[0].last_error.as_deref()), (1, Some("down")));
    state.delivery_retry(&id, by("ann", 10)).await.expect("again");
    assert_eq!(state.delivery_due(at(10), 10).await.expect("due").len(), 1);
}

#[tokio::test]
async fn findings_of_one_process_tree_are_one_incident_and_others_are_not() {
    let (_dir, state) = open().await;
    let first = record(&state, "a", 1, 0).await;
    record(&state, "b", 1, 60).await;
    let other = record(&state, "c", 2, 61).await;
    let late = record(&state, "d", 1, 3 * 3600).await;
    let of = |id: FindingId| {
        let state = &state;
        async move { state.incident_of(&id).await.expect("looked").expect("has one") }
    };
    let incident = of(first).await;
    assert_eq!(incident.findings, 2);
    assert_ne!(of(other).await.id, incident.id);
    assert_ne!(of(late).await.id, incident.id);
    let detail = state.incident_get(&incident.id).await.expect("there");
    let rules: Vec<&str> = detail.timeline.iter().map(|one| one.rule.as_str()).collect();
    assert_eq!(rules, ["a", "b"]);
}

#[tokio::test]
async fn closing_an_incident_decides_about_its_findings() {
    let (_dir, state) = open().await;
    let id = record(&state, "a", 1, 0).await;
    let incident = state.incident_of(&id).await.expect("looked").expect("has one");
    let close = |reason| IncidentChange::Close { verdict: Verdict::False, reason, accepted_until: None };
    let refused = state.incident_update(&incident.id, close(" "), by("ann", 5)).await;
    assert!(matches!(refused, Err(StateError::Invalid { .. })), "{refused:?}");
    let closed = state.incident_update(&incident.id, close("a test"), by("ann", 5)).await.expect("closed");
    assert_eq!((closed.status, closed.closed_by.as_deref()), (IncidentStatus::Closed, Some("ann")));
    assert_eq!(state.finding_get(&id).await.expect("there").status, yagura_event::FindingStatus::False);
    assert_eq!(state.incident_list(Some(IncidentStatus::Open), None, 10).await.expect("listed").open, 0);
}

#[tokio::test]
async fn opening_an_incident_again_takes_back_what_its_closing_decided_and_nothing_else() {
    use yagura_event::FindingStatus::{Accepted, Open};
    use yagura_state::FindingChange;
    let (_dir, state) = open().await;
    let open = record(&state, "a", 1, 0).await;
    let accepted = record(&state, "b", 1, 1).await;
    let incident = state.incident_of(&open).await.expect("looked").expect("has one");
    let decision = FindingChange { status: Accepted, reason: Some("known"), accepted_until: Some(at(900)) };
    state.finding_set_status(&accepted, decision, by("ann", 2)).await.expect("decided");
    let close = IncidentChange::Close { verdict: Verdict::Real, reason: "dealt with", accepted_until: None };
    state.incident_update(&incident.id, close, by("ann", 5)).await.expect("closed");
    let again =
        state.incident_update(&incident.id, IncidentChange::Reopen, by("ann", 6)).await.expect("opened");
    assert_eq!((again.status, again.verdict, again.closed), (IncidentStatus::Open, None, None));
    let back = state.finding_get(&open).await.expect("there");
    assert_eq!((back.status, back.status_reason), (Open, None));
    assert_eq!(state.finding_get(&accepted).await.expect("there").status, Accepted);
    let none = state.incident_update("none", IncidentChange::Reopen, by("ann", 7)).await;
    assert!(matches!(none, Err(StateError::NotFound { .. })), "{none:?}");
}

#[tokio::test]
async fn an_incident_can_be_accepted_until_a_date() {
    use yagura_event::FindingStatus::Accepted;
    let (_dir, state) = open().await;
    let id = record(&state, "a", 1, 0).await;
    let incident = state.incident_of(&id).await.expect("looked").expect("has one").id;
    let change =
        |verdict, accepted_until| IncidentChange::Close { verdict, reason: "a pentest", accepted_until };
    for (verdict, until) in
        [(Verdict::Accepted, None), (Verdict::Accepted, Some(at(5))), (Verdict::Real, Some(at(900)))]
    {
        let refused = state.incident_update(&incident, change(verdict, until), by("ann", 5)).await;
        assert!(matches!(refused, Err(StateError::Invalid { .. })), "{verdict:?} {until:?}");
    }
    let closed =
        state.incident_update(&incident, change(Verdict::Accepted, Some(at(900))), by("ann", 5)).await;
    assert_eq!(closed.expect("closed").verdict, Some(Verdict::Accepted));
    let decided = state.finding_get(&id).await.expect("there");
    assert_eq!((decided.status, decided.accepted_until), (Accepted, Some(at(900))));
}

#[tokio::test]
async fn an_incident_is_assigned_to_who_can_work_on_it_and_linked_to_what_has_an_address() {
    let (_dir, state) = open().await;
    let id = record(&state, "a", 1, 0).await;
    let incident = state.incident_of(&id).await.expect("looked").expect("has one").id;
    let update = |change| state.incident_update(&incident, change, by("ann", 5));
    assert!(matches!(update(IncidentChange::Assign(Some("nobody"))).await, Err(StateError::Invalid { .. })));
    assert_eq!(
        update(IncidentChange::Assign(Some("ann"))).await.expect("own").assignee.as_deref(),
        Some("ann")
    );

    for (title, url) in [
        ("t", "javascript:alert(1)"),
        ("t", "ftp://x"),
        ("", "https://x"),
        ("t", "https://a b"),
        ("t", "https://x\ny"),
    ] {
        let refused = update(IncidentChange::Link { title, url }).await;
        assert!(matches!(refused, Err(StateError::Invalid { .. })), "{title:?} {url:?}");
    }
    update(IncidentChange::Link { title: "ticket 7", url: "https://tickets.example/7" })
        .await
        .expect("linked");
    let links = state.incident_get(&incident).await.expect("there").links;
    assert_eq!((links.len(), links[0].title.as_str(), links[0].created_by.as_str()), (1, "ticket 7", "ann"));
    update(IncidentChange::Unlink(&links[0].id)).await.expect("taken away");
    assert!(matches!(update(IncidentChange::Unlink(&links[0].id)).await, Err(StateError::NotFound { .. })));
    assert!(state.incident_get(&incident).await.expect("there").links.is_empty());
}

#[tokio::test]
async fn the_graph_of_an_incident_says_who_started_whom() {
    use yagura_state::GraphRelation::{ConnectedTo, RanAs, Started};
    let (_dir, state) = open().await;
    let mut one = finding("a", "h", 3);
    one.user_name = Some("www-data".to_owned());
    one.evidence[0].event = serde_json::json!({
        "process": { "name": "nc", "pid": 9, "uid": "9-1", "parent_process": { "name": "sh", "pid": 8, "uid": "8-1",
            "parent_process": { "name": "nginx", "pid": 7, "uid": "7-1" } } },
        "dst_endpoint": { "ip": "203.0.113.9" },
    });
    let id = one.id.clone();
    state.finding_record(&[one]).await.expect("recorded");
    let incident = state.incident_of(&id).await.expect("looked").expect("has one").id;
    let graph = state.incident_graph(&incident).await.expect("there");
    let name = |id: &str| {
        graph.nodes.iter().find(|node| node.id == id).map_or("?", |node| node.label.as_str()).to_owned()
    };
    let edges: Vec<_> =
        graph.edges.iter().map(|edge| (name(&edge.from), edge.relation, name(&edge.to))).collect();
    for (from, relation, to) in [
        ("nginx", Started, "sh"),
        ("sh", Started, "nc"),
        ("nc", ConnectedTo, "203.0.113.9"),
        ("nc", RanAs, "www-data"),
    ] {
        assert!(
            edges.contains(&(from.to_owned(), relation, to.to_owned())),
            "{from} {relation:?} {to}: {edges:?}"
        );
    }
    let worst: Vec<_> =
        graph.nodes.iter().filter(|node| node.severity.is_some()).map(|node| node.label.as_str()).collect();
    assert_eq!((worst, graph.left_out), (vec!["nc"], 0));
    assert!(matches!(state.incident_graph("none").await, Err(StateError::NotFound { .. })));
}

#[tokio::test]
async fn an_incident_spans_the_sightings_of_its_findings_and_not_what_was_known_before() {
    // (first_seen, last_seen) of what is told, one after the other; then what the incident spans.
    let cases = [
        (vec![(10, 10)], (10, 10)),
        (vec![(10, 30)], (10, 30)),
        (vec![(20, 30), (5, 6)], (5, 30)),
        (vec![(20, 30), (40, 90)], (20, 90)),
    ];
    for (told, spans) in cases {
        for joins in [false, true] {
            let (_dir, state) = open().await;
            for (number, (first, last)) in told.iter().enumerate() {
                let mut one = finding(&format!("{}", if joins { number } else { 0 }), "h", *last);
                one.first_seen = at(*first);
                one.evidence[0].event =
                    serde_json::json!({ "process": { "name": "sh", "pid": 9, "uid": "9-0" } });
                state.finding_record(&[one]).await.expect("recorded");
            }
            let page = state.incident_list(None, None, 10).await.expect("listed");
            let found: Vec<_> = page.items.iter().map(|one| (one.first_seen, one.last_seen)).collect();
            assert_eq!(found, [(at(spans.0), at(spans.1))], "{told:?}, as findings of their own: {joins}");
        }
    }
}

#[tokio::test]
async fn a_finding_that_is_told_again_after_it_was_fixed_does_not_stretch_a_new_incident_back() {
    let (_dir, state) = open().await;
    let first = record(&state, "a", 1, 0).await;
    let incident = state.incident_of(&first).await.expect("looked").expect("has one");
    let close = IncidentChange::Close { verdict: Verdict::Real, reason: "dealt with", accepted_until: None };
    state.incident_update(&incident.id, close, by("ann", 5)).await.expect("closed");
    let week = 7 * 24 * 3600;
    record(&state, "a", 1, week).await;
    let next = state.incident_of(&first).await.expect("looked").expect("has one");
    assert_ne!(next.id, incident.id);
    assert_eq!((next.first_seen, next.last_seen), (at(week), at(week)));
}

#[tokio::test]
async fn a_finding_joins_by_what_its_incident_saw_last_even_when_that_saw_very_much() {
    let (_dir, state) = open().await;
    // One cause, again and again by another process: more processes than an incident remembers.
    let several = u32::try_from(yagura_state::limits::INCIDENT_ENTITIES_MAX).expect("small") + 50;
    for process in 0..several {
        record(&state, "again", process, i64::from(process)).await;
    }
    let of = async |id: &FindingId| state.incident_of(id).await.expect("looked").expect("has one").id;
    let again = of(&FindingId::from_cause(&["again", "h"])).await;
    let recent = record(&state, "recent", several - 1, i64::from(several)).await;
    let forgotten = record(&state, "forgotten", 0, i64::from(several)).await;
    assert_eq!(of(&recent).await, again);
    assert_ne!(of(&forgotten).await, again);
    let detail = state.incident_get(&again).await.expect("there");
    assert_eq!(detail.entities.len() as i64, yagura_state::limits::INCIDENT_ENTITIES_MAX);
}
