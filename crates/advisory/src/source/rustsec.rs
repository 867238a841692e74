//! RustSec: TOML in a fence at the start of a Markdown file, or the older plain TOML.

use serde::Deserialize;

use super::{
    Sink,
    bounds::{self, Dialect},
    day, text,
};
use crate::{
    query::{FixState, Kind},
    record::{Advisory, Affected},
    version::Scheme,
};

#[derive(Deserialize)]
struct Front {
    advisory: Header,
    #[serde(default)]
    versions: Versions,
}

#[derive(Deserialize)]
struct Header {
    id: String,
    package: String,
    #[serde(default)]
    date: String,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    cvss: Option<String>,
    #[serde(default)]
    informational: Option<String>,
    #[serde(default)]
    withdrawn: Option<String>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    references: Vec<String>,
}

#[derive(Deserialize, Default)]
struct Versions {
    #[serde(default)]
    patched: Vec<String>,
    #[serde(default)]
    unaffected: Vec<String>,
}

/// Reads one advisory.
pub(super) fn read(bytes: &[u8], sink: &mut Sink) {
    let Some(text) = text(bytes, sink) else { return };
    let (front, body) = match text.trim_start().strip_prefix("```toml") {
        Some(rest) => match rest.split_once("\n```") {
            Some((front, body)) => (front, body.trim()),
            None => return sink.problem(Some(1), "the fence of the TOML header does not end"),
        },
        None => (text, ""),
    };
    let front: Front = match toml::from_str(front) {
        Ok(front) => front,
        Err(error) => {
            let line =
                error.span().map(|span| 1 + front[..span.start.min(front.len())].matches('\n').count());
            return sink.problem(line, format!("the header is no RustSec advisory: {}", error.message()));
        }
    };
    take(front, body, sink);
}

fn take(front: Front, body: &str, sink: &mut Sink) {
    let header = front.advisory;
    let mut advisory = Advisory::new(header.id);
    advisory.aliases = header.aliases;
    advisory.kind = match header.informational.as_deref() {
        None => Kind::Vulnerability,
        Some("unmaintained") => Kind::Unmaintained,
        Some("unsound") => Kind::Unsound,
        Some(_) => Kind::Notice,
    };
    advisory.cvss.extend(header.cvss);
    advisory.published = day(&header.date);
    advisory.modified = day(&header.date);
    advisory.withdrawn = header.withdrawn.is_some();
    let (heading, rest) = match body.strip_prefix('#') {
        Some(body) => body.split_once('\n').unwrap_or((body, "")),
        None => ("", body),
    };
    advisory.title = header.title.unwrap_or_else(|| heading.trim_start_matches('#').trim().to_owned());
    advisory.details = header.description.unwrap_or_else(|| rest.trim().to_owned());
    advisory.references = header.url.into_iter().chain(header.references).collect();
    let mut safe = Vec::new();
    for requirement in front.versions.patched.iter().chain(&front.versions.unaffected) {
        match bounds::parse(requirement, Dialect::Cargo, Scheme::SemVer) {
            Some(interval) => safe.push(interval),
            None => sink.problem(None, format!("{}: `{requirement}` is no requirement", advisory.id)),
        }
    }
    let mut affected = Affected::new("crates.io", header.package);
    affected.fix_state = FixState::NotFixed;
    affected.ranges = bounds::outside(safe, Scheme::SemVer);
    advisory.affected.push(affected);
    sink.advisory(advisory);
}
