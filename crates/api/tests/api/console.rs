use axum::http::StatusCode;

use crate::harness::{Harness, request};

#[tokio::test]
async fn pages_of_the_console_are_its_index() {
    let harness = Harness::new().await;
    for path in ["/", "/findings", "/findings/0123", "/rules/Shell%20in%20container", "/v1x"] {
        let answer = harness.send(request("get", path, &[], None)).await;
        assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, "<!doctype html>"), "{path}");
        assert_eq!(answer.headers["cache-control"], "no-cache");
        assert_eq!(answer.headers["content-type"], "text/html; charset=utf-8");
    }
    for path in ["/none.js", "/assets/none.css", "/../../etc/passwd.txt"] {
        assert_eq!(
            harness.send(request("get", path, &[], None)).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}

#[tokio::test]
async fn assets_are_kept_by_browsers_and_sent_packed_to_who_takes_it() {
    let harness = Harness::new().await;
    let path = "/assets/app-1a2b.js";
    let cases = [
        ("", "plain script"),
        ("gzip", "plain script"),
        ("gzip, br", "brotli script"),
        ("br;q=0", "plain script"),
    ];
    let mut etags = Vec::new();
    for (accepts, text) in cases {
        let answer = harness.send(request("get", path, &[("accept-encoding", accepts)], None)).await;
        assert_eq!(answer.text, text, "{accepts}");
        assert_eq!(answer.headers["content-type"], "text/javascript");
        assert_eq!(answer.headers["cache-control"], "public, max-age=31536000, immutable");
        assert_eq!(answer.headers["vary"], "accept-encoding");
        assert_eq!(answer.headers.contains_key("content-encoding"), text == "brotli script");
        etags.push(answer.headers["etag"].to_str().expect("text").to_owned());
    }
    assert_ne!(etags[0], etags[2]);
    let again = harness.send(request("get", path, &[("if-none-match", &etags[0])], None)).await;
    assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""));
}
