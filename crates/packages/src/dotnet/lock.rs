//! `packages.lock.json`: packages by target framework.

use std::collections::HashMap;

use crate::{
    digest, limits,
    package::{Package, PackageType},
    parser::{Found, Parser, Pattern},
};

pub(crate) const PARSER: Parser =
    Parser { patterns: &[Pattern::Name("packages.lock.json")], bytes_max: limits::TEXT_BYTES_MAX, parse };

fn parse(found: &mut Found, bytes: &[u8]) {
    found.json(bytes, |found, root| {
        for (_, framework) in root.entries_of("dependencies") {
            let mut items: HashMap<String, u32> = HashMap::new();
            let mut wanted = Vec::new();
            for (name, node) in framework.entries() {
                let kind = node.text("type").unwrap_or("");
                if kind.eq_ignore_ascii_case("project") {
                    continue;
                }
                let Some(version) = node.text("resolved") else { continue };
                let mut package = Package::new(PackageType::Nuget, name, version);
                package.direct = Some(kind.eq_ignore_ascii_case("direct"));
                let hash = node.text("contentHash").and_then(|hash| digest::from_base64(("sha512", hash)));
                package.hashes.extend(hash);
                if let Some(index) = found.push(package, Some(node.line)) {
                    items.insert(name.to_lowercase(), index);
                    wanted.push((index, node.entries_of("dependencies")));
                }
            }
            for (index, wanted) in wanted {
                let needs = wanted.iter().filter_map(|(name, _)| items.get(&name.to_lowercase()).copied());
                found.item(index).needs = needs.take(limits::DEPENDENCIES_MAX).collect();
            }
        }
    });
}
