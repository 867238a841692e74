//! `stack.yaml.lock`: packages besides those of the snapshot.

use crate::{
    digest, haskell, limits,
    package::{Package, PackageType},
    parser::{Found, Parser, Pattern},
};

pub(crate) const PARSER: Parser =
    Parser { patterns: &[Pattern::Name("stack.yaml.lock")], bytes_max: limits::YAML_BYTES_MAX, parse };

fn parse(found: &mut Found, bytes: &[u8]) {
    found.yaml(bytes, |found, root| {
        for node in root.items_of("packages") {
            let Some(completed) = node.get("completed") else { continue };
            // `name-1.2.3@sha256:digest,size` of the cabal file; archives and repositories tell name and version.
            let text = completed.text("hackage").unwrap_or("");
            let (text, _) = text.split_once('@').unwrap_or((text, ""));
            let told = completed.text("name").zip(completed.text("version"));
            let Some((name, version)) = haskell::split(text).or(told) else { continue };
            let mut package = Package::new(PackageType::Hackage, name, version);
            let sum = completed.text("sha256");
            package.hashes.extend(sum.and_then(|sum| digest::from_hex(("sha256", sum))));
            found.push(package, Some(completed.line));
        }
    });
}
