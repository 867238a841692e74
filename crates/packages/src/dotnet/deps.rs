//! `*.deps.json`: what a program that was built needs at run time.

use std::collections::HashMap;

use crate::{
    digest, limits,
    package::{Package, PackageType},
    parser::{Found, Parser, Pattern},
};

pub(crate) const PARSER: Parser = Parser {
    patterns: &[Pattern::Extension("json", |path| path.ends_with(".deps.json"))],
    bytes_max: limits::TEXT_BYTES_MAX,
    parse,
};

fn parse(found: &mut Found, bytes: &[u8]) {
    found.json(bytes, |found, root| {
        let mut items: HashMap<&str, u32> = HashMap::new();
        for (key, node) in root.entries_of("libraries") {
            let Some((name, version)) = key.rsplit_once('/') else { continue };
            // The program's own projects are no packages.
            if node.text("type").is_some_and(|kind| kind.eq_ignore_ascii_case("project")) {
                continue;
            }
            let mut package = Package::new(PackageType::Nuget, name, version);
            package.installed = true;
            // `sha512-BASE64`; empty for what is no package.
            let hash =
                node.text("sha512").and_then(|hash| hash.split_once('-')).and_then(digest::from_base64);
            package.hashes.extend(hash);
            if let Some(index) = found.push(package, Some(node.line)) {
                items.insert(key, index);
            }
        }
        for (_, target) in root.entries_of("targets") {
            for (key, node) in target.entries() {
                let Some(&index) = items.get(&**key) else { continue };
                let wanted = node.entries_of("dependencies").iter().take(limits::DEPENDENCIES_MAX);
                let wanted = wanted.filter_map(|(name, version)| Some(format!("{name}/{}", version.str()?)));
                let needs = wanted.filter_map(|key| items.get(key.as_str()).copied());
                found.item(index).needs = needs.collect();
            }
        }
    });
}
