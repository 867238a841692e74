//! Writes CycloneDX 1.6 in JSON.

use std::collections::HashSet;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::{Document, property, references};
use crate::{distro::Distro, licence, package::Package};

/// The document as text, with a line end at its end.
pub fn write(document: &Document<'_>) -> String {
    let references = references(&document.inventory.packages);
    let bom = bom(document, &references, None);
    let mut text = serde_json::to_string_pretty(&bom).expect("a value made of text keys can be written");
    text.push('\n');
    text
}

/// The document as a value; the references of components are [`references`].
pub fn value(document: &Document<'_>) -> Value {
    let references = references(&document.inventory.packages);
    serde_json::to_value(bom(document, &references, None)).expect("a value made of text keys can be written")
}

/// The document for a writer that takes it piece by piece, so that the whole never lies in memory. `references` are those
/// of [`references`], `vulnerabilities` is a list in CycloneDX' words.
pub fn bom<'a>(
    document: &'a Document<'a>,
    references: &'a [String],
    vulnerabilities: Option<Value>,
) -> impl Serialize + 'a {
    let tool = json!({"type": "application", "name": "yagura", "version": document.tool_version});
    Bom {
        schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
        format: "CycloneDX",
        spec_version: "1.6",
        serial_number: format!("urn:uuid:{}", document.uuid()),
        version: 1,
        metadata: json!({
            "timestamp": document.timestamp,
            "tools": {"components": [tool]},
            "component": {"type": "application", "bom-ref": "target", "name": document.name},
        }),
        components: Components(document, references),
        dependencies: Dependencies(document, references),
        vulnerabilities,
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Bom<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    #[serde(rename = "bomFormat")]
    format: &'static str,
    spec_version: &'static str,
    serial_number: String,
    version: u32,
    metadata: Value,
    components: Components<'a>,
    dependencies: Dependencies<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vulnerabilities: Option<Value>,
}

struct Components<'a>(&'a Document<'a>, &'a [String]);

impl Serialize for Components<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let inventory = self.0.inventory;
        let packages = inventory.packages.iter().zip(self.1);
        let packages = packages.map(|(package, reference)| component(package, reference));
        serializer.collect_seq(inventory.distro.iter().map(operating_system).chain(packages))
    }
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

struct Dependencies<'a>(&'a Document<'a>, &'a [String]);

// The target needs what nothing else is known to need, and what it asks for itself.
impl Serialize for Dependencies<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (packages, references) = (&self.0.inventory.packages, self.1);
        let needed: HashSet<&str> =
            packages.iter().flat_map(|package| &package.depends_on).map(String::as_str).collect();
        let top = packages.iter().zip(references).filter(|(package, reference)| {
            package.direct == Some(true) || !needed.contains(reference.as_str())
        });
        let mut top: Vec<&str> = top.map(|(_, reference)| reference.as_str()).collect();
        top.sort_unstable();
        let known: HashSet<&str> = references.iter().map(String::as_str).collect();
        let others = packages.iter().zip(references).filter_map(|(package, reference)| {
            let needs = package.depends_on.iter().map(String::as_str);
            let needs: Vec<&str> = needs.filter(|need| known.contains(need)).collect();
            (!needs.is_empty()).then(|| json!({"ref": reference, "dependsOn": needs}))
        });
        serializer.collect_seq(std::iter::once(json!({"ref": "target", "dependsOn": top})).chain(others))
    }
}
