//! A registry's refusal in words.

use serde::Deserialize;
use ureq::http::Response;

use crate::{Error, limits};

#[derive(Deserialize)]
struct Refusal {
    #[serde(default)]
    errors: Vec<Reason>,
}

#[derive(Deserialize)]
struct Reason {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

/// The error of an answer that is no success.
pub(super) fn refused(url: &str, response: Response<ureq::Body>) -> Error {
    let status = response.status();
    let body = response.into_body().into_with_config().limit(limits::ANSWER_BYTES_MAX).read_to_vec();
    let refusal: Option<Refusal> = body.ok().and_then(|body| serde_json::from_slice(&body).ok());
    let reason = refusal.and_then(|refusal| refusal.errors.into_iter().next());
    let mut why = status.to_string();
    if let Some(reason) = reason {
        let text = format!("; {} {}", reason.code, reason.message);
        why.extend(text.trim_end().chars().filter(|c| !c.is_control()).take(300));
    }
    Error::Registry { url: url.to_owned(), why, status: Some(status.as_u16()) }
}
