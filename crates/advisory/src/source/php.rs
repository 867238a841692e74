//! FriendsOfPHP: one YAML file an advisory, with the affected versions of each branch.

use serde_json::Value;

use super::{
    Sink,
    bounds::{self, Dialect},
    day, text, yaml,
};
use crate::{
    query::FixState,
    record::{Advisory, Affected},
    version::Scheme,
};

/// Reads one advisory.
pub(super) fn read(path: &str, bytes: &[u8], sink: &mut Sink) {
    let Some(value) = text(bytes, sink).and_then(|text| yaml::read(text, sink)) else { return };
    let reference = yaml::text(&value, "reference");
    let Some(package) = reference.strip_prefix("composer://") else {
        return sink.problem(None, format!("the reference `{reference}` is not composer://vendor/package"));
    };
    let stem = path.trim_end_matches(".yaml").trim_end_matches(".yml");
    let id = stem.rsplitn(4, '/').take(3).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("/");
    let mut advisory = Advisory::new(format!("FriendsOfPHP:{id}"));
    advisory.aliases = Some(yaml::text(&value, "cve").to_owned())
        .into_iter()
        .filter(|cve| cve.starts_with("CVE-"))
        .collect();
    advisory.title = yaml::text(&value, "title").to_owned();
    advisory.references =
        Some(yaml::text(&value, "link").to_owned()).into_iter().filter(|link| !link.is_empty()).collect();
    let mut affected = Affected::new("Packagist", package);
    affected.fix_state = FixState::NotFixed;
    for (name, branch) in value.get("branches").and_then(Value::as_object).into_iter().flatten() {
        let time = day(yaml::text(branch, "time"));
        if advisory.published.is_empty() || (!time.is_empty() && time < advisory.published) {
            advisory.published = time;
        }
        let requirement = yaml::texts(branch, "versions").join(",");
        match bounds::parse(&requirement, Dialect::Composer, Scheme::Packagist) {
            Some(interval) => affected.ranges.extend(interval.range(Scheme::Packagist)),
            None => sink.problem(None, format!("branch {name}: `{requirement}` is no requirement")),
        }
    }
    advisory.modified.clone_from(&advisory.published);
    advisory.affected.push(affected);
    sink.advisory(advisory);
}
