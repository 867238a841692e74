//! `obj/project.assets.json`: what NuGet restored for a project.

use std::collections::{HashMap, HashSet};

use crate::{
    digest, limits,
    package::{Package, PackageType},
    parser::{Found, Parser, Pattern},
    tree::Node,
};

pub(crate) const PARSER: Parser =
    Parser { patterns: &[Pattern::Name("project.assets.json")], bytes_max: limits::TEXT_BYTES_MAX, parse };

fn parse(found: &mut Found, bytes: &[u8]) {
    found.json(bytes, |found, root| {
        let direct = direct(root);
        let mut items: HashMap<&str, u32> = HashMap::new();
        // In a target, a dependency has one version.
        for (key, node) in
            root.entries_of("libraries").iter().filter(|(_, node)| node.text("type") == Some("package"))
        {
            let Some((name, version)) = key.rsplit_once('/') else { continue };
            let mut package = Package::new(PackageType::Nuget, name, version);
            package.direct = Some(direct.contains(&name.to_lowercase()));
            let hash = node.text("sha512").and_then(|hash| digest::from_base64(("sha512", hash)));
            package.hashes.extend(hash);
            if let Some(index) = found.push(package, Some(node.line)) {
                items.insert(key, index);
            }
        }
        for (_, target) in root.entries_of("targets") {
            let mut by_name: HashMap<String, u32> = HashMap::new();
            for (key, _) in target.entries() {
                if let (Some((name, _)), Some(index)) = (key.rsplit_once('/'), items.get(&**key)) {
                    by_name.insert(name.to_lowercase(), *index);
                }
            }
            for (key, node) in target.entries() {
                let Some(&index) = items.get(&**key) else { continue };
                let wanted = node.entries_of("dependencies").iter().take(limits::DEPENDENCIES_MAX);
                let needs = wanted.filter_map(|(name, _)| by_name.get(&name.to_lowercase()).copied());
                found.item(index).needs.extend(needs);
            }
        }
    });
}

fn direct(root: &Node<'_>) -> HashSet<String> {
    let frameworks = root.get("project").map_or(&[][..], |project| project.entries_of("frameworks"));
    let names = frameworks.iter().flat_map(|(_, framework)| framework.entries_of("dependencies"));
    names.map(|(name, _)| name.to_lowercase()).collect()
}
