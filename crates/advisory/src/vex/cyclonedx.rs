//! CycloneDX VEX: the `analysis` of a vulnerability, about components by reference or package URL.

use std::collections::HashMap;

use serde_json::Value;

use super::{Applied, Found, Statement, Status};
use crate::{
    limits::DEPTH_MAX,
    source::{json_text, json_texts},
};

/// Collects a document's statements.
pub(super) fn read(value: &Value, found: &mut Found) {
    let metadata = value.get("metadata").cloned().unwrap_or_default();
    let time = json_text(&metadata, "timestamp").to_owned();
    let author = metadata
        .get("supplier")
        .or_else(|| metadata.get("manufacturer"))
        .map(|supplier| json_text(supplier, "name").to_owned())
        .unwrap_or_default();
    let components = components(value, &metadata);
    for (index, vulnerability) in
        value.get("vulnerabilities").and_then(Value::as_array).into_iter().flatten().enumerate()
    {
        let Some(analysis) = vulnerability.get("analysis") else { continue };
        let id = json_text(vulnerability, "id");
        let Some(status) = Status::parse(json_text(analysis, "state")).filter(|_| !id.is_empty()) else {
            found.wrong.push(format!("vulnerability {}: it has no id or no known state", index + 1));
            continue;
        };
        let mut names = vec![id.to_owned()];
        let references = vulnerability.get("references").and_then(Value::as_array).into_iter().flatten();
        names.extend(references.map(|reference| json_text(reference, "id").to_owned()));
        let affects = vulnerability.get("affects").and_then(Value::as_array).into_iter().flatten();
        let products: Vec<String> =
            affects.filter_map(|one| purl(json_text(one, "ref"), &components)).collect();
        if products.is_empty() {
            found.wrong.push(format!("{id}: no component that it affects has a package URL"));
            continue;
        }
        let reason = json_text(analysis, "detail");
        let reason =
            if reason.is_empty() { json_texts(analysis, "response").join(", ") } else { reason.to_owned() };
        let said = [json_text(analysis, "lastUpdated"), json_text(vulnerability, "updated")];
        let made = Statement {
            products,
            time: said.into_iter().find(|time| !time.is_empty()).unwrap_or(&time).to_owned(),
            applied: Applied {
                status,
                justification: json_text(analysis, "justification").to_owned(),
                reason,
                author: author.clone(),
                document: found.document.to_owned(),
            },
        };
        found
            .statements
            .extend(names.into_iter().filter(|name| !name.is_empty()).map(|name| (name, made.clone())));
    }
}

// Reference -> package URL, of all components at any depth.
fn components(value: &Value, metadata: &Value) -> HashMap<String, String> {
    let mut all = HashMap::new();
    let mut rest: Vec<(&Value, usize)> =
        value.get("components").and_then(Value::as_array).into_iter().flatten().map(|c| (c, 0)).collect();
    rest.extend(metadata.get("component").map(|component| (component, 0)));
    while let Some((component, depth)) = rest.pop() {
        let (reference, purl) = (json_text(component, "bom-ref"), json_text(component, "purl"));
        if !reference.is_empty() && !purl.is_empty() {
            all.insert(reference.to_owned(), purl.to_owned());
        }
        if depth < DEPTH_MAX {
            let inner = component.get("components").and_then(Value::as_array).into_iter().flatten();
            rest.extend(inner.map(|component| (component, depth + 1)));
        }
    }
    all
}

// `urn:cdx:serial/1#reference` points into another document; its reference is often a package URL.
fn purl(reference: &str, components: &HashMap<String, String>) -> Option<String> {
    let local = reference
        .rsplit_once('#')
        .filter(|_| reference.starts_with("urn:cdx:"))
        .map_or(reference, |(_, local)| local);
    if let Some(purl) = components.get(local) {
        return Some(purl.clone());
    }
    let decoded = crate::source::percent_decode(local);
    [local.to_owned(), decoded].into_iter().find(|text| text.starts_with("pkg:"))
}
