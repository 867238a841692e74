use std::time::Duration;

use axum::{body::BodyDataStream, http::StatusCode};
use futures::StreamExt;
use tower::ServiceExt;
use yagura_api::limits::{STREAM_FINDINGS_MAX, STREAMS_MAX};
use yagura_state::Role;

use crate::harness::{Harness, finding, request};

async fn open(harness: &Harness, token: &str, topics: &str) -> BodyDataStream {
    let path = format!("/v1/stream?topics={topics}");
    let request = request("get", &path, &[("authorization", token)], None);
    let response = harness.router.clone().oneshot(request).await.expect("infallible");
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    response.into_body().into_data_stream()
}

/// The next part of the stream as text.
async fn next(stream: &mut BodyDataStream) -> String {
    let part = tokio::time::timeout(Duration::from_secs(5), stream.next()).await.expect("something in time");
    String::from_utf8(part.expect("no end").expect("no error").to_vec()).expect("text")
}

#[tokio::test]
async fn tells_of_what_was_asked_for() {
    let harness = Harness::new().await;
    let token = harness.token(Role::Viewer).await;
    let mut findings = open(&harness, &token, "finding").await;
    let mut sensor = open(&harness, &token, "sensor").await;
    assert!(next(&mut sensor).await.contains("event: sensor\ndata: {\"mode\":\"off\""));
    harness.live.publish_finding(&finding("shell"));
    let text = next(&mut findings).await;
    assert!(text.starts_with("event: finding\ndata: {") && text.contains("\"rule\":\"shell\""), "{text}");
    let bad = request("get", "/v1/stream?topics=none", &[("authorization", &token)], None);
    assert_eq!(harness.send(bad).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn makes_no_event_while_nobody_listens() {
    let harness = Harness::new().await;
    let token = harness.token(Role::Viewer).await;
    harness.live.publish_event(|| panic!("nobody listens"));
    let findings = open(&harness, &token, "finding").await;
    harness.live.publish_event(|| panic!("nobody listens to events"));
    let mut events = open(&harness, &token, "event").await;
    assert_eq!((harness.live.subscribers(), harness.live.event_subscribers()), (2, 1));
    harness.live.publish_event(|| serde_json::json!({ "activity": "exec" }));
    assert_eq!(next(&mut events).await, "event: event\ndata: {\"activity\":\"exec\"}\n\n");
    drop((findings, events));
    assert_eq!(harness.live.subscribers(), 0);
}

#[tokio::test]
async fn a_slow_client_is_told_how_many_it_missed() {
    let harness = Harness::new().await;
    let token = harness.token(Role::Viewer).await;
    let mut stream = open(&harness, &token, "finding").await;
    for _ in 0..STREAM_FINDINGS_MAX + 100 {
        harness.live.publish_finding(&finding("shell"));
    }
    assert_eq!(next(&mut stream).await, "event: missed\ndata: {\"topic\":\"finding\",\"count\":100}\n\n");
    assert!(next(&mut stream).await.starts_with("event: finding"));
}

#[tokio::test]
async fn a_flood_of_events_is_thinned_and_counted() {
    let harness = Harness::new().await;
    let token = harness.token(Role::Viewer).await;
    let mut stream = open(&harness, &token, "event").await;
    let mut made = 0_u64;
    for _ in 0..5000 {
        harness.live.publish_event(|| {
            made += 1;
            serde_json::json!(made)
        });
    }
    assert!((500..=1000).contains(&made), "{made}");
    let mut missed = 0;
    let mut events = 0;
    while events + missed < 5000 {
        let text = next(&mut stream).await;
        let data = text.split("data: ").nth(1).expect("data");
        if text.starts_with("event: missed") {
            let value: serde_json::Value = serde_json::from_str(data).expect("JSON");
            missed += value["count"].as_u64().expect("a number");
        } else {
            events += 1;
        }
    }
    assert_eq!((events, missed), (made, 5000 - made));
}

#[tokio::test]
async fn streams_are_few_and_end_with_their_token() {
    let harness = Harness::new().await;
    let token = harness.token(Role::Viewer).await;
    let mut streams = Vec::new();
    for _ in 0..STREAMS_MAX {
        streams.push(open(&harness, &token, "sensor").await);
    }
    let one_more = request("get", "/v1/stream", &[("authorization", &token)], None);
    assert_eq!(harness.send(one_more).await.status, StatusCode::TOO_MANY_REQUESTS);
    streams.truncate(1);
    for token in harness.state.token_list().await.expect("listed") {
        harness.state.token_delete(&token.id, harness.by()).await.expect("deleted");
    }
    let ended =
        tokio::time::timeout(Duration::from_secs(15), async { while streams[0].next().await.is_some() {} });
    ended.await.expect("the stream ends soon after its token");
}
