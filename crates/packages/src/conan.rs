//! C and C++: `conan.lock`, versions 1 and 2.

use std::collections::HashMap;

use crate::{
    limits,
    package::{Package, PackageType},
    parser::{Found, Parser, Pattern},
    tree::Node,
};

pub(crate) const PARSER: Parser =
    Parser { patterns: &[Pattern::Name("conan.lock")], bytes_max: limits::TEXT_BYTES_MAX, parse };

fn parse(found: &mut Found, bytes: &[u8]) {
    found.json(bytes, |found, root| {
        if let Some(graph) = root.get("graph_lock") {
            return graph_lock(found, graph.entries_of("nodes"));
        }
        for (group, dev) in [("requires", false), ("build_requires", true), ("python_requires", true)] {
            for node in root.items_of(group) {
                push(found, node, node.str().unwrap_or(""), dev);
            }
        }
    });
}

// `name/version@user/channel#revision%timestamp`; what follows the version may be missing.
fn push(found: &mut Found, node: &Node<'_>, reference: &str, dev: bool) -> Option<u32> {
    let reference = reference.split(['#', '%', ':']).next().unwrap_or(reference);
    let (name, rest) = reference.split_once('/')?;
    let (version, owner) = rest.split_once('@').unwrap_or((rest, ""));
    let mut package = Package::new(PackageType::Conan, name.trim(), version.trim());
    if let Some((user, channel)) = owner.split_once('/').filter(|(user, _)| *user != "_") {
        package.namespace = Some(user.to_owned());
        package.qualifiers.insert("channel".to_owned(), channel.to_owned());
    }
    package.dev = dev;
    found.push(package, Some(node.line))
}

fn graph_lock(found: &mut Found, nodes: &[(std::borrow::Cow<'_, str>, Node<'_>)]) {
    let mut items: HashMap<&str, u32> = HashMap::new();
    for (id, node) in nodes {
        // The project itself is a path.
        let Some(reference) = node.text("ref").filter(|reference| !reference.contains(' ')) else { continue };
        let dev = node.text("context") == Some("build");
        if let Some(index) = push(found, node, reference, dev) {
            items.insert(id, index);
        }
    }
    for (id, node) in nodes {
        let wanted = node.items_of("requires").iter().filter_map(Node::str);
        let needs: Vec<u32> =
            wanted.filter_map(|id| items.get(id).copied()).take(limits::DEPENDENCIES_MAX).collect();
        match items.get(&**id) {
            Some(&index) => found.item(index).needs = needs,
            None => needs.into_iter().for_each(|need| found.item(need).package.direct = Some(true)),
        }
    }
}
