//! What stands before every request: which host it asks for, how large and how long it may be, and what a browser may
//! do with the answer.

use std::panic::AssertUnwindSafe;

use axum::{
    Extension,
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::FutureExt;

use crate::{
    app::{App, count},
    limits::{BODY_BYTES_MAX, REQUEST_TIME_MAX},
    problem::Problem,
    serve::Peer,
};

// Scripts come from our own files only. Styles may stand inline because the chart and table libraries set them so.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src 'self'; object-src 'none'; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

pub(crate) async fn shield(Extension(app): Extension<App>, request: Request, next: Next) -> Response {
    count(&app.counters.requests);
    let mut response = match check(&app, &request) {
        Ok(()) => answer(&app, request, next).await,
        Err(problem) => problem.into_response(),
    };
    let headers = response.headers_mut();
    let fixed = [
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // What the API answers is nobody else's to keep; console files say for themselves.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if app.service.options.tls {
        headers.insert("strict-transport-security", HeaderValue::from_static("max-age=31536000"));
    }
    response
}

async fn answer(app: &App, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind();
    match tokio::time::timeout(REQUEST_TIME_MAX, answered).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => {
            count(&app.counters.panics);
            tracing::error!(path, "a request panicked");
            Problem::internal().into_response()
        }
        Err(_) => {
            let detail = format!("no answer within {} s", REQUEST_TIME_MAX.as_secs());
            Problem::new(StatusCode::GATEWAY_TIMEOUT, "timeout", detail)
                .hint("ask for less at once")
                .into_response()
        }
    }
}

fn check(app: &App, request: &Request) -> Result<(), Problem> {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let length = length.and_then(|value| value.parse::<u64>().ok());
    if length.is_some_and(|length| length > BODY_BYTES_MAX as u64) {
        return Err(Problem::too_large(BODY_BYTES_MAX));
    }
    let is_local = matches!(request.extensions().get(), Some(Peer::Local));
    if is_local || host_allowed(request.headers(), &app.service.options.host_names) {
        return Ok(());
    }
    let detail = "the request asks for a host name that is not this server's";
    Err(Problem::new(StatusCode::MISDIRECTED_REQUEST, "host", detail)
        .hint("use localhost or the address, or add the name to `host_names` in `[server]`"))
}

// A page on evil.example whose name is made to point here (DNS rebinding) still sends `Host: evil.example`. An address
// cannot be pointed elsewhere, so every plain address is fine.
fn host_allowed(headers: &HeaderMap, names: &[String]) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    let Some(authority) = host.to_str().ok().and_then(|host| host.parse::<Authority>().ok()) else {
        return false;
    };
    if authority.as_str().contains('@') {
        return false;
    }
    let host = authority.host();
    let plain = host.trim_start_matches('[').trim_end_matches(']');
    plain.parse::<std::net::IpAddr>().is_ok()
        || host.eq_ignore_ascii_case("localhost")
        || names.iter().any(|name| name.eq_ignore_ascii_case(host))
}
