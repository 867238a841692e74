//! Bytes nobody should send get an answer, and never an internal error.

use axum::{
    body::Body,
    http::{HeaderValue, Request},
};
use proptest::{collection::vec, prelude::*};
use yagura_state::Role;

use crate::harness::Harness;

fn parts() -> impl Strategy<Value = (String, Vec<u8>, Vec<u8>, Vec<u8>)> {
    let path = prop_oneof![
        "/v1/findings\\?(cursor|since|limit|status|text|order)=[ -~&&[^#<>\"{}|^`\\\\]]{0,30}",
        "/v1/(findings|rules|queries|tokens)/[a-z0-9%._~-]{1,40}",
        "/v1/(audit|assets|proofs|stream)\\?(before|cursor|limit|kind|topics)=[a-z0-9%,_-]{0,30}",
        "/[a-z0-9%./_-]{0,40}",
    ];
    (path, vec(any::<u8>(), 0..60), vec(any::<u8>(), 0..60), vec(any::<u8>(), 0..300))
}

#[test]
fn any_request_has_an_answer() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (harness, token) = runtime.block_on(async {
        let harness = Harness::new().await;
        let token = harness.token(Role::Admin).await;
        (harness, token)
    });
    let check = |(path, cookie, origin, body): (String, Vec<u8>, Vec<u8>, Vec<u8>)| {
        for (method, signed) in
            [("GET", true), ("GET", false), ("POST", true), ("PATCH", true), ("DELETE", false)]
        {
            let mut request = Request::builder().method(method).uri(&path).header("host", "localhost");
            if signed {
                request = request.header("authorization", &token).header("content-type", "application/json");
            }
            for (name, bytes) in [("cookie", &cookie), ("origin", &origin), ("accept-encoding", &origin)] {
                if let Ok(value) = HeaderValue::from_bytes(bytes) {
                    request = request.header(name, value);
                }
            }
            let Ok(request) = request.body(Body::from(body.clone())) else { continue };
            // A stream that opens has no end; that it opened is answer enough.
            if request.uri().path() == "/v1/stream" && signed {
                continue;
            }
            let status = runtime.block_on(harness.send(request)).status;
            prop_assert!(!status.is_server_error(), "{} {}: {}", method, path, status);
        }
        Ok(())
    };
    proptest!(ProptestConfig::with_cases(300), |(request in parts())| { check(request)?; });
}
