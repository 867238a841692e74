//! [`send`]: one attempt to hand a message over.

use std::io::Read;

use serde_json::Value;
use ureq::Agent;

use crate::{
    limits::{ANSWER_BYTES_MAX, ATTEMPT_TIME_MAX},
    sign::signature,
};

/// Why a message was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendError {
    /// What happened. Never holds the secret.
    pub reason: String,
    /// Whether another attempt may succeed.
    pub may_pass: bool,
}

/// A message and where it goes.
pub(crate) struct Message<'a> {
    pub(crate) url: &'a str,
    pub(crate) secret: Option<&'a str>,
    pub(crate) delivery_id: &'a str,
    pub(crate) body: &'a Value,
    pub(crate) seconds: i64,
}

/// Sends messages. Does not follow redirections: the address that was written down is the one that is told.
pub(crate) fn agent() -> Agent {
    Agent::config_builder()
        .timeout_global(Some(ATTEMPT_TIME_MAX))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .user_agent(concat!("yagura/", env!("CARGO_PKG_VERSION")))
        .build()
        .into()
}

/// Hands the message over; waits for the answer.
pub(crate) fn send(agent: &Agent, message: &Message<'_>) -> Result<(), SendError> {
    let body = serde_json::to_vec(message.body)
        .map_err(|error| SendError { reason: error.to_string(), may_pass: false })?;
    let mut request = agent
        .post(message.url)
        .header("content-type", "application/json")
        .header("x-yagura-delivery", message.delivery_id);
    if let Some(secret) = message.secret {
        request = request.header("x-yagura-signature", signature(secret, message.seconds, &body));
    }
    let mut answer = request.send(&body[..]).map_err(|error| SendError {
        may_pass: !matches!(error, ureq::Error::BadUri(_) | ureq::Error::Http(_)),
        reason: error.to_string(),
    })?;
    let status = answer.status();
    if status.is_success() {
        return Ok(());
    }
    let mut text = Vec::new();
    // What cannot be read is not shown.
    let _ = answer.body_mut().as_reader().take(ANSWER_BYTES_MAX).read_to_end(&mut text);
    let text: String = String::from_utf8_lossy(&text)
        .chars()
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect();
    let reason = format!("answered {status}: {}", text.trim());
    // 408 and 429 ask for patience; other refusals stay what they are.
    let may_pass = status.is_server_error() || status.as_u16() == 408 || status.as_u16() == 429;
    Err(SendError { reason: reason.trim_end_matches([':', ' ']).to_owned(), may_pass })
}
