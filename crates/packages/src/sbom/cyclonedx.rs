//! Writes CycloneDX 1.6 in JSON.

use serde_json::{Map, Value, json};

use super::{Document, property, references};
use crate::{distro::Distro, licence, package::Package};

/// The document as text, with a line end at its end.
pub fn write(document: &Document<'_>) -> String {
    let mut text =
        serde_json::to_string_pretty(&value(document)).expect("a value made of text keys can be written");
    text.push('\n');
    text
}

/// The document as a value, for who adds to it; the references of components are [`references`].
pub fn value(document: &Document<'_>) -> Value {
    let inventory = document.inventory;
    let references = references(&inventory.packages);
    let mut components: Vec<Value> = inventory.distro.iter().map(operating_system).collect();
    let packages = inventory.packages.iter().zip(&references);
    components.extend(packages.map(|(package, reference)| component(package, reference)));
    let tool = json!({"type": "application", "name": "yagura", "version": document.tool_version});
    json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": format!("urn:uuid:{}", document.uuid()),
        "version": 1,
        "metadata": {
            "timestamp": document.timestamp,
            "tools": {"components": [tool]},
            "component": {"type": "application", "bom-ref": "target", "name": document.name},
        },
        "components": components,
        "dependencies": dependencies(document, &references),
    })
}

fn operating_system(distro: &Distro) -> Value {
    let mut out = Map::new();
    out.insert("type".into(), "operating-system".into());
    out.insert("bom-ref".into(), format!("os:{}", distro.qualifier()).into());
    out.insert("name".into(), distro.id.clone().into());
    insert(&mut out, "version", &distro.version_id);
    insert_properties(&mut out, property::of_distro(distro));
    Value::Object(out)
}

fn component(package: &Package, reference: &str) -> Value {
    let mut out = Map::new();
    out.insert("type".into(), "library".into());
    out.insert("bom-ref".into(), reference.into());
    // The namespace of an OS package is its distribution, no part of its name.
    if let Some(group) = package.namespace.as_deref().filter(|_| !package.package_type.is_os()) {
        insert(&mut out, "group", group);
    }
    out.insert("name".into(), package.name.clone().into());
    insert(&mut out, "version", &package.version);
    out.insert("purl".into(), package.purl().into());
    if !package.licences.is_empty() {
        out.insert("licenses".into(), licences(&package.licences));
    }
    if !package.hashes.is_empty() {
        let hashes = package.hashes.iter().map(|hash| json!({"alg": hash.algorithm, "content": hash.value}));
        out.insert("hashes".into(), hashes.collect());
    }
    insert_properties(&mut out, property::of(package));
    Value::Object(out)
}

// Either one expression, or a list of identifiers and names.
fn licences(licences: &[String]) -> Value {
    if let [single] = licences
        && !licence::is_id(single)
        && licence::is_expression(single)
    {
        return json!([{"expression": single}]);
    }
    let list = licences.iter().map(|text| {
        let key = if licence::is_id(text) { "id" } else { "name" };
        json!({"license": {key: text}})
    });
    list.collect()
}

fn insert(out: &mut Map<String, Value>, key: &str, value: &str) {
    if !value.is_empty() {
        out.insert(key.into(), value.into());
    }
}

fn insert_properties(out: &mut Map<String, Value>, properties: Vec<(String, String)>) {
    if !properties.is_empty() {
        let list = properties.into_iter().map(|(name, value)| json!({"name": name, "value": value}));
        out.insert("properties".into(), list.collect());
    }
}

// The target needs what nothing else is known to need, and what it asks for itself.
fn dependencies(document: &Document<'_>, references: &[String]) -> Value {
    let packages = &document.inventory.packages;
    let needed: std::collections::HashSet<&str> =
        packages.iter().flat_map(|package| &package.depends_on).map(String::as_str).collect();
    let top = packages.iter().zip(references);
    let top = top
        .filter(|(package, reference)| package.direct == Some(true) || !needed.contains(reference.as_str()));
    let mut top: Vec<&str> = top.map(|(_, reference)| reference.as_str()).collect();
    top.sort_unstable();
    let mut list = vec![json!({"ref": "target", "dependsOn": top})];
    let known: std::collections::HashSet<&str> = references.iter().map(String::as_str).collect();
    for (package, reference) in packages.iter().zip(references) {
        let needs: Vec<&str> =
            package.depends_on.iter().map(String::as_str).filter(|need| known.contains(need)).collect();
        if !needs.is_empty() {
            list.push(json!({"ref": reference, "dependsOn": needs}));
        }
    }
    Value::Array(list)
}
