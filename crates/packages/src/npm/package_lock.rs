//! `package-lock.json` and `npm-shrinkwrap.json`, versions 1 to 3; `node_modules/.package-lock.json`.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

use crate::{
    limits,
    package::{Package, PackageType},
    parser::{Found, Parser, Pattern},
    tree::Node,
};

pub(crate) const PARSER: Parser = Parser {
    patterns: &[
        Pattern::Project("package-lock.json"),
        Pattern::Project("npm-shrinkwrap.json"),
        Pattern::Name(".package-lock.json"),
    ],
    bytes_max: limits::TEXT_BYTES_MAX,
    parse,
};

fn parse(found: &mut Found, bytes: &[u8]) {
    found.json(bytes, |found, root| {
        if root.get("packages").is_some() {
            flat(found, root.entries_of("packages"));
        } else {
            let mut tree = Tree { found, scopes: Vec::new() };
            tree.read(root);
        }
    });
}

type Entries<'e, 'a> = &'e [(Cow<'a, str>, Node<'a>)];

// Versions 2 and 3: every place in node_modules is a key.
fn flat(found: &mut Found, entries: Entries<'_, '_>) {
    let root = entries.iter().find(|(place, _)| place.is_empty()).map(|(_, node)| asked_for(node));
    let mut places: HashMap<&str, u32> = HashMap::new();
    let mut links = Vec::new();
    for (place, node) in entries.iter().filter(|(place, _)| !place.is_empty()) {
        // A link points to a package of the project.
        if node.flag("link") {
            links.extend(node.text("resolved").map(|to| (&**place, to)));
            continue;
        }
        let name =
            place.rsplit_once("node_modules/").map_or(crate::parser::file_name(place), |(_, name)| name);
        let mut package = Package::new(PackageType::Npm, node.text("name").unwrap_or(name), "");
        fill(&mut package, node);
        let at_top = place.len() == "node_modules/".len() + name.len();
        package.direct = root.as_ref().map(|root| at_top && root.contains(name));
        if let Some(index) = found.push(package, Some(node.line)) {
            places.insert(place, index);
        }
    }
    for (place, to) in links {
        if let Some(&index) = places.get(to) {
            places.insert(place, index);
            let name = place.rsplit_once("node_modules/").map_or(place, |(_, name)| name);
            found.item(index).package.direct = root.as_ref().map(|root| root.contains(name));
        }
    }
    for (place, node) in entries {
        let Some(&index) = places.get(&**place) else { continue };
        let needs = wanted(node).filter_map(|name| resolve(&places, place, name)).collect();
        found.item(index).needs = needs;
    }
}

fn fill(package: &mut Package, node: &Node<'_>) {
    package.version = node.text("version").unwrap_or_default().to_owned();
    package.dev = node.flag("dev") || node.flag("devOptional");
    package.licences.extend(node.text("license").map(str::to_owned));
    package.hashes = node.text("integrity").map(crate::npm::integrity).unwrap_or_default();
}

const GROUPS: [&str; 4] = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];

fn asked_for<'n>(root: &'n Node<'_>) -> HashSet<&'n str> {
    GROUPS.iter().flat_map(|group| root.entries_of(group)).map(|(name, _)| &**name).collect()
}

fn wanted<'n>(node: &'n Node<'_>) -> impl Iterator<Item = &'n str> {
    let groups = ["dependencies", "optionalDependencies", "peerDependencies"];
    groups
        .into_iter()
        .flat_map(|group| node.entries_of(group))
        .map(|(name, _)| &**name)
        .take(limits::DEPENDENCIES_MAX)
}

// As Node looks for a module: in the package's own node_modules, then in each one above.
fn resolve(places: &HashMap<&str, u32>, place: &str, name: &str) -> Option<u32> {
    let mut folder = place;
    let mut candidate = String::new();
    for _ in 0..limits::MODULE_DEPTH_MAX {
        candidate.clear();
        candidate.push_str(folder);
        if !folder.is_empty() {
            candidate.push('/');
        }
        candidate.push_str("node_modules/");
        candidate.push_str(name);
        if let Some(index) = places.get(candidate.as_str()) {
            return Some(*index);
        }
        if folder.is_empty() {
            return None;
        }
        folder = folder.rfind("node_modules/").map_or("", |at| folder[..at].trim_end_matches('/'));
    }
    None
}

// Version 1: dependencies lie in each other as in node_modules.
struct Tree<'f, 'n> {
    found: &'f mut Found,
    scopes: Vec<HashMap<&'n str, u32>>,
}

impl<'n> Tree<'_, 'n> {
    // Leaves the scope of the node's dependencies on the stack.
    fn read(&mut self, node: &'n Node<'_>) {
        let mut scope = HashMap::new();
        let mut own = Vec::new();
        for (name, node) in node.entries_of("dependencies") {
            if let Some(index) = self.push(name, node) {
                scope.insert(&**name, index);
                own.push((index, node));
            }
        }
        self.scopes.push(scope);
        for (index, node) in own {
            let is_nested = !node.entries_of("dependencies").is_empty();
            if is_nested {
                self.read(node);
            }
            self.link(index, node);
            if is_nested {
                self.scopes.pop();
            }
        }
    }

    fn push(&mut self, name: &str, node: &Node<'_>) -> Option<u32> {
        let version = node.text("version")?;
        // `npm:other@1.2.3` is another package under this name.
        let alias = version.strip_prefix("npm:").and_then(|alias| alias.rsplit_once('@'));
        let mut package = Package::new(PackageType::Npm, alias.map_or(name, |(name, _)| name), "");
        fill(&mut package, node);
        if let Some((_, version)) = alias {
            package.version = version.to_owned();
        }
        self.found.push(package, Some(node.line))
    }

    fn link(&mut self, index: u32, node: &'n Node<'_>) {
        let names =
            node.entries_of("requires").iter().map(|(name, _)| &**name).take(limits::DEPENDENCIES_MAX);
        let needs =
            names.filter_map(|name| self.scopes.iter().rev().find_map(|scope| scope.get(name).copied()));
        self.found.item(index).needs = needs.collect();
    }
}
