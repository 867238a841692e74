//! NVD's CVEs in JSON 2.0: vectors, weaknesses and descriptions for what other sources found.

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::{Sink, cwe, day, json, yaml};

#[derive(Deserialize)]
struct Feed<'a> {
    #[serde(borrow)]
    vulnerabilities: Vec<&'a RawValue>,
}

const METRICS: [&str; 4] = ["cvssMetricV40", "cvssMetricV31", "cvssMetricV30", "cvssMetricV2"];

/// Reads one feed.
pub(super) fn read(bytes: &[u8], sink: &mut Sink) {
    let Some(feed) = json::<Feed>(bytes, sink) else { return };
    for raw in feed.vulnerabilities {
        match serde_json::from_str::<Value>(raw.get()) {
            Ok(value) => take(value.get("cve").unwrap_or(&value), sink),
            Err(error) => sink.problem(None, format!("an entry is not as expected: {error}")),
        }
    }
}

fn take(cve: &Value, sink: &mut Sink) {
    let id = yaml::text(cve, "id").to_owned();
    let array =
        |value: &Value, key: &str| value.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let english = |list: Vec<Value>| list.into_iter().find(|item| yaml::text(item, "lang") == "en");
    if yaml::text(cve, "vulnStatus") == "Rejected" {
        return;
    }
    let Some(known) = sink.vulnerability(&id) else {
        return sink.problem(None, format!("`{id}` is no CVE"));
    };
    known.published = day(yaml::text(cve, "published"));
    if let Some(description) = english(array(cve, "descriptions")) {
        yaml::text(&description, "value").clone_into(&mut known.description);
    }
    let metrics = cve.get("metrics").cloned().unwrap_or_default();
    for key in METRICS {
        let mut ratings = array(&metrics, key);
        // NVD's own before those of others.
        ratings.sort_by_key(|rating| yaml::text(rating, "type") != "Primary");
        let vector = ratings
            .first()
            .and_then(|rating| rating.get("cvssData"))
            .map(|data| yaml::text(data, "vectorString"));
        if let Some(vector) =
            vector.filter(|vector| !vector.is_empty() && !known.cvss.iter().any(|v| v == vector))
        {
            known.cvss.push(vector.to_owned());
        }
    }
    let weaknesses = array(cve, "weaknesses");
    let names = weaknesses.iter().flat_map(|weakness| array(weakness, "description"));
    let mut cwes: Vec<u32> = names.filter_map(|name| cwe(yaml::text(&name, "value"))).collect();
    cwes.sort_unstable();
    cwes.dedup();
    if !cwes.is_empty() {
        known.cwe = cwes;
    }
    sink.counted(&day(yaml::text(cve, "lastModified")));
}
