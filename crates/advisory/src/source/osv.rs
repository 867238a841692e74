//! OSV records in JSON (the OSV bucket, GitHub, Go, AlmaLinux, Ubuntu, Bitnami) or YAML (PyPA).
//!
//! A distribution's record names the CVEs it repairs as `upstream`, `related` or `aliases`: each becomes a match of its
//! own. Ranges of commits say nothing about installed versions and are left out.

use serde::Deserialize;
use serde_json::Value;

use super::{Sink, cwe, day, first_line, json, yaml};
use crate::{
    ecosystem,
    query::{FixState, Kind},
    record::{Advisory, Affected, End, Range},
    severity::Severity,
    version::{Scheme, compare},
};

#[derive(Deserialize)]
struct Record {
    id: String,
    #[serde(default)]
    summary: Option<String>,
    #[serde(default)]
    details: Option<String>,
    #[serde(default)]
    aliases: Option<Vec<String>>,
    #[serde(default)]
    upstream: Option<Vec<String>>,
    #[serde(default)]
    related: Option<Vec<String>>,
    #[serde(default)]
    published: Option<String>,
    #[serde(default)]
    modified: Option<String>,
    #[serde(default)]
    withdrawn: Option<Value>,
    #[serde(default)]
    severity: Option<Vec<Rating>>,
    #[serde(default)]
    affected: Option<Vec<Package>>,
    #[serde(default)]
    references: Option<Vec<Reference>>,
    #[serde(default)]
    database_specific: Option<Value>,
}

#[derive(Deserialize)]
struct Rating {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    score: Value,
}

#[derive(Deserialize)]
struct Reference {
    #[serde(default)]
    url: String,
}

#[derive(Deserialize)]
struct Package {
    #[serde(default)]
    package: Option<Name>,
    #[serde(default)]
    severity: Option<Vec<Rating>>,
    #[serde(default)]
    ranges: Option<Vec<Events>>,
    #[serde(default)]
    versions: Option<Vec<String>>,
    #[serde(default)]
    ecosystem_specific: Option<Value>,
    #[serde(default)]
    database_specific: Option<Value>,
}

