//! Debian's security tracker in JSON: package, CVE, release, state.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Sink, first_line, json};
use crate::{
    ecosystem,
    query::FixState,
    record::{Affected, Range},
    severity::Severity,
};

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    releases: BTreeMap<String, Release>,
}

#[derive(Deserialize)]
struct Release {
    #[serde(default)]
    status: String,
    #[serde(default)]
    fixed_version: Option<String>,
    #[serde(default)]
    urgency: Option<String>,
    #[serde(default)]
    nodsa: Option<String>,
    #[serde(default)]
    nodsa_reason: Option<String>,
}

/// Reads the whole tracker; each package and CVE is judged alone.
pub(super) fn read(bytes: &[u8], sink: &mut Sink) {
    let Some(packages) = json::<BTreeMap<&str, BTreeMap<&str, &RawValue>>>(bytes, sink) else { return };
    for (package, entries) in packages {
        for (id, raw) in entries {
            match serde_json::from_str::<Entry>(raw.get()) {
                Ok(entry) => take(package, id, entry, sink),
                Err(error) => sink.problem(None, format!("{package} {id}: {error}")),
            }
        }
    }
}

fn take(package: &str, id: &str, entry: Entry, sink: &mut Sink) {
    let description = entry.description.unwrap_or_default();
    let record = sink.pending(id);
    if record.title.is_empty() {
        record.title = first_line(&description);
        record.details = description;
    }
    for (release, state) in entry.releases {
        let mut affected = Affected::new(ecosystem::canonical(&format!("Debian:{release}")), package);
        affected.of_source = true;
        let urgency = state.urgency.unwrap_or_default();
        affected.severity =
            Severity::parse(urgency.trim_end_matches('*')).filter(|s| *s != Severity::Unknown);
        affected.note = state.nodsa.unwrap_or_default();
        match (state.status.as_str(), state.fixed_version.as_deref()) {
            // Version 0: this release never had it.
            ("resolved", Some("0")) => continue,
            ("resolved", Some(version)) => affected.ranges.push(Range::before(version)),
            ("open" | "resolved", _) => {
                affected.ranges.push(Range::everything());
                affected.fix_state = match (urgency.as_str(), state.nodsa_reason.as_deref()) {
                    ("end-of-life", _) => FixState::EndOfLife,
                    (_, Some("ignored")) => FixState::WillNotFix,
                    _ => FixState::NotFixed,
                };
            }
            // Undetermined: nobody knows yet whether the package has it.
            _ => continue,
        }
        sink.pending_affected(id, affected);
    }
}
