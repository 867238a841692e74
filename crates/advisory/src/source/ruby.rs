//! ruby-advisory-db: one YAML file an advisory, with the versions that are safe.

use super::{
    Sink,
    bounds::{self, Dialect},
    day, text, yaml,
};
use crate::{
    query::FixState,
    record::{Advisory, Affected},
    severity::Severity,
    version::Scheme,
};

/// Reads one advisory.
pub(super) fn read(path: &str, bytes: &[u8], sink: &mut Sink) {
    let Some(value) = text(bytes, sink).and_then(|text| yaml::read(text, sink)) else { return };
    let field = |key| yaml::text(&value, key);
    let (ecosystem, name) = match (field("gem"), field("engine")) {
        ("", "") => return sink.problem(None, "the record names neither gem nor engine"),
        ("", engine) => ("Ruby", engine),
        (gem, _) => ("RubyGems", gem),
    };
    let file = path.rsplit('/').next().unwrap_or(path);
    let stem = file.trim_end_matches(".yaml").trim_end_matches(".yml");
    // The same CVE may stand in several gems' folders.
    let mut advisory = Advisory::new(format!("{stem}:{name}"));
    let prefixed =
        |key, prefix: &str| Some(format!("{prefix}{}", field(key))).filter(|id| id.len() > prefix.len());
    advisory.aliases = [prefixed("cve", "CVE-"), prefixed("ghsa", "GHSA-"), prefixed("osvdb", "OSVDB-")]
        .into_iter()
        .flatten()
        .collect();
    advisory.title = field("title").trim().to_owned();
    advisory.details = field("description").trim().to_owned();
    advisory.published = day(field("date"));
    advisory.modified.clone_from(&advisory.published);
    let related = value.get("related").map(|related| yaml::texts(related, "url")).unwrap_or_default();
    advisory.references =
        [field("url").to_owned()].into_iter().filter(|url| !url.is_empty()).chain(related).collect();
    advisory.severity = ["cvss_v4", "cvss_v3", "cvss_v2"]
        .into_iter()
        .find_map(|key| field(key).parse().ok())
        .map(Severity::of_score);
    let mut safe = Vec::new();
    for requirement in
        yaml::texts(&value, "patched_versions").iter().chain(&yaml::texts(&value, "unaffected_versions"))
    {
        match bounds::parse(requirement, Dialect::RubyGems, Scheme::RubyGems) {
            Some(interval) => safe.push(interval),
            None => sink.problem(None, format!("`{requirement}` is no requirement")),
        }
    }
    let mut affected = Affected::new(ecosystem, name);
    affected.fix_state = FixState::NotFixed;
    affected.ranges = bounds::outside(safe, Scheme::RubyGems);
    advisory.affected.push(affected);
    sink.advisory(advisory);
}
