//! What the server tells about itself: health, metrics, this API's description.

use std::{
    fmt::Write,
    sync::{LazyLock, atomic::Ordering},
};

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};

use crate::app::App;

/// Says `ok` while the server answers. Public, so it says nothing else.
#[utoipa::path(get, path = "/healthz", tag = "meta", operation_id = "health_get",
    responses((status = 200, body = String, content_type = "text/plain")))]
pub(crate) async fn health_get() -> &'static str {
    "ok\n"
}

/// Metrics in Prometheus' text format.
#[utoipa::path(get, path = "/v1/metrics", tag = "meta", operation_id = "metrics_get",
    responses((status = 200, body = String, content_type = "text/plain")))]
pub(crate) async fn metrics_get(State(app): State<App>) -> Response {
    let mut text = app.system().metrics();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    let load = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
    let counters = &app.counters;
    let streams = counters.streams.load(Ordering::Relaxed) as u64;
    let own = [
        ("yagura_api_requests_total", "counter", "Requests.", load(&counters.requests)),
        (
            "yagura_api_refused_total",
            "counter",
            "Requests refused for want of rights.",
            load(&counters.refused),
        ),
        ("yagura_api_panics_total", "counter", "Requests that failed inside.", load(&counters.panics)),
        ("yagura_api_sign_ins_failed_total", "counter", "Failed sign-ins.", load(&counters.sign_ins_failed)),
        ("yagura_api_streams", "gauge", "Live streams open.", streams),
        (
            "yagura_api_stream_missed_total",
            "counter",
            "Items live streams missed.",
            load(&counters.stream_missed),
        ),
    ];
    for (name, kind, help, value) in own {
        // Writing to a String does not fail.
        let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n");
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

/// The description of this API.
#[utoipa::path(get, path = "/v1/openapi.json", tag = "meta", operation_id = "openapi_get",
    responses((status = 200, body = serde_json::Value)))]
pub(crate) async fn openapi_get() -> Response {
    static DOCUMENT: LazyLock<String> = LazyLock::new(|| crate::openapi().to_json().unwrap_or_default());
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT.as_str()).into_response()
}
