//! Reads CycloneDX 1.0 to 1.7 in XML.

use super::{
    Format, Sbom, SbomError,
    assemble::{Assembly, Part},
    cyclonedx_json::{check_version, kind},
};
use crate::{
    digest, limits,
    xml::{self, Element},
};

pub(super) fn read(text: &str) -> Result<Sbom, SbomError> {
    let (root, broken) = xml::read_up_to(text, limits::SBOM_NODES_MAX);
    // The version stands at the end of the namespace: `http://cyclonedx.org/schema/bom/1.6`.
    let spaces = root.attributes.iter().filter(|(_, value)| value.contains("cyclonedx.org/schema/bom/"));
    let version = spaces.filter_map(|(_, value)| value.rsplit('/').next()).next();
    let Some(version) = version.filter(|_| root.name == "bom") else { return Err(SbomError::UnknownFormat) };
    check_version(version)?;
    let mut assembly = Assembly::new(broken);
    let described = root.get("metadata").and_then(|metadata| metadata.get("component"));
    if let Some(described) = described {
        walk(described.children_of("components"), &mut assembly);
        if described.get("purl").is_some() {
            assembly.push(part(described));
        }
    }
    walk(root.children_of("components"), &mut assembly);
    for dependency in root.children_of("dependencies") {
        let Some(from) = dependency.attribute("ref") else { continue };
        let needs = dependency.children.iter().filter_map(|child| child.attribute("ref"));
        for to in needs.take(limits::DEPENDENCIES_MAX) {
            assembly.needs.push((from.to_owned(), to.to_owned()));
        }
    }
    let name = described.and_then(|element| element.text_of("name")).map(str::to_owned);
    let (format, spec_version) = (Format::CycloneDxXml, version.to_owned());
    Ok(Sbom { format, spec_version, name, inventory: assembly.finish() })
}

fn walk(components: &[Element], assembly: &mut Assembly) {
    for component in components.iter().filter(|element| element.name == "component") {
        assembly.push(part(component));
        walk(component.children_of("components"), assembly);
    }
}

fn part(element: &Element) -> Part {
    let text = |name: &str| element.text_of(name).unwrap_or("").to_owned();
    let licences = element.children_of("licenses").iter().filter_map(|entry| match entry.name.as_str() {
        "expression" => Some(entry.text.trim().to_owned()),
        _ => entry.text_of("id").or_else(|| entry.text_of("name")).map(str::to_owned),
    });
    let hashes = element.children_of("hashes").iter();
    let hashes = hashes.filter_map(|hash| digest::from_hex((hash.attribute("alg")?, &hash.text)));
    let properties = element.children_of("properties").iter();
    let properties =
        properties.filter_map(|pair| Some((pair.attribute("name")?.to_owned(), pair.text.clone())));
    Part {
        id: element.attribute("bom-ref").unwrap_or("").to_owned(),
        line: element.line,
        kind: kind(element.attribute("type").unwrap_or("library")),
        group: text("group"),
        name: text("name"),
        version: text("version"),
        purl: text("purl"),
        licences: licences.collect(),
        hashes: hashes.collect(),
        properties: properties.collect(),
    }
}
