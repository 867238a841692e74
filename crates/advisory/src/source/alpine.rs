//! Alpine's secdb, and Wolfi's and Chainguard's `security.json` in the same form: package, fixed version, CVEs.

use serde_json::Value;

use super::{Sink, json, text, yaml};
use crate::{
    ecosystem,
    record::{Affected, Range},
};

/// Reads one file: a release and repository.
pub(super) fn read(path: &str, bytes: &[u8], sink: &mut Sink) {
    let value: Option<Value> = match path.ends_with(".json") {
        true => json(bytes, sink),
        false => text(bytes, sink).and_then(|text| yaml::read(text, sink)),
    };
    let Some(value) = value else { return };
    let packages = match value.get("packages") {
        Some(Value::Array(packages)) => packages.as_slice(),
        // A repository without fixes.
        Some(Value::Null) => &[],
        _ => return sink.problem(None, "the file has no list of packages"),
    };
    let ecosystem = match yaml::text(&value, "distroversion") {
        "" if yaml::text(&value, "urlprefix").contains("chainguard") => "Chainguard".to_owned(),
        "" => "Wolfi".to_owned(),
        release => ecosystem::canonical(&format!("Alpine:{release}")),
    };
    for package in packages {
        let package = package.get("pkg").unwrap_or(package);
        let name = yaml::text(package, "name");
        let fixes = package.get("secfixes").and_then(Value::as_object);
        if name.is_empty() {
            sink.problem(None, "a package without a name");
            continue;
        }
        for (version, ids) in fixes.into_iter().flatten() {
            // Version 0: the package never had it.
            if version == "0" {
                continue;
            }
            for id in ids.as_array().into_iter().flatten().filter_map(Value::as_str) {
                take(&ecosystem, name, version, id, sink);
            }
        }
    }
}

// `CVE-2019-14904` or several names of one thing: `CVE-2018-0734 (+ regression)`, `GHSA-… CVE-…`.
fn take(ecosystem: &str, name: &str, version: &str, ids: &str, sink: &mut Sink) {
    let names: Vec<&str> = ids
        .split([' ', ',', '(', ')', '+'])
        .filter(|word| word.contains('-') && word.starts_with(|c: char| c.is_ascii_uppercase()))
        .collect();
    let Some(first) = names.iter().find(|name| name.starts_with("CVE-")).or_else(|| names.first()) else {
        return;
    };
    let mut affected = Affected::new(ecosystem, name);
    affected.of_source = true;
    affected.ranges.push(Range::before(version));
    let record = sink.pending(first);
    for other in names.iter().filter(|other| *other != first) {
        if !record.aliases.iter().any(|alias| alias == other) {
            record.aliases.push((*other).to_owned());
        }
    }
    sink.pending_affected(first, affected);
}
