//! `composer.lock` and `vendor/composer/installed.json`.

use std::collections::{HashMap, HashSet};

use crate::{
    digest, limits,
    package::{Package, PackageType},
    parser::{Found, Hint, Parser, Pattern, file_name},
    tree::Node,
};

pub(crate) const PARSER: Parser = Parser {
    patterns: &[
        Pattern::Name("composer.lock"),
        Pattern::In("composer", "installed.json"),
        Pattern::Name("composer.json"),
    ],
    bytes_max: limits::TEXT_BYTES_MAX,
    parse,
};

fn parse(found: &mut Found, bytes: &[u8]) {
    let name = file_name(&found.path).to_owned();
    if name == "composer.json" {
        let text = crate::text::decode(bytes);
        let (root, _) = crate::json::read(&text);
        for (group, dev) in [("require", false), ("require-dev", true)] {
            for (name, _) in root.entries_of(group) {
                found.hints.push(Hint { name: name.to_lowercase(), dev });
            }
        }
        return;
    }
    let installed = name == "installed.json";
    found.json(bytes, |found, root| {
        let dev_names = root.items_of("dev-package-names");
        let dev_names: HashSet<&str> = dev_names.iter().filter_map(Node::str).collect();
        let mut items: HashMap<String, u32> = HashMap::new();
        let mut wanted = Vec::new();
        // Composer 1 wrote the list alone.
        let packages = if root.items().is_empty() { root.items_of("packages") } else { root.items() };
        let groups = [(packages, false), (root.items_of("packages-dev"), true)];
        for (node, dev) in
            groups.into_iter().flat_map(|(nodes, dev)| nodes.iter().map(move |node| (node, dev)))
        {
            let Some(name) = node.text("name") else { continue };
            let mut package = package(node, name);
            package.installed = installed;
            package.dev = dev || dev_names.contains(name);
            let line = node.get("name").map_or(node.line, |name| name.line);
            if let Some(index) = found.push(package, Some(line)) {
                items.insert(name.to_lowercase(), index);
                wanted.push((index, node.entries_of("require")));
            }
        }
        for (index, wanted) in wanted {
            let needs = wanted.iter().filter_map(|(name, _)| items.get(&name.to_lowercase()).copied());
            found.item(index).needs = needs.take(limits::DEPENDENCIES_MAX).collect();
        }
    });
}

fn package(node: &Node<'_>, name: &str) -> Package {
    let mut package = Package::new(PackageType::Composer, name, node.text("version").unwrap_or(""));
    let licences = node.items_of("license").iter().filter_map(Node::str);
    package.licences = licences.map(str::to_owned).collect();
    package.licences.extend(node.text("license").map(str::to_owned));
    let sum = node.get("dist").and_then(|dist| dist.text("shasum"));
    package.hashes.extend(sum.and_then(|sum| digest::from_hex(("sha1", sum))));
    package
}
