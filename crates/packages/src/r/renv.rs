//! `renv.lock`.

use std::collections::HashMap;

use crate::{
    limits,
    package::{Package, PackageType},
    parser::{Found, Parser, Pattern},
    tree::Node,
};

pub(crate) const PARSER: Parser =
    Parser { patterns: &[Pattern::Name("renv.lock")], bytes_max: limits::TEXT_BYTES_MAX, parse };

fn parse(found: &mut Found, bytes: &[u8]) {
    found.json(bytes, |found, root| {
        let mut items: HashMap<&str, u32> = HashMap::new();
        let entries = root.entries_of("Packages");
        for (key, node) in entries {
            let name = node.text("Package").unwrap_or(key);
            let package = Package::new(PackageType::Cran, name, node.text("Version").unwrap_or(""));
            if let Some(index) = found.push(package, Some(node.line)) {
                items.insert(key, index);
            }
        }
        for (key, node) in entries {
            let Some(&index) = items.get(&**key) else { continue };
            let groups = ["Requirements", "Depends", "Imports", "LinkingTo"];
            let wanted = groups.into_iter().flat_map(|group| node.items_of(group)).filter_map(Node::str);
            let names = wanted.map(|text| text.split([' ', '(']).next().unwrap_or(text));
            let needs = names.filter_map(|name| items.get(name).copied());
            found.item(index).needs = needs.take(limits::DEPENDENCIES_MAX).collect();
        }
    });
}
