//! Reads SPDX 2 in JSON.

use std::collections::HashMap;

use super::{
    Format, Sbom, SbomError,
    assemble::{Assembly, Kind, Part},
};
use crate::{
    digest,
    tree::{Broken, Node},
};

pub(super) fn read(root: &Node<'_>, broken: Option<Broken>) -> Result<Sbom, SbomError> {
    let version = root.text("spdxVersion").unwrap_or("");
    let version = check_version(version)?;
    let mut assembly = Assembly::new(broken);
    let extracted = root.items_of("hasExtractedLicensingInfos").iter();
    let extracted: HashMap<&str, &str> = extracted
        .filter_map(|info| {
            Some((info.text("licenseId")?, info.text("name").or_else(|| info.text("extractedText"))?))
        })
        .collect();
    for node in root.items_of("packages") {
        assembly.push(part(node, &extracted));
    }
    for relation in root.items_of("relationships") {
        let told = (relation.text("spdxElementId"), relation.text("relatedSpdxElement"));
        if let ((Some(from), Some(to)), Some(kind)) = (told, relation.text("relationshipType")) {
            relate(&mut assembly, from, kind, to);
        }
    }
    let name = root.text("name").map(str::to_owned);
    Ok(Sbom {
        format: Format::SpdxJson,
        spec_version: version.to_owned(),
        name,
        inventory: assembly.finish(),
    })
}

pub(super) fn check_version(version: &str) -> Result<&str, SbomError> {
    match version.trim().strip_prefix("SPDX-") {
        Some(version @ ("2.0" | "2.1" | "2.2" | "2.3")) => Ok(version),
        _ => Err(SbomError::UnknownVersion { format: "SPDX", version: version.chars().take(32).collect() }),
    }
}

pub(super) fn relate(assembly: &mut Assembly, from: &str, kind: &str, to: &str) {
    match kind {
        "DEPENDS_ON" => assembly.needs.push((from.to_owned(), to.to_owned())),
        kind if kind == "DEPENDENCY_OF" || kind.ends_with("_DEPENDENCY_OF") => {
            assembly.needs.push((to.to_owned(), from.to_owned()));
        }
        _ => {}
    }
}

/// What stands in a licence field: nothing, an expression, or the name that a reference stands for.
pub(super) fn licence(text: &str, extracted: &HashMap<&str, &str>) -> Option<String> {
    match text {
        "" | "NOASSERTION" | "NONE" => None,
        text => Some(extracted.get(text).copied().unwrap_or(text).to_owned()),
    }
}

pub(super) fn kind(purpose: &str) -> Kind {
    match purpose {
        "OPERATING-SYSTEM" | "OPERATING_SYSTEM" | "operatingSystem" => Kind::OperatingSystem,
        "" | "LIBRARY" | "FRAMEWORK" | "library" | "framework" | "install" | "INSTALL" | "SOURCE" => {
            Kind::Package
        }
        // The document's subject.
        _ => Kind::Other,
    }
}

fn part(node: &Node<'_>, extracted: &HashMap<&str, &str>) -> Part {
    let text = |key: &str| node.text(key).unwrap_or("").to_owned();
    let purl = node.items_of("externalRefs").iter().find(|entry| entry.text("referenceType") == Some("purl"));
    let hashes = node.items_of("checksums").iter();
    let hashes =
        hashes.filter_map(|sum| digest::from_hex((sum.text("algorithm")?, sum.text("checksumValue")?)));
    let declared = licence(node.text("licenseDeclared").unwrap_or(""), extracted);
    let declared = declared.or_else(|| licence(node.text("licenseConcluded").unwrap_or(""), extracted));
    let comments = node.items_of("annotations").iter().filter_map(|annotation| annotation.text("comment"));
    let properties = comments.filter_map(|text| text.split_once('='));
    let purpose = node.text("primaryPackagePurpose").unwrap_or("");
    Part {
        id: text("SPDXID"),
        line: node.line,
        kind: kind(purpose),
        name: text("name"),
        version: text("versionInfo"),
        purl: purl.and_then(|entry| entry.text("referenceLocator")).unwrap_or("").to_owned(),
        licences: declared.into_iter().collect(),
        hashes: hashes.collect(),
        properties: properties.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        ..Part::default()
    }
}
