//! Reads SPDX 3 in JSON-LD: a graph of elements.

use std::collections::HashMap;

use super::{
    Format, Sbom, SbomError,
    assemble::{Assembly, Part},
    spdx_json::kind,
};
use crate::{
    digest,
    tree::{Broken, Node},
};

pub(super) fn read(root: &Node<'_>, broken: Option<Broken>) -> Result<Sbom, SbomError> {
    let context = root.text("@context").unwrap_or("");
    let elements = root.items_of("@graph");
    let told = elements.iter().find_map(|element| element.text("specVersion"));
    let version = told.or_else(|| context.split('/').find(|part| part.starts_with("3."))).unwrap_or("");
    if !version.starts_with("3.") {
        let version = version.chars().take(32).collect();
        return Err(SbomError::UnknownVersion { format: "SPDX", version });
    }
    let mut assembly = Assembly::new(broken);
    let mut index: HashMap<&str, usize> = HashMap::new();
    let mut licences: HashMap<&str, &str> = HashMap::new();
    let mut name = None;
    for element in elements {
        let id = element.text("spdxId").or_else(|| element.text("@id")).unwrap_or("");
        match element.text("type").or_else(|| element.text("@type")).unwrap_or("") {
            "software_Package" | "software:Package" => {
                index.insert(id, assembly.parts.len());
                assembly.push(part(element, id));
            }
            "simplelicensing_LicenseExpression" => {
                licences.extend(element.text("simplelicensing_licenseExpression").map(|text| (id, text)));
            }
            "expandedlicensing_ListedLicense" | "expandedlicensing_CustomLicense" => {
                // A listed licence's id ends with its identifier.
                licences.insert(id, element.text("name").or_else(|| id.rsplit('/').next()).unwrap_or(id));
            }
            "SpdxDocument" => name = element.text("name").map(str::to_owned),
            _ => {}
        }
    }
    for relation in elements {
        let (Some(kind), Some(from)) = (relation.text("relationshipType"), relation.text("from")) else {
            continue;
        };
        for to in relation.items_of("to").iter().filter_map(Node::str) {
            match kind {
                "dependsOn" => assembly.needs.push((from.to_owned(), to.to_owned())),
                "hasDeclaredLicense" | "hasConcludedLicense" => {
                    if let (Some(&at), Some(text)) = (index.get(from), licences.get(to))
                        && let Some(part) = assembly.parts.get_mut(at)
                    {
                        part.licences.push((*text).to_owned());
                    }
                }
                _ => {}
            }
        }
    }
    let (format, spec_version) = (Format::Spdx3, version.to_owned());
    Ok(Sbom { format, spec_version, name, inventory: assembly.finish() })
}

fn part(element: &Node<'_>, id: &str) -> Part {
    // Keys are written with the profile's name before them.
    let told = |name: &str| {
        element.text(&format!("software_{name}")).or_else(|| element.text(&format!("software:{name}")))
    };
    let external = element.items_of("externalIdentifier").iter().find(|identifier| {
        matches!(identifier.text("externalIdentifierType"), Some("packageUrl" | "packageURL" | "purl"))
    });
    let purl = told("packageUrl").or_else(|| external.and_then(|identifier| identifier.text("identifier")));
    let hashes = element.items_of("verifiedUsing").iter();
    let hashes =
        hashes.filter_map(|hash| digest::from_hex((hash.text("algorithm")?, hash.text("hashValue")?)));
    Part {
        id: id.to_owned(),
        line: element.line,
        kind: kind(told("primaryPurpose").unwrap_or("")),
        name: element.text("name").unwrap_or("").to_owned(),
        version: told("packageVersion").unwrap_or("").to_owned(),
        purl: purl.unwrap_or("").to_owned(),
        hashes: hashes.collect(),
        ..Part::default()
    }
}
