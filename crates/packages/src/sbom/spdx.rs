//! Writes SPDX 2.3 in JSON.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value, json};

use super::{Document, property, references};
use crate::{
    distro::Distro,
    licence,
    package::{Hash, Package},
};

const NONE: &str = "NOASSERTION";

/// The document as text, with a line end at its end.
pub fn write(document: &Document<'_>) -> String {
    let mut text =
        serde_json::to_string_pretty(&value(document)).expect("a value made of text keys can be written");
    text.push('\n');
    text
}

fn value(document: &Document<'_>) -> Value {
    let inventory = document.inventory;
    let mut writer = Writer { document, extracted: BTreeMap::new() };
    let target = json!({
        "SPDXID": "SPDXRef-Target", "name": document.name, "downloadLocation": NONE, "filesAnalyzed": false,
        "licenseConcluded": NONE, "licenseDeclared": NONE, "copyrightText": NONE,
        "primaryPackagePurpose": "APPLICATION",
    });
    let mut packages = vec![target];
    packages.extend(inventory.distro.iter().map(|distro| writer.operating_system(distro)));
    let ids = inventory.packages.iter().enumerate().map(|(index, package)| id(index, package));
    let ids: Vec<String> = ids.collect();
    for (package, id) in inventory.packages.iter().zip(&ids) {
        packages.push(writer.package(package, id));
    }
    let mut out = json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": document.name,
        "documentNamespace": format!("urn:uuid:{}", document.uuid()),
        "creationInfo": {
            "created": document.timestamp,
            "creators": [format!("Tool: yagura-{}", document.tool_version)],
        },
        "packages": packages,
        "relationships": relationships(document, &ids),
    });
    if !writer.extracted.is_empty() {
        let list = writer.extracted.iter();
        let list = list.map(|(id, text)| json!({"licenseId": id, "extractedText": text, "name": text}));
        out["hasExtractedLicensingInfos"] = list.collect();
    }
    out
}

// Identifiers may have letters, digits, dots and dashes only.
fn id(index: usize, package: &Package) -> String {
    let name: String =
        package.name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect();
    format!("SPDXRef-Package-{}-{}-{name}", index + 1, package.package_type.as_str().replace('_', "-"))
}

struct Writer<'d> {
    document: &'d Document<'d>,
    // Licences that are not on the list: reference, text.
    extracted: BTreeMap<String, String>,
}

impl Writer<'_> {
    fn operating_system(&self, distro: &Distro) -> Value {
        let mut out = Map::new();
        let facts = [
            ("SPDXID", "SPDXRef-OperatingSystem"),
            ("name", &distro.id),
            ("downloadLocation", NONE),
            ("licenseConcluded", NONE),
            ("licenseDeclared", NONE),
            ("copyrightText", NONE),
            ("primaryPackagePurpose", "OPERATING-SYSTEM"),
        ];
        out.extend(facts.map(|(key, value)| (key.to_owned(), value.into())));
        out.insert("filesAnalyzed".into(), false.into());
        if !distro.version_id.is_empty() {
            out.insert("versionInfo".into(), distro.version_id.clone().into());
        }
        self.annotate(&mut out, property::of_distro(distro));
        Value::Object(out)
    }

    fn package(&mut self, package: &Package, id: &str) -> Value {
        let mut out = Map::new();
        let name = package.full_name();
        let declared = self.licence(&package.licences);
        let facts = [
            ("SPDXID", id),
            ("name", &name),
            ("downloadLocation", NONE),
            ("licenseConcluded", NONE),
            ("licenseDeclared", &declared),
            ("copyrightText", NONE),
            ("primaryPackagePurpose", "LIBRARY"),
        ];
        out.extend(facts.map(|(key, value)| (key.to_owned(), value.into())));
        out.insert("filesAnalyzed".into(), false.into());
        if !package.version.is_empty() {
            out.insert("versionInfo".into(), package.version.clone().into());
        }
        let reference = json!({
            "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": package.purl(),
        });
        out.insert("externalRefs".into(), json!([reference]));
        let sums: Vec<Value> = package.hashes.iter().filter_map(checksum).collect();
        if !sums.is_empty() {
            out.insert("checksums".into(), sums.into());
        }
        let mut properties = property::of(package);
        // What an expression cannot give back.
        if !(package.licences.is_empty() || package.licences == [declared]) {
            let licences = package.licences.iter().map(|text| ("yagura:licence".to_owned(), text.clone()));
            properties.extend(licences);
        }
        self.annotate(&mut out, properties);
        Value::Object(out)
    }

    fn annotate(&self, out: &mut Map<String, Value>, properties: Vec<(String, String)>) {
        if properties.is_empty() {
            return;
        }
        let list = properties.into_iter().map(|(name, value)| {
            json!({
                "annotationDate": self.document.timestamp,
                "annotationType": "OTHER",
                "annotator": format!("Tool: yagura-{}", self.document.tool_version),
                "comment": format!("{name}={value}"),
            })
        });
        out.insert("annotations".into(), list.collect());
    }

    fn licence(&mut self, licences: &[String]) -> String {
        let parts = licences.iter().map(|text| {
            if licence::is_expression(text) {
                let is_compound = licences.len() > 1 && text.contains(" OR ") && !text.starts_with('(');
                return if is_compound { format!("({text})") } else { text.clone() };
            }
            let reference = reference(text);
            self.extracted.insert(reference.clone(), text.clone());
            reference
        });
        let parts: Vec<String> = parts.collect();
        if parts.is_empty() { NONE.to_owned() } else { parts.join(" AND ") }
    }
}

// A reference made of the text; a digest keeps long or similar ones apart.
fn reference(text: &str) -> String {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(text.as_bytes());
    let digest: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let words = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
    let words: String = words.take(40).collect();
    format!("LicenseRef-{}-{digest}", words.trim_matches('-'))
}

fn checksum(hash: &Hash) -> Option<Value> {
    // SPDX 2.3 writes `SHA256` but `SHA3-256` and `BLAKE2b-256`.
    let algorithm = match hash.algorithm {
        name if name.starts_with("SHA-") => name.replacen('-', "", 1),
        name => name.to_owned(),
    };
    Some(json!({"algorithm": algorithm, "checksumValue": hash.value}))
}

fn relationships(document: &Document<'_>, ids: &[String]) -> Value {
    let relation = |from: &str, kind: &str, to: &str| json!({"spdxElementId": from, "relationshipType": kind, "relatedSpdxElement": to});
    let mut out = vec![relation("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-Target")];
    if document.inventory.distro.is_some() {
        out.push(relation("SPDXRef-Target", "CONTAINS", "SPDXRef-OperatingSystem"));
    }
    let references = references(&document.inventory.packages);
    let by_reference: HashMap<&str, &str> =
        references.iter().map(String::as_str).zip(ids.iter().map(String::as_str)).collect();
    for (package, id) in document.inventory.packages.iter().zip(ids) {
        out.push(relation("SPDXRef-Target", "CONTAINS", id));
        let needs = package.depends_on.iter().filter_map(|need| by_reference.get(need.as_str()));
        out.extend(needs.map(|need| relation(id, "DEPENDS_ON", need)));
    }
    Value::Array(out)
}
