//! `Pipfile.lock`.

use crate::{
    digest, limits,
    package::{Package, PackageType},
    parser::{Found, Parser, Pattern},
    tree::Node,
};

pub(crate) const PARSER: Parser =
    Parser { patterns: &[Pattern::Name("Pipfile.lock")], bytes_max: limits::TEXT_BYTES_MAX, parse };

fn parse(found: &mut Found, bytes: &[u8]) {
    found.json(bytes, |found, root| {
        // Groups besides these two are named by the user.
        for (group, nodes) in root.entries().iter().filter(|(group, _)| group != "_meta") {
            for (name, node) in nodes.entries() {
                let Some(version) = node.text("version") else { continue };
                let mut package = Package::new(PackageType::Pypi, name, version.trim_start_matches('='));
                let hashes = node.items_of("hashes").iter().filter_map(|hash| hash.str()?.split_once(':'));
                package.hashes = hashes.filter_map(digest::from_hex).collect();
                package.dev = group == "develop";
                // `index` is written for what the Pipfile itself names.
                package.direct = node.get("index").and_then(Node::str).map(|_| true);
                found.push(package, Some(node.line));
            }
        }
    });
}
