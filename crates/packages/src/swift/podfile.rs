//! `Podfile.lock`.

use std::collections::{HashMap, HashSet};

use crate::{
    limits,
    package::{Package, PackageType},
    parser::{Found, Parser, Pattern},
    tree::Node,
};

pub(crate) const PARSER: Parser =
    Parser { patterns: &[Pattern::Name("Podfile.lock")], bytes_max: limits::YAML_BYTES_MAX, parse };

// PODS:
//   - AFNetworking (4.0.1):
//     - AFNetworking/Serialization (= 4.0.1)
//   - Pod/Part (1.0)
// DEPENDENCIES:
//   - AFNetworking (~> 4.0)
fn parse(found: &mut Found, bytes: &[u8]) {
    found.yaml(bytes, |found, root| {
        let direct: HashSet<&str> =
            root.items_of("DEPENDENCIES").iter().filter_map(Node::scalar).map(|text| split(text).0).collect();
        let mut items: HashMap<&str, u32> = HashMap::new();
        let mut wanted = Vec::new();
        for node in root.items_of("PODS") {
            let (text, needs) = match node.entries().first() {
                Some((key, needs)) => (&**key, needs.items()),
                None => (node.scalar().unwrap_or(""), &[][..]),
            };
            let (name, version) = split(text);
            let (base, part) = name.split_once('/').map_or((name, None), |(base, part)| (base, Some(part)));
            let mut package = Package::new(PackageType::Cocoapods, base, version);
            package.subpath = part.map(str::to_owned);
            package.direct = Some(direct.contains(name));
            if let Some(index) = found.push(package, Some(node.line)) {
                items.insert(name, index);
                wanted.push((index, needs));
            }
        }
        for (index, needs) in wanted {
            let needs =
                needs.iter().filter_map(Node::scalar).filter_map(|text| items.get(split(text).0).copied());
            found.item(index).needs = needs.take(limits::DEPENDENCIES_MAX).collect();
        }
    });
}

// `name (version)`
fn split(text: &str) -> (&str, &str) {
    let (name, rest) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
    (name, rest.trim_start_matches('(').trim_end_matches(')'))
}
