use axum::http::StatusCode;
use serde_json::Value;
use yagura_api::limits::BODY_BYTES_MAX;
use yagura_state::Role;

use crate::harness::{Harness, request};

struct Operation {
    method: String,
    path: String,
    name: String,
    role: Option<Role>,
    has_body: bool,
}

/// Every operation of the description, with placeholders filled in.
fn operations() -> Vec<Operation> {
    let document = serde_json::to_value(yagura_api::openapi()).expect("plain data");
    let mut operations = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let role = operation["x-yagura-role"].as_str().expect("every operation names its role");
            operations.push(Operation {
                method: method.clone(),
                path: path.replace("{id}", &"0".repeat(32)).replace("{name}", "none"),
                name: operation["operationId"].as_str().expect("a name").to_owned(),
                role: (role != "public").then(|| role.parse().expect("a role")),
                has_body: operation["requestBody"] != Value::Null,
            });
        }
    }
    assert!(operations.len() >= 30);
    operations
}

fn below(role: Role) -> Option<Role> {
    Role::ALL.into_iter().rev().find(|lower| *lower < role)
}

#[tokio::test]
async fn the_public_operations_are_these() {
    let public: Vec<String> =
        operations().into_iter().filter(|one| one.role.is_none()).map(|one| one.name).collect();
    assert_eq!(
        public,
        [
            "health_get",
            "invitation_complete",
            "invitation_ask",
            "session_create",
            "setup_get",
            "setup_complete"
        ]
    );
}

#[tokio::test]
async fn every_operation_refuses_who_shows_nothing_or_something_wrong() {
    let harness = Harness::new().await;
    let wrong: [&[(&str, &str)]; 6] = [
        &[],
        &[("authorization", "Bearer ygr_0000")],
        &[("authorization", "Basic YWRtaW46YWRtaW4=")],
        &[("authorization", "Bearer")],
        &[("cookie", "yagura_session=0000"), ("x-yagura-csrf", "1")],
        &[("cookie", "yagura_session="), ("x-yagura-csrf", "1")],
    ];
    for operation in operations().into_iter().filter(|one| one.role.is_some()) {
        for headers in wrong {
            let body = operation.has_body.then_some("{}");
            let answer = harness.send(request(&operation.method, &operation.path, headers, body)).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{} {headers:?}", operation.name);
            assert_eq!(answer.headers["content-type"], "application/problem+json", "{}", operation.name);
            assert_eq!(answer.json()["code"], "unauthenticated");
        }
    }
}

#[tokio::test]
async fn every_operation_refuses_the_role_below_and_lets_its_own_through() {
    let harness = Harness::new().await;
    for operation in operations() {
        let Some(role) = operation.role else { continue };
        let send = async |role: Role| {
            let token = harness.token(role).await;
            let body = operation.has_body.then_some("{}");
            let headers = [("authorization", token.as_str())];
            if operation.name == "stream_open" && role >= Role::Viewer {
                // Its body has no end.
                return StatusCode::OK;
            }
            let answer =
                harness.send(request(&operation.method, &operation.path, &headers, body)).await.status;
            let made = harness.state.token_list().await.expect("listed");
            for token in made {
                harness.state.token_delete(&token.id, harness.by()).await.expect("deleted");
            }
            answer
        };
        if let Some(lower) = below(role) {
            assert_eq!(send(lower).await, StatusCode::FORBIDDEN, "{} as {lower:?}", operation.name);
        }
        let allowed = send(role).await;
        let refused = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN];
        assert!(!refused.contains(&allowed), "{} as {role:?}: {allowed}", operation.name);
    }
}

