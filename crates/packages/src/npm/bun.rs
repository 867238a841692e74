//! `bun.lock`: JSON with comments and trailing commas; each package is a list.

use std::collections::HashMap;

use crate::{
    limits,
    npm::{integrity, split_at_version},
    package::{Package, PackageType},
    parser::{Found, Parser, Pattern},
    tree::Node,
};

pub(crate) const PARSER: Parser =
    Parser { patterns: &[Pattern::Project("bun.lock")], bytes_max: limits::TEXT_BYTES_MAX, parse };

fn parse(found: &mut Found, bytes: &[u8]) {
    found.json(bytes, |found, root| {
        let mut direct: HashMap<&str, bool> = HashMap::new();
        for (_, workspace) in root.entries_of("workspaces") {
            for (group, dev) in
                [("dependencies", false), ("optionalDependencies", false), ("devDependencies", true)]
            {
                for (name, _) in workspace.entries_of(group) {
                    let entry = direct.entry(name).or_insert(dev);
                    *entry &= dev;
                }
            }
        }
        let mut items: HashMap<&str, u32> = HashMap::new();
        let entries = root.entries_of("packages");
        for (key, node) in entries {
            if let Some(index) = push(found, key, node, &direct) {
                items.insert(key, index);
            }
        }
        for (key, node) in entries {
            let Some(&index) = items.get(&**key) else { continue };
            let Some(details) = node.items().iter().find(|node| !node.entries().is_empty()) else { continue };
            let groups = ["dependencies", "optionalDependencies", "peerDependencies"];
            let wanted =
                groups.into_iter().flat_map(|group| details.entries_of(group)).take(limits::DEPENDENCIES_MAX);
            let needs = wanted.filter_map(|(name, _)| resolve(&items, key, name));
            found.item(index).needs = needs.collect();
        }
        let needed = direct.iter().filter(|(_, dev)| !**dev).filter_map(|(name, _)| items.get(name).copied());
        found.mark_unreached_dev(needed.collect());
    });
}

// `["name@version", "registry", {dependencies}, "integrity"]`
fn push(found: &mut Found, key: &str, node: &Node<'_>, direct: &HashMap<&str, bool>) -> Option<u32> {
    let (name, version) = node.items().first().and_then(Node::str).and_then(split_at_version)?;
    if version.starts_with("workspace:") || version.starts_with("link:") || version.starts_with("file:") {
        return None;
    }
    let mut package = Package::new(PackageType::Npm, name, version);
    package.hashes = node.items().last().and_then(Node::str).map(integrity).unwrap_or_default();
    package.direct = Some(direct.contains_key(key));
    found.push(package, Some(node.line))
}

// Keys are places as in node_modules: `a/b` is the `b` that lies in `a`.
fn resolve(items: &HashMap<&str, u32>, place: &str, name: &str) -> Option<u32> {
    let mut folder = place;
    for _ in 0..limits::MODULE_DEPTH_MAX {
        let key = format!("{folder}/{name}");
        if let Some(index) = items.get(key.as_str()) {
            return Some(*index);
        }
        match folder.rsplit_once('/') {
            Some((outer, _)) => folder = outer,
            None => break,
        }
    }
    items.get(name).copied()
}
