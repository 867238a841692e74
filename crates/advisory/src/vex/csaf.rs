//! CSAF VEX: product states of each vulnerability.

use serde_json::Value;

use super::{Applied, Found, Statement, Status};
use crate::source::{json_text, json_texts, products};

const STATES: &[(&str, Status)] = &[
    ("known_not_affected", Status::NotAffected),
    ("fixed", Status::Fixed),
    ("first_fixed", Status::Fixed),
    ("known_affected", Status::Affected),
    ("first_affected", Status::Affected),
    ("last_affected", Status::Affected),
    ("under_investigation", Status::UnderInvestigation),
];

/// Collects a document's statements.
pub(super) fn read(value: &Value, found: &mut Found) {
    let document = value.get("document").cloned().unwrap_or_default();
    let author = document.get("publisher").map(|publisher| json_text(publisher, "name")).unwrap_or_default();
    let time = document
        .get("tracking")
        .map(|tracking| json_text(tracking, "current_release_date"))
        .unwrap_or_default();
    let products = products(value.get("product_tree").unwrap_or(&Value::Null));
    for (index, vulnerability) in
        value.get("vulnerabilities").and_then(Value::as_array).into_iter().flatten().enumerate()
    {
        let mut names = vec![json_text(vulnerability, "cve").to_owned()];
        let ids = vulnerability.get("ids").and_then(Value::as_array).into_iter().flatten();
        names.extend(ids.map(|id| json_text(id, "text").to_owned()));
        names.retain(|name| !name.is_empty());
        if names.is_empty() {
            found.wrong.push(format!("vulnerability {}: it has no name", index + 1));
            continue;
        }
        let status = vulnerability.get("product_status").cloned().unwrap_or_default();
        for (key, state) in STATES {
            for id in json_texts(&status, key) {
                let purl = products.get(&id).map(|product| product.purl.clone()).unwrap_or_default();
                if purl.is_empty() {
                    found.wrong.push(format!("{}: product {id} has no package URL", names[0]));
                    continue;
                }
                let (justification, reason) = why(vulnerability, &id);
                let applied = Applied {
                    status: *state,
                    justification,
                    reason,
                    author: author.to_owned(),
                    document: found.document.to_owned(),
                };
                let made = Statement { products: vec![purl], time: time.to_owned(), applied };
                found.statements.extend(names.iter().map(|name| (name.clone(), made.clone())));
            }
        }
    }
}

// A flag is the justification; the impact of a threat or the text of a remediation is the reason.
fn why(vulnerability: &Value, product: &str) -> (String, String) {
    let about = |key: &'static str| {
        let items = vulnerability.get(key).and_then(Value::as_array).into_iter().flatten();
        items.filter(move |item| json_texts(item, "product_ids").iter().any(|id| id == product))
    };
    let justification = about("flags").map(|flag| json_text(flag, "label")).next().unwrap_or_default();
    let impact = about("threats").find(|threat| json_text(threat, "category") == "impact");
    let reason = impact.or_else(|| about("remediations").next()).map(|item| json_text(item, "details"));
    (justification.to_owned(), reason.unwrap_or_default().to_owned())
}
