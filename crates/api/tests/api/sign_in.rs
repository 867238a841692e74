use axum::http::StatusCode;
use serde_json::json;
use yagura_state::Role;

use crate::harness::{Harness, PASSWORD, request};

fn body(value: serde_json::Value) -> String {
    value.to_string()
}

#[tokio::test]
async fn setup_makes_the_first_administrator_once() {
    let harness = Harness::new().await;
    let needed = async || harness.send(request("get", "/v1/setup", &[], None)).await.json()["needed"].clone();
    assert_eq!(needed().await, true);
    let token = harness.state.setup_token_create(crate::harness::at(0)).await.expect("a token");
    let send = async |token: &str, password: &str| {
        let body = body(json!({ "token": token, "name": "ann", "password": password }));
        harness.send(request("post", "/v1/setup", &[], Some(&body))).await
    };
    assert_eq!(send("ygr_setup_wrong", PASSWORD).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(send(token.reveal(), "too short").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = send(token.reveal(), PASSWORD).await;
    assert_eq!(done.status, StatusCode::CREATED);
    assert_eq!(done.json()["role"], "admin");
    let who = harness.send(request("get", "/v1/session", &[("cookie", &done.cookie())], None)).await;
    assert_eq!(who.json()["name"], "ann");
    assert_eq!(needed().await, false);
    assert_eq!(send(token.reveal(), PASSWORD).await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn guessing_setup_tokens_is_slowed() {
    let harness = Harness::new().await;
    let mut last = StatusCode::OK;
    for n in 0..8 {
        let body = body(json!({ "token": format!("ygr_setup_{n}"), "name": "eve", "password": PASSWORD }));
        last = harness.send(request("post", "/v1/setup", &[], Some(&body))).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn signing_in_and_out() {
    let harness = Harness::new().await;
    harness.session(Role::Viewer).await;
    let sign_in = async |password: &str, cookie: &str| {
        let body = body(json!({ "name": "Viewer", "password": password }));
        harness.send(request("post", "/v1/session", &[("cookie", cookie)], Some(&body))).await
    };
    assert_eq!(sign_in("wrong password", "").await.status, StatusCode::UNAUTHORIZED);
    let signed_in = sign_in(PASSWORD, "").await;
    assert_eq!(signed_in.status, StatusCode::CREATED);
    let attributes = signed_in.headers["set-cookie"].to_str().expect("text").to_owned();
    for attribute in ["; Path=/", "; HttpOnly", "; SameSite=Strict"] {
        assert!(attributes.contains(attribute), "{attributes}");
    }
    assert!(!attributes.contains("Secure"));
    let alive = async |cookie: &str| {
        let answer = harness.send(request("get", "/v1/session", &[("cookie", cookie)], None)).await;
        answer.status == StatusCode::OK
    };
    let first = signed_in.cookie();
    assert!(alive(&first).await);
    // Signing in again over an old session ends that one: an id that someone planted gains nothing.
    let second = sign_in(PASSWORD, &first).await.cookie();
    assert!(!alive(&first).await && alive(&second).await);
    let headers = [("cookie", second.as_str()), ("x-yagura-csrf", "1")];
    let out = harness.send(request("delete", "/v1/session", &headers, None)).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    assert!(out.headers["set-cookie"].to_str().expect("text").contains("Max-Age=0"));
    assert!(!alive(&second).await);
    let actions: Vec<String> =
        harness.state.audit_list(None, 10).await.expect("listed").into_iter().map(|one| one.action).collect();
    assert_eq!(
        actions[..5],
        ["session_delete", "session_create", "session_delete", "session_create", "session_refuse"]
    );
}

#[tokio::test]
async fn over_tls_the_cookie_is_bound_to_the_host() {
    let harness = Harness::with(|options| options.tls = true).await;
    harness.session(Role::Viewer).await;
    let body = body(json!({ "name": "viewer", "password": PASSWORD }));
    let answer = harness.send(request("post", "/v1/session", &[], Some(&body))).await;
    let cookie = answer.headers["set-cookie"].to_str().expect("text");
    assert!(cookie.starts_with("__Host-yagura_session=") && cookie.ends_with("; Secure"), "{cookie}");
    assert!(answer.headers.contains_key("strict-transport-security"));
}

#[tokio::test]
async fn guessing_passwords_is_slowed_and_tells_nothing() {
    let harness = Harness::new().await;
    harness.session(Role::Viewer).await;
    let sign_in = async |name: &str, password: &str| {
        let body = body(json!({ "name": name, "password": password }));
        harness.send(request("post", "/v1/session", &[], Some(&body))).await
    };
    let known = sign_in("viewer", "wrong password").await;
    let unknown = sign_in("nobody", "wrong password").await;
    assert_eq!((known.status, &known.text), (unknown.status, &unknown.text));
    for _ in 0..4 {
        assert_eq!(sign_in("viewer", "wrong password").await.status, StatusCode::UNAUTHORIZED);
    }
    let slowed = sign_in("viewer", PASSWORD).await;
    assert_eq!(slowed.status, StatusCode::TOO_MANY_REQUESTS, "even with the right password");
    assert!(slowed.headers.contains_key("retry-after"));
    harness.wait(1);
    assert_eq!(sign_in("viewer", PASSWORD).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn changing_the_password_ends_every_other_session() {
    let harness = Harness::new().await;
    let (mine, other) = (harness.session(Role::Viewer).await, harness.session(Role::Viewer).await);
    let change = async |current: &str, new: &str| {
        let body = body(json!({ "current": current, "new": new }));
        let headers = [("cookie", mine.as_str()), ("x-yagura-csrf", "1")];
        harness.send(request("put", "/v1/password", &headers, Some(&body))).await
    };
    assert_eq!(change("wrong password", "another password").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(change(PASSWORD, "short").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let changed = change(PASSWORD, "another password").await;
    assert_eq!(changed.status, StatusCode::OK);
    for (cookie, status) in [(&mine, 401), (&other, 401), (&changed.cookie(), 200)] {
        let answer = harness.send(request("get", "/v1/session", &[("cookie", cookie.as_str())], None)).await;
        assert_eq!(answer.status.as_u16(), status);
    }
    // A token has no password to change.
    let token = harness.token(Role::Admin).await;
    let body = body(json!({ "current": "x", "new": "another password" }));
    let answer =
        harness.send(request("put", "/v1/password", &[("authorization", &token)], Some(&body))).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_wrong_token_does_not_fall_back_to_a_good_cookie() {
    let harness = Harness::new().await;
    let cookie = harness.session(Role::Admin).await;
    let headers = [("cookie", cookie.as_str()), ("authorization", "Bearer ygr_wrong")];
    let answer = harness.send(request("get", "/v1/session", &headers, None)).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}
