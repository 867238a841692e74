//! [`Problem`]: every error of the API, as RFC 9457 asks: what was tried, why it failed, what to do.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use yagura_state::StateError;

/// Why a request was not answered (RFC 9457, `application/problem+json`).
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// `urn:yagura:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// Stable short code, for example `not_found`.
    pub code: String,
    /// The HTTP status.
    pub status: u16,
    /// What went wrong, in a few words.
    #[schema(value_type = String)]
    pub title: Box<str>,
    /// What was tried and why it failed.
    #[schema(value_type = String)]
    pub detail: Box<str>,
    /// What to do about it.
    pub hint: Option<String>,
    /// Seconds to wait before trying again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u32>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:yagura:problem:{code}"),
            code: code.to_owned(),
            status: status.as_u16(),
            title: status.canonical_reason().unwrap_or("Error").into(),
            detail: detail.into().into_boxed_str(),
            hint: None,
            retry_after_s: None,
        }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(crate) const fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    pub(crate) fn not_found(what: &str, id: &str) -> Self {
        let id: String = id.chars().take(100).collect();
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("there is no {what} `{id}`"))
    }

    pub(crate) fn invalid(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail)
    }

    pub(crate) fn too_large(bytes_max: usize) -> Self {
        let detail = format!("the request's body is larger than {bytes_max} bytes");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail).hint("send less at once")
    }

    pub(crate) fn busy(detail: impl Into<String>, seconds: u32) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "busy", detail)
            .hint(format!("try again in {seconds} s"))
            .retry_after(seconds)
    }

    pub(crate) fn internal() -> Self {
        let detail = "the server failed while answering";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail).hint("the server's log says why")
    }
}

impl From<StateError> for Problem {
    fn from(error: StateError) -> Self {
        match error {
            StateError::NotFound { what, id } => Self::not_found(what, &id),
            StateError::Conflict(detail) => Self::new(StatusCode::CONFLICT, "conflict", detail),
            StateError::Invalid { field, reason } => Self::invalid(format!("{field}: {reason}")),
            other => {
                let cause = std::error::Error::source(&other).map(ToString::to_string).unwrap_or_default();
                tracing::error!(error = %other, cause, "the state failed");
                Self::internal()
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