#[derive(Deserialize)]
struct Name {
    #[serde(default)]
    ecosystem: String,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct Events {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    events: Vec<Event>,
    #[serde(default)]
    database_specific: Option<Value>,
}

#[derive(Deserialize)]
struct Event {
    introduced: Option<String>,
    fixed: Option<String>,
    last_affected: Option<String>,
    limit: Option<String>,
}

/// Reads a file of one record, or of a list of them.
pub(super) fn read(path: &str, bytes: &[u8], sink: &mut Sink) {
    if path.ends_with(".json") {
        if bytes.trim_ascii_start().starts_with(b"[") {
            // A list: each record is judged alone.
            let Some(list) = json::<Vec<&serde_json::value::RawValue>>(bytes, sink) else { return };
            for raw in list {
                if let Some(record) = json::<Record>(raw.get().as_bytes(), sink) {
                    take(record, sink);
                }
            }
        } else if let Some(record) = json::<Record>(bytes, sink) {
            take(record, sink);
        }
        return;
    }
    let Some(value) = super::text(bytes, sink).and_then(|text| yaml::read(text, sink)) else { return };
    match serde_json::from_value::<Record>(value) {
        Ok(record) => take(record, sink),
        Err(error) => sink.problem(None, format!("this is no OSV record: {error}")),
    }
}

fn take(record: Record, sink: &mut Sink) {
    let mut advisory = Advisory::new(record.id);
    let packages = record.affected.unwrap_or_default();
    let names = || packages.iter().filter_map(|package| package.package.as_ref());
    let distribution = names().any(|name| ecosystem::is_distribution(&ecosystem::canonical(&name.ecosystem)));
    advisory.aliases = record.aliases.unwrap_or_default();
    if distribution && !advisory.id.starts_with("CVE-") {
        let further =
            record.upstream.unwrap_or_default().into_iter().chain(record.related.unwrap_or_default());
        let mut covers: Vec<String> =
            advisory.aliases.iter().cloned().chain(further).filter(|id| id.starts_with("CVE-")).collect();
        covers.sort();
        covers.dedup();
        advisory.covers = covers;
        advisory.aliases.retain(|id| !id.starts_with("CVE-"));
    }
    if advisory.id.starts_with("MAL-") {
        advisory.kind = Kind::Malware;
    }
    advisory.published = day(record.published.as_deref().unwrap_or_default());
    advisory.modified = day(record.modified.as_deref().unwrap_or_default());
    advisory.withdrawn = record.withdrawn.is_some_and(|value| !value.is_null());
    advisory.details = record.details.unwrap_or_default();
    advisory.title = record.summary.unwrap_or_default();
    advisory.references = record.references.unwrap_or_default().into_iter().map(|r| r.url).collect();
    ratings(&mut advisory, record.severity.unwrap_or_default());
    let specific = record.database_specific.unwrap_or_default();
    if advisory.severity.is_none() {
        advisory.severity =
            word(&specific, "severity").or_else(|| word_before_colon(&advisory.title, distribution));
    }
    advisory.cwe = cwes(&specific);
    if advisory.title.is_empty() {
        advisory.title = first_line(&advisory.details);
    }
    for package in packages {
        take_package(&mut advisory, package, sink);
    }
    sink.advisory(advisory);
}

fn take_package(advisory: &mut Advisory, package: Package, sink: &mut Sink) {
    let Some(name) = package.package else { return };
    let ecosystem = ecosystem::canonical(&name.ecosystem);
    let Some(scheme) = ecosystem::scheme(&ecosystem) else {
        // OSV holds ecosystems without packages too: OSS-Fuzz, Android, Git.
        if !NOT_PACKAGES.contains(&ecosystem::base(&ecosystem)) {
            sink.problem(None, format!("{}: the ecosystem {ecosystem} is not known", advisory.id));
        }
        return;
    };
    let mut affected = Affected::new(ecosystem, name.name);
    affected.of_source = matches!(scheme, Scheme::Dpkg | Scheme::Apk);
    affected.fix_state = FixState::NotFixed;
    affected.versions = package.versions.unwrap_or_default();
    let specific = package.database_specific.unwrap_or_default();
    for range in package.ranges.unwrap_or_default() {
        if range.kind == "GIT" {
            continue;
        }
        let last = last_known(&specific).or_else(|| range.database_specific.as_ref().and_then(last_known));
        affected.ranges.extend(ranges(range.events, scheme, last.as_deref()));
    }
    let before = advisory.severity;
    ratings(advisory, package.severity.unwrap_or_default());
    affected.severity = if advisory.severity == before { None } else { advisory.severity };
    advisory.severity = before.or(advisory.severity);
    details(advisory, &mut affected, &package.ecosystem_specific.unwrap_or_default(), &specific);
    if affected.ranges.is_empty() && affected.versions.is_empty() {
        return;
    }
    advisory.affected.push(affected);
}

const NOT_PACKAGES: &[&str] =
    &["OSS-Fuzz", "Android", "GIT", "GSD", "UVI", "", "Kubernetes", "TuxCare", "Root"];

// What sources write beside the schema: Debian's urgency, RustSec's kind of notice, weaknesses.
fn details(advisory: &mut Advisory, affected: &mut Affected, ecosystem: &Value, database: &Value) {
    match yaml::text(ecosystem, "urgency") {
        "" => {}
        "end-of-life" => affected.fix_state = FixState::EndOfLife,
        urgency => {
            affected.severity =
                Severity::parse(urgency.trim_end_matches('*')).filter(|s| *s != Severity::Unknown)
        }
    }
    if affected.severity.is_none() {
        affected.severity = word(ecosystem, "severity");
    }
    match yaml::text(database, "informational") {
        "unmaintained" => advisory.kind = Kind::Unmaintained,
        "unsound" => advisory.kind = Kind::Unsound,
        "notice" => advisory.kind = Kind::Notice,
        _ => {}
    }
    advisory.cwe.extend(cwes(database));
    if let Some(vector) = database.get("cvss").and_then(Value::as_str) {
        push_vector(advisory, vector);
    }
}

fn cwes(value: &Value) -> Vec<u32> {
    let ids = yaml::texts(value, "cwe_ids").into_iter().chain(
        value
            .get("cwes")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(|item| yaml::text(item, "cweId").to_owned()),
    );
    ids.filter_map(|id| cwe(&id)).collect()
}

fn word(value: &Value, key: &str) -> Option<Severity> {
    Severity::parse(value.get(key)?.as_str()?).filter(|severity| *severity != Severity::Unknown)
}

// `Important: thunderbird security update`, as AlmaLinux, Rocky Linux and Red Hat write.
fn word_before_colon(title: &str, distribution: bool) -> Option<Severity> {
    let (word, _) = title.split_once(':').filter(|_| distribution)?;
    Severity::parse(word).filter(|severity| *severity != Severity::Unknown)
}

fn ratings(advisory: &mut Advisory, ratings: Vec<Rating>) {
    for rating in ratings {
        let Some(score) = rating.score.as_str() else { continue };
        if rating.kind.starts_with("CVSS") {
            push_vector(advisory, score);
        } else if let Some(severity) = Severity::parse(score).filter(|s| *s != Severity::Unknown) {
            advisory.severity = Some(severity);
        }
    }
}

fn push_vector(advisory: &mut Advisory, vector: &str) {
    if !advisory.cvss.iter().any(|other| other == vector) {
        advisory.cvss.push(vector.to_owned());
    }
}

// `<= 1.2.3` beside a range that has no end, as GitHub writes it.
fn last_known(value: &Value) -> Option<String> {
    value.get("last_known_affected_version_range")?.as_str().map(str::to_owned)
}

fn ranges(events: Vec<Event>, scheme: Scheme, last: Option<&str>) -> Vec<Range> {
    // Version, and what happens at it. Sorted, but in the order written where versions are equal.
    enum At {
        Introduced,
        Fixed,
        Last,
        Limit,
    }
    let mut points: Vec<(String, At)> = Vec::new();
    for event in events {
        points.extend(event.introduced.map(|version| (version, At::Introduced)));
        points.extend(event.fixed.map(|version| (version, At::Fixed)));
        points.extend(event.last_affected.map(|version| (version, At::Last)));
        points.extend(event.limit.filter(|limit| limit != "*").map(|version| (version, At::Limit)));
    }
    points.sort_by(|(a, _), (b, _)| match (a == "0", b == "0") {
        (true, true) => std::cmp::Ordering::Equal,
        (true, false) => std::cmp::Ordering::Less,
        (false, true) => std::cmp::Ordering::Greater,
        (false, false) => compare(scheme, a, b).unwrap_or(std::cmp::Ordering::Equal),
    });
    let mut ranges = Vec::new();
    let mut open: Option<String> = None;
    for (version, at) in points {
        let end = match at {
            At::Introduced => {
                open.get_or_insert(if version == "0" { String::new() } else { version });
                continue;
            }
            At::Fixed => End::Fixed(version),
            At::Last => End::LastAffected(version),
            At::Limit => End::Limit(version),
        };
        if let Some(introduced) = open.take() {
            ranges.push(Range { introduced, end });
        }
    }
    if let Some(introduced) = open {
        let end = match last.map(str::trim) {
            Some(last) if last.starts_with("<=") => End::LastAffected(last[2..].trim().to_owned()),
            Some(last) if last.starts_with('<') => End::Limit(last[1..].trim().to_owned()),
            _ => End::Open,
        };
        ranges.push(Range { introduced, end });
    }
    ranges
}
