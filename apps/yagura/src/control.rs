//! Talks to a running `yagura up` of this machine through its socket in the data directory.
//!
//! The socket speaks the API's own words over HTTP; whoever may open it (its owner, root) is an administrator.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Request, StatusCode, body::Bytes};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::UnixStream;

use crate::output::Failure;

/// Longest time an answer may take.
const PATIENCE: Duration = Duration::from_secs(130);
/// Largest answer that is read, in bytes.
const ANSWER_BYTES_MAX: usize = 256 << 20;

/// The socket of the server whose data lives in `data`.
pub fn socket_path(data: &Path) -> PathBuf {
    data.join("yagura.sock")
}

/// A running server of this machine.
pub struct Control {
    runtime: tokio::runtime::Runtime,
    socket: PathBuf,
}

impl Control {
    /// The running server, or `None` where none answers.
    pub fn connect(data: &Path) -> Option<Self> {
        let socket = socket_path(data);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
        runtime.block_on(UnixStream::connect(&socket)).ok()?;
        Some(Self { runtime, socket })
    }

    /// Asks the server. `path` begins with `/v1`.
    ///
    /// # Errors
    /// When the server does not answer, or answers with an error: then its own words.
    pub fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
        let answer = async { tokio::time::timeout(PATIENCE, self.exchange(method, path, body)).await };
        self.runtime.block_on(answer).context("the server did not answer in time")?
    }

    async fn exchange(&self, method: &str, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
        let stream = UnixStream::connect(&self.socket).await.context("connecting to the running server")?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        let driver = tokio::spawn(connection);
        let bytes = body.map(serde_json::to_vec).transpose()?.unwrap_or_default();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "localhost")
            .header("x-yagura-csrf", "1")
            .header("content-type", "application/json")
            .body(Full::new(Bytes::from(bytes)))?;
        let response = sender.send_request(request).await.context("asking the running server")?;
        let status = response.status();
        let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect();
        let bytes =
            body.await.map_err(|error| anyhow::anyhow!("reading the server's answer: {error}"))?.to_bytes();
        driver.abort();
        let value: Value = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes)? };
        if status.is_success() || status == StatusCode::NOT_MODIFIED {
            return Ok(value);
        }
        Err(refused(&value, status).into())
    }
}

/// The server answered, with a refusal (problem+json, RFC 9457).
#[derive(Debug, thiserror::Error)]
#[error("{detail}")]
pub struct Refused {
    /// What was tried and why it failed.
    pub detail: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Whether whoever asked can mend it: the request is wrong, not the server unwell.
    pub is_usage: bool,
}

impl Refused {
    /// An error of [`Control::ask`] as a command's failure.
    pub fn failure(error: anyhow::Error) -> Failure {
        let Some(refused) = error.downcast_ref::<Self>() else { return Failure::run(error) };
        let (is_usage, hint) = (refused.is_usage, refused.hint.clone());
        let failure = if is_usage { Failure::usage(error) } else { Failure::run(error) };
        match hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

fn refused(value: &Value, status: StatusCode) -> Refused {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    Refused {
        detail: text("detail")
            .or_else(|| text("title"))
            .unwrap_or_else(|| format!("the server answered {status}")),
        hint: text("hint"),
        is_usage: status.is_client_error() && text("code").is_none_or(|code| code != "query_too_large"),
    }
}
