//! CISA's catalogue of known exploited vulnerabilities.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Sink, cwe, day, json};
use crate::query::Kev;

#[derive(Deserialize)]
struct Catalogue<'a> {
    #[serde(borrow)]
    vulnerabilities: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(rename = "cveID")]
    id: String,
    #[serde(default)]
    date_added: String,
    #[serde(default)]
    due_date: String,
    #[serde(default)]
    short_description: String,
    #[serde(default)]
    known_ransomware_campaign_use: String,
    #[serde(default)]
    cwes: Vec<String>,
}

/// Reads the catalogue.
pub(super) fn read(bytes: &[u8], sink: &mut Sink) {
    let Some(catalogue) = json::<Catalogue>(bytes, sink) else { return };
    for raw in catalogue.vulnerabilities {
        let entry: Entry = match serde_json::from_str(raw.get()) {
            Ok(entry) => entry,
            Err(error) => {
                sink.problem(None, format!("an entry is not as expected: {error}"));
                continue;
            }
        };
        let added = day(&entry.date_added);
        let Some(known) = sink.vulnerability(&entry.id) else {
            sink.problem(None, format!("`{}` is no CVE", entry.id));
            continue;
        };
        let ransomware = entry.known_ransomware_campaign_use.eq_ignore_ascii_case("known");
        known.kev = Some(Kev { added: added.clone(), due: day(&entry.due_date), ransomware });
        if known.cwe.is_empty() {
            known.cwe = entry.cwes.iter().filter_map(|id| cwe(id)).collect();
        }
        if known.description.is_empty() {
            known.description = entry.short_description;
        }
        sink.counted(&added);
    }
}
