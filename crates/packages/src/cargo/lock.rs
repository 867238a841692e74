//! `Cargo.lock`, versions 1 to 4.

use std::collections::HashMap;

use crate::{
    digest, limits,
    package::{Package, PackageType},
    parser::{Found, Parser, Pattern},
    tree::Node,
};

pub(crate) const PARSER: Parser =
    Parser { patterns: &[Pattern::Name("Cargo.lock")], bytes_max: limits::TEXT_BYTES_MAX, parse };

fn parse(found: &mut Found, bytes: &[u8]) {
    found.toml(bytes, |found, root| {
        let nodes = root.items_of("package");
        let sums = root.entries_of("metadata");
        let sums: HashMap<&str, &str> =
            sums.iter().filter_map(|(key, node)| Some((&**key, node.str()?))).collect();
        let indices: Vec<_> = nodes.iter().map(|node| push(found, node, &sums)).collect();
        link(found, nodes, &indices);
    });
}

fn push(found: &mut Found, node: &Node<'_>, sums: &HashMap<&str, &str>) -> Option<u32> {
    let (name, version) = (node.text("name")?, node.text("version")?);
    let mut package = Package::new(PackageType::Cargo, name, version);
    // Before version 2 the digests stood together at the end.
    let old = || {
        let key = format!("checksum {name} {version} ({})", node.text("source").unwrap_or(""));
        sums.get(key.as_str()).copied()
    };
    let sum = node.text("checksum").or_else(old);
    package.hashes.extend(sum.and_then(|sum| digest::from_hex(("sha256", sum))));
    let line = node.get("name").map_or(node.line, |name| name.line);
    found.push(package, Some(line))
}

// `name`, `name version` or `name version (source)`: as much as is needed to tell it from others.
fn link(found: &mut Found, nodes: &[Node<'_>], indices: &[Option<u32>]) {
    let mut by_name: HashMap<&str, u32> = HashMap::new();
    let mut by_version: HashMap<(&str, &str), u32> = HashMap::new();
    for (node, index) in nodes.iter().zip(indices) {
        if let (Some(name), Some(version), Some(index)) = (node.text("name"), node.text("version"), index) {
            by_name.entry(name).or_insert(*index);
            by_version.entry((name, version)).or_insert(*index);
        }
    }
    for (node, index) in nodes.iter().zip(indices) {
        let Some(index) = *index else { continue };
        // What has no source is part of the project.
        let is_own = node.get("source").is_none();
        let mut needs = Vec::new();
        for wanted in
            node.items_of("dependencies").iter().filter_map(Node::str).take(limits::DEPENDENCIES_MAX)
        {
            let mut words = wanted.split(' ');
            let (name, version) = (words.next().unwrap_or(""), words.next());
            let fitting = match version {
                Some(version) => by_version.get(&(name, version)),
                None => by_name.get(name),
            };
            needs.extend(fitting.copied());
        }
        for need in &needs {
            let direct = &mut found.item(*need).package.direct;
            *direct = Some(direct.unwrap_or(false) || is_own);
        }
        found.item(index).needs = needs;
    }
}
