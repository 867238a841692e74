//! Downloads, each one only if it changed. The only module that names `ureq`.

use std::{
    fs,
    io::{Read, Write},
    path::Path,
    time::Duration,
};

use super::Progress;
use crate::limits::ARCHIVE_BYTES_MAX;

/// What came back.
pub(super) enum Fetched {
    /// New content is in the file.
    New { etag: String, last_modified: String },
    /// The content that was there is still the newest.
    Unchanged,
}

// A source that says nothing for this long has failed.
const IDLE: Duration = Duration::from_secs(60);
// The largest sources over slow lines take a while.
const WHOLE: Duration = Duration::from_secs(3 * 3600);
const REDIRECTS_MAX: u32 = 5;

/// Fetches an address into a file, unless `etag` or `last_modified` say that it is known.
pub(super) fn fetch(
    address: &str,
    into: &Path,
    etag: &str,
    last_modified: &str,
    progress: &mut dyn FnMut(Progress),
    name: &str,
) -> Result<Fetched, String> {
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(REDIRECTS_MAX)
        .https_only(address.starts_with("https://"))
        .user_agent(concat!("yagura/", env!("CARGO_PKG_VERSION")))
        .timeout_connect(Some(IDLE))
        .timeout_recv_response(Some(IDLE))
        .timeout_per_read(Some(IDLE))
        .timeout_global(Some(WHOLE))
        .build();
    let agent: ureq::Agent = config.into();
    let mut request = agent.get(address);
    if !etag.is_empty() {
        request = request.header("If-None-Match", etag);
    }
    if !last_modified.is_empty() {
        request = request.header("If-Modified-Since", last_modified);
    }
    let mut response = request.call().map_err(|error| error.to_string())?;
    match response.status().as_u16() {
        200 => {}
        304 if !etag.is_empty() || !last_modified.is_empty() => return Ok(Fetched::Unchanged),
        status => return Err(format!("the server answered {status}")),
    }
    let header = |name: &str| {
        response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    };
    let (etag, last_modified) = (header("etag"), header("last-modified"));
    let total: Option<u64> = header("content-length").parse().ok();
    if total.is_some_and(|total| total > ARCHIVE_BYTES_MAX) {
        return Err(format!("the content is larger than the {ARCHIVE_BYTES_MAX} bytes that are read"));
    }
    let mut reader = response.body_mut().with_config().limit(ARCHIVE_BYTES_MAX).reader();
    let mut file = fs::File::create(into).map_err(|error| format!("{}: {error}", into.display()))?;
    let mut buffer = vec![0u8; 128 << 10];
    let mut bytes = 0u64;
    loop {
        let count = reader.read(&mut buffer).map_err(|error| error.to_string())?;
        if count == 0 {
            break;
        }
        file.write_all(&buffer[..count]).map_err(|error| format!("{}: {error}", into.display()))?;
        bytes += count as u64;
        progress(Progress::Fetching { name, bytes, total });
    }
    if total.is_some_and(|total| total != bytes) {
        return Err(format!("the connection ended after {bytes} of {} bytes", total.unwrap_or(0)));
    }
    Ok(Fetched::New { etag, last_modified })
}
