//! Reads CycloneDX 1.2 to 1.7 in JSON.

use super::{
    Format, Sbom, SbomError,
    assemble::{Assembly, Kind, Part},
};
use crate::{
    digest, limits,
    tree::{Broken, Node},
};

pub(super) fn read(root: &Node<'_>, broken: Option<Broken>) -> Result<Sbom, SbomError> {
    let version = root.get("specVersion").and_then(Node::scalar).unwrap_or("");
    check_version(version)?;
    let mut assembly = Assembly::new(broken);
    let described = root.get("metadata").and_then(|metadata| metadata.get("component"));
    // What is described may be a package with components in it.
    if let Some(described) = described {
        walk(described.items_of("components"), &mut assembly);
        if described.get("purl").is_some() {
            assembly.push(part(described));
        }
    }
    walk(root.items_of("components"), &mut assembly);
    for dependency in root.items_of("dependencies") {
        let Some(from) = dependency.text("ref") else { continue };
        for to in dependency.items_of("dependsOn").iter().filter_map(Node::str).take(limits::DEPENDENCIES_MAX)
        {
            assembly.needs.push((from.to_owned(), to.to_owned()));
        }
    }
    let name = described.and_then(|node| node.text("name")).map(str::to_owned);
    let (format, spec_version) = (Format::CycloneDxJson, version.to_owned());
    Ok(Sbom { format, spec_version, name, inventory: assembly.finish() })
}

pub(super) fn check_version(version: &str) -> Result<(), SbomError> {
    match version {
        "1.0" | "1.1" | "1.2" | "1.3" | "1.4" | "1.5" | "1.6" | "1.7" => Ok(()),
        _ => Err(SbomError::UnknownVersion {
            format: "CycloneDX",
            version: version.chars().take(32).collect(),
        }),
    }
}

pub(super) fn kind(kind: &str) -> Kind {
    match kind {
        "library" | "framework" => Kind::Package,
        // Applications without package URL are files and lock files.
        "operating-system" => Kind::OperatingSystem,
        _ => Kind::Other,
    }
}

// Components may hold components; the depth is that of the document.
fn walk(components: &[Node<'_>], assembly: &mut Assembly) {
    for component in components {
        assembly.push(part(component));
        walk(component.items_of("components"), assembly);
    }
}

fn part(node: &Node<'_>) -> Part {
    let text = |key: &str| node.text(key).unwrap_or("").to_owned();
    let licences = node.items_of("licenses").iter().filter_map(|entry| {
        let licence = entry.get("license");
        let told = |key: &str| licence.and_then(|licence| licence.text(key));
        told("id").or_else(|| told("name")).or_else(|| entry.text("expression")).map(str::to_owned)
    });
    let hashes = node.items_of("hashes").iter();
    let hashes = hashes.filter_map(|hash| digest::from_hex((hash.text("alg")?, hash.text("content")?)));
    let properties = node.items_of("properties").iter();
    let properties =
        properties.filter_map(|pair| Some((pair.text("name")?.to_owned(), pair.text("value")?.to_owned())));
    Part {
        id: text("bom-ref"),
        line: node.line,
        kind: kind(node.text("type").unwrap_or("library")),
        group: text("group"),
        name: text("name"),
        version: text("version"),
        purl: text("purl"),
        licences: licences.collect(),
        hashes: hashes.collect(),
        properties: properties.collect(),
    }
}
