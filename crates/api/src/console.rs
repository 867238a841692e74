//! The console's files, handed out as they are.

use std::{
    borrow::Cow,
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

use crate::problem::Problem;

/// Files by path without a leading slash, for example `index.html` or `assets/app-1a2b3c4d.js`, with their MIME type.
/// Asked for the path with `.br` or `.gz` behind it, it may offer the same file compressed.
pub trait Assets: Send + Sync + 'static {
    /// The file and its MIME type.
    fn file(&self, path: &str) -> Option<(Cow<'static, [u8]>, Cow<'static, str>)>;
}

impl<F> Assets for F
where
    F: Fn(&str) -> Option<(Cow<'static, [u8]>, Cow<'static, str>)> + Send + Sync + 'static,
{
    fn file(&self, path: &str) -> Option<(Cow<'static, [u8]>, Cow<'static, str>)> {
        self(path)
    }
}

#[derive(Clone)]
pub(crate) struct Console {
    assets: Arc<dyn Assets>,
    // Files do not change while the program runs, so each is hashed once. Only files that exist have an entry.
    etags: Arc<Mutex<HashMap<String, HeaderValue>>>,
}

impl Console {
    pub(crate) fn new(assets: impl Assets) -> Self {
        Self { assets: Arc::new(assets), etags: Arc::default() }
    }

    /// The file at this path; for a page of the console, which lives in the browser only, `index.html`.
    pub(crate) fn answer(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Response {
        let path = uri.path().trim_start_matches('/');
        if path.starts_with("v1/") || path == "v1" {
            return Problem::new(
                StatusCode::NOT_FOUND,
                "not_found",
                format!("there is no operation at /{path}"),
            )
            .hint("/v1/openapi.json lists every operation")
            .into_response();
        }
        if !matches!(*method, Method::GET | Method::HEAD) {
            return Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "pages can only be read",
            )
            .into_response();
        }
        let is_page = !path.rsplit('/').next().unwrap_or_default().contains('.');
        let path = if path.is_empty() { "index.html" } else { path };
        let found =
            self.file(path, headers).or_else(|| is_page.then(|| self.file("index.html", headers)).flatten());
        found.unwrap_or_else(|| Problem::not_found("file", path).into_response())
    }

    fn file(&self, path: &str, headers: &HeaderMap) -> Option<Response> {
        let (plain, mime) = self.assets.file(path)?;
        let accepts = |coding: &str| {
            headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok()).any(
                |value| {
                    value.split(',').any(|one| {
                        let (name, quality) = one.split_once(';').unwrap_or((one, ""));
                        name.trim().eq_ignore_ascii_case(coding) && quality.replace(' ', "") != "q=0"
                    })
                },
            )
        };
        let packed = [("br", ".br"), ("gzip", ".gz")].into_iter().find_map(|(coding, ending)| {
            let file = accepts(coding).then(|| self.assets.file(&format!("{path}{ending}"))).flatten();
            file.map(|(bytes, _)| (coding, bytes))
        });
        let (coding, bytes) = packed.map_or((None, plain), |(coding, bytes)| (Some(coding), bytes));
        let etag = self.etag(path, coding, &bytes)?;
        let known = headers.get_all(header::IF_NONE_MATCH).iter().any(|value| {
            let tags = value.to_str().unwrap_or_default();
            tags.split(',').any(|tag| tag.trim().trim_start_matches("W/").as_bytes() == etag.as_bytes())
        });
        let mut response = if known {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            Response::new(Body::from(match bytes {
                Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                Cow::Owned(bytes) => Bytes::from(bytes),
            }))
        };
        // Vite puts a hash of the content into the names under assets/: they never change.
        let cache =
            if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
        let out = response.headers_mut();
        out.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
        out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        out.insert(header::ETAG, etag);
        out.insert(header::CONTENT_TYPE, HeaderValue::from_str(&mime).ok()?);
        if let Some(coding) = coding {
            out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        Some(response)
    }

    fn etag(&self, path: &str, coding: Option<&str>, bytes: &[u8]) -> Option<HeaderValue> {
        let key = format!("{path} {}", coding.unwrap_or_default());
        let mut etags = self.etags.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(etag) = etags.get(&key) {
            return Some(etag.clone());
        }
        let hash: String = Sha256::digest(bytes).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let etag = HeaderValue::from_str(&format!("\"{hash}\"")).ok()?;
        etags.insert(key, etag.clone());
        Some(etag)
    }
}
