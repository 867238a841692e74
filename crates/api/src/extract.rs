//! What handlers take out of a request; whatever does not fit becomes a [`Problem`].

use axum::{
    RequestExt,
    body::Body,
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
    http::{StatusCode, header, request::Parts},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use yagura_event::FindingId;

use crate::{limits::BODY_BYTES_MAX, problem::Problem};

/// A JSON body of at most 1 MiB.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let mime = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let mime = mime.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
        if !mime.eq_ignore_ascii_case("application/json") {
            let detail = format!("the request's body is `{mime}`, not `application/json`");
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail)
                .hint("send JSON with `content-type: application/json`"));
        }
        let body: Body = request.into_limited_body();
        let bytes = Limited::new(body, BODY_BYTES_MAX).collect().await.map_err(|error| {
            let too_large = error.is::<LengthLimitError>();
            let broken =
                || Problem::new(StatusCode::BAD_REQUEST, "malformed", "the request's body broke off");
            if too_large { Problem::too_large(BODY_BYTES_MAX) } else { broken() }
        })?;
        serde_json::from_slice(&bytes.to_bytes()).map(Self).map_err(|error| {
            if error.is_data() {
                return Problem::invalid(format!("the request's body does not fit: {error}"));
            }
            let detail = format!("the request's body is no JSON: {error}");
            Problem::new(StatusCode::BAD_REQUEST, "malformed", detail)
        })
    }
}

/// Parameters after the question mark.
pub(crate) struct Params<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Query::try_from_uri(&parts.uri).map(|Query(params)| Self(params)).map_err(|error| {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            Problem::invalid(format!("parameters: {}", cause.unwrap_or_else(|| error.to_string())))
        })
    }
}

/// The name or id in the path.
pub(crate) struct Name(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(name)) => Ok(Self(name)),
            Err(error) => Err(Problem::invalid(format!("path: {error}"))),
        }
    }
}

/// The finding's id in the path.
pub(crate) struct IdOfFinding(pub(crate) FindingId);

impl<S: Send + Sync> FromRequestParts<S> for IdOfFinding {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Name(text) = Name::from_request_parts(parts, state).await?;
        FindingId::parse(&text).map(Self).map_err(|_| Problem::not_found("finding", &text))
    }
}
