//! Wolfi's and Chainguard's advisories: a package's file with a history of events for each vulnerability.
//!
//! The newest event decides.

use serde_json::Value;

use super::{Sink, day, text, yaml};
use crate::{
    query::FixState,
    record::{Advisory, Affected, Range},
};

/// Reads one package's file.
pub(super) fn read(bytes: &[u8], sink: &mut Sink) {
    let Some(value) = text(bytes, sink).and_then(|text| yaml::read(text, sink)) else { return };
    let name = value.get("package").map(|package| yaml::text(package, "name")).unwrap_or_default();
    let Some(advisories) = value.get("advisories").and_then(Value::as_array) else {
        return sink.problem(None, "the file has no list of advisories");
    };
    if name.is_empty() {
        return sink.problem(None, "the file names no package");
    }
    for advisory in advisories {
        if yaml::text(advisory, "id").is_empty() {
            sink.problem(None, "an advisory without an id");
            continue;
        }
        take(name, advisory, sink);
    }
}

fn take(name: &str, value: &Value, sink: &mut Sink) {
    let mut advisory = Advisory::new(yaml::text(value, "id"));
    advisory.aliases = yaml::texts(value, "aliases");
    let mut events: Vec<&Value> =
        value.get("events").and_then(Value::as_array).into_iter().flatten().collect();
    events.sort_by_key(|event| yaml::text(event, "timestamp"));
    advisory.published = events.first().map(|event| day(yaml::text(event, "timestamp"))).unwrap_or_default();
    let Some(last) = events.last() else {
        return sink.problem(None, format!("{}: no event", advisory.id));
    };
    advisory.modified = day(yaml::text(last, "timestamp"));
    let mut affected = Affected::new("Wolfi", name);
    affected.of_source = true;
    let data = last.get("data").cloned().unwrap_or_default();
    let note = yaml::text(&data, "note");
    note.clone_into(&mut advisory.details);
    match yaml::text(last, "type") {
        "fixed" => match yaml::text(&data, "fixed-version") {
            "" => return sink.problem(None, format!("{}: a fix without a version", advisory.id)),
            "0" => {}
            version => affected.ranges.push(Range::before(version)),
        },
        "false-positive-determination" => {}
        kind => {
            affected.fix_state = match kind {
                "fix-not-planned" | "analysis-not-planned" => FixState::WillNotFix,
                _ => FixState::NotFixed,
            };
            affected.ranges.push(Range::everything());
        }
    }
    if !affected.ranges.is_empty() {
        advisory.affected.push(affected);
    }
    sink.advisory(advisory);
}
