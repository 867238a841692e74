//! Dart and Flutter: `pubspec.lock`.

use crate::{
    digest, limits,
    package::{Package, PackageType},
    parser::{Found, Parser, Pattern},
    tree::Node,
};

pub(crate) const PARSER: Parser =
    Parser { patterns: &[Pattern::Name("pubspec.lock")], bytes_max: limits::YAML_BYTES_MAX, parse };

fn parse(found: &mut Found, bytes: &[u8]) {
    found.yaml(bytes, |found, root| {
        for (name, node) in root.entries_of("packages") {
            // What comes with the SDK has no version of its own.
            if node.text("source") == Some("sdk") {
                continue;
            }
            let version = node.get("version").and_then(Node::scalar).unwrap_or("");
            let mut package = Package::new(PackageType::Pub, name, version);
            let kind = node.text("dependency").unwrap_or("");
            package.direct = Some(kind.starts_with("direct"));
            package.dev = kind == "direct dev";
            let description = node.get("description");
            let sum = description.and_then(|description| description.get("sha256")).and_then(Node::scalar);
            package.hashes.extend(sum.and_then(|sum| digest::from_hex(("sha256", sum))));
            found.push(package, Some(node.line));
        }
    });
}