#[tokio::test]
async fn every_change_by_cookie_needs_its_header_and_our_own_page() {
    let harness = Harness::new().await;
    let cookie = harness.session(Role::Admin).await;
    let cookie = ("cookie", cookie.as_str());
    let foreign: [&[(&str, &str)]; 5] = [
        &[cookie],
        &[cookie, ("x-yagura-csrf", "0")],
        &[cookie, ("x-yagura-csrf", "1"), ("origin", "https://evil.example")],
        &[cookie, ("x-yagura-csrf", "1"), ("origin", "null")],
        &[cookie, ("x-yagura-csrf", "1"), ("origin", "http://localhost:9999")],
    ];
    for operation in operations().into_iter().filter(|one| one.method != "get" && one.role.is_some()) {
        for headers in foreign {
            let body = operation.has_body.then_some("{}");
            let answer = harness.send(request(&operation.method, &operation.path, headers, body)).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{} {headers:?}", operation.name);
            assert_eq!(answer.json()["code"], "csrf");
        }
    }
    for operation in operations().into_iter().filter(|one| one.method != "get" && one.role.is_none()) {
        let headers = [("origin", "https://evil.example")];
        let answer = harness.send(request(&operation.method, &operation.path, &headers, Some("{}"))).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", operation.name);
    }
    let own = [cookie, ("x-yagura-csrf", "1"), ("origin", "http://localhost:8470")];
    let body = Some(r#"{"name":"all","sql":"SELECT 1"}"#);
    assert_eq!(harness.send(request("post", "/v1/queries", &own, body)).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn every_operation_refuses_a_body_that_is_too_large() {
    let harness = Harness::new().await;
    let token = harness.token(Role::Admin).await;
    let large = format!("\"{}\"", "x".repeat(BODY_BYTES_MAX));
    for operation in operations() {
        // Announced …
        let length = large.len().to_string();
        let headers = [("authorization", token.as_str()), ("content-length", length.as_str())];
        let answer = harness.send(request(&operation.method, &operation.path, &headers, Some(&large))).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", operation.name);
        // … and not.
        if operation.has_body {
            let answer =
                harness.send(request(&operation.method, &operation.path, &headers[..1], Some(&large))).await;
            assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{} in pieces", operation.name);
        }
    }
}

#[tokio::test]
async fn every_operation_refuses_a_body_that_is_malformed() {
    let harness = Harness::new().await;
    let token = harness.token(Role::Admin).await;
    let deep = "[".repeat(100_000);
    let cases = [
        ("{", StatusCode::BAD_REQUEST),
        ("", StatusCode::BAD_REQUEST),
        ("\u{0}", StatusCode::BAD_REQUEST),
        (&deep, StatusCode::BAD_REQUEST),
        ("7", StatusCode::UNPROCESSABLE_ENTITY),
        (r#"{"unknown":1}"#, StatusCode::UNPROCESSABLE_ENTITY),
    ];
    for operation in operations().into_iter().filter(|one| one.has_body) {
        for (body, expected) in cases {
            let headers = [("authorization", token.as_str())];
            let answer =
                harness.send(request(&operation.method, &operation.path, &headers, Some(body))).await;
            let start: String = body.chars().take(20).collect();
            let fits = answer.status == expected || answer.status == StatusCode::UNPROCESSABLE_ENTITY;
            assert!(fits, "{} {start}: {}", operation.name, answer.status);
            assert_eq!(answer.headers["content-type"], "application/problem+json");
        }
        let headers = [("authorization", token.as_str()), ("content-type", "text/plain")];
        let answer = harness.send(request(&operation.method, &operation.path, &headers, Some("{}"))).await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{}", operation.name);
    }
}

#[tokio::test]
async fn only_our_own_host_names_are_answered() {
    let harness = Harness::with(|options| options.host_names.push("yagura.lan".to_owned())).await;
    let good =
        ["localhost", "LOCALHOST:8470", "127.0.0.1:8470", "[::1]:8470", "192.0.2.7", "yagura.lan:8470"];
    let bad = [
        "evil.example",
        "localhost.evil.example",
        "evil@localhost",
        "yagura.lan.",
        "",
        "127.0.0.1.evil.example",
    ];
    for host in good {
        let answer = harness.send(request("get", "/healthz", &[("host", host)], None)).await;
        assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, "ok\n"), "{host}");
    }
    for host in bad {
        for path in ["/healthz", "/", "/v1/setup"] {
            let answer = harness.send(request("get", path, &[("host", host)], None)).await;
            assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{host}{path}");
        }
    }
    let two = request("get", "/healthz", &[("host", "localhost"), ("host", "evil.example")], None);
    assert_eq!(harness.send(two).await.status, StatusCode::MISDIRECTED_REQUEST);
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let harness = Harness::new().await;
    for path in ["/", "/healthz", "/v1/overview", "/v1/none", "/none.js"] {
        let answer = harness.send(request("get", path, &[], None)).await;
        let policy = answer.headers["content-security-policy"].to_str().expect("text");
        assert!(policy.contains("script-src 'self';") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(answer.headers["referrer-policy"], "no-referrer", "{path}");
    }
}

#[tokio::test]
async fn a_panic_is_one_failed_request() {
    let harness = Harness::new().await;
    let token = harness.token(Role::Admin).await;
    let headers = [("authorization", token.as_str())];
    for (path, body) in [("/v1/hunt", r#"{"sql":"panic"}"#), ("/v1/rules/lint", r#"{"text":"panic"}"#)] {
        let answer = harness.send(request("post", path, &headers, Some(body))).await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(answer.json()["code"], "internal");
    }
    assert_eq!(harness.send(request("get", "/healthz", &[], None)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn unknown_paths_and_methods_are_problems() {
    let harness = Harness::new().await;
    for (method, path, status) in [
        ("get", "/v1/none", StatusCode::NOT_FOUND),
        ("get", "/v1", StatusCode::NOT_FOUND),
        ("put", "/v1/findings", StatusCode::METHOD_NOT_ALLOWED),
        ("post", "/", StatusCode::METHOD_NOT_ALLOWED),
    ] {
        let answer = harness.send(request(method, path, &[], None)).await;
        assert_eq!(answer.status, status, "{method} {path}");
        assert_eq!(answer.headers["content-type"], "application/problem+json", "{method} {path}");
    }
}
