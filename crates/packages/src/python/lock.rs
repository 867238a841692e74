//! `poetry.lock`, `pdm.lock`, `uv.lock` and `pylock.toml` (PEP 751): a list of packages each.

use std::collections::HashMap;

use crate::{
    digest, limits,
    package::{Hash, Package, PackageType},
    parser::{Found, Parser, Pattern, file_name},
    purl::pypi_name,
    python::requirement_name,
    tree::{Node, Value},
};

pub(crate) const PARSER: Parser = Parser {
    patterns: &[
        Pattern::Name("poetry.lock"),
        Pattern::Name("pdm.lock"),
        Pattern::Name("uv.lock"),
        Pattern::Name("pylock.toml"),
        Pattern::Extension("toml", |path| file_name(path).starts_with("pylock.")),
    ],
    bytes_max: limits::TEXT_BYTES_MAX,
    parse,
};

fn parse(found: &mut Found, bytes: &[u8]) {
    found.toml(bytes, |found, root| {
        // PEP 751 has `packages`, the others `package`.
        let nodes =
            if root.get("packages").is_some() { root.items_of("packages") } else { root.items_of("package") };
        let old = root.get("metadata").map_or(&[][..], |metadata| metadata.entries_of("files"));
        let old: Old<'_> = old.iter().map(|(name, node)| (&**name, node)).collect();
        let mut by_name: HashMap<String, u32> = HashMap::new();
        let mut indices = Vec::with_capacity(nodes.len());
        for node in nodes {
            let index = push(found, &old, node);
            if let (Some(index), Some(name)) = (index, node.text("name")) {
                by_name.insert(pypi_name(name), index);
            }
            indices.push(index);
        }
        let mut needed = Vec::new();
        for (node, index) in nodes.iter().zip(&indices) {
            let needs = needs(node).filter_map(|name| by_name.get(&pypi_name(&name)).copied());
            let needs: Vec<u32> = needs.take(limits::DEPENDENCIES_MAX).collect();
            match index {
                Some(index) => found.item(*index).needs = needs,
                // uv lists the project itself: what it needs is asked for directly.
                None if is_project(node) => {
                    let dev = node.entries_of("dev-dependencies").iter().flat_map(|(_, group)| group.items());
                    let dev: Vec<_> =
                        dev.filter_map(|need| by_name.get(&pypi_name(need.text("name")?))).collect();
                    for need in needs.iter().chain(dev) {
                        found.item(*need).package.direct = Some(true);
                    }
                    needed.extend(needs);
                }
                None => {}
            }
        }
        if !needed.is_empty() {
            found.mark_unreached_dev(needed);
        }
    });
}

// By name, the files that Poetry's old lock files list at their end.
type Old<'n> = HashMap<&'n str, &'n Node<'n>>;

fn is_project(node: &Node<'_>) -> bool {
    let source = node.get("source");
    source.is_some_and(|source| source.get("editable").is_some() || source.get("virtual").is_some())
}

fn push(found: &mut Found, old: &Old<'_>, node: &Node<'_>) -> Option<u32> {
    let name = node.text("name")?;
    let mut package = Package::new(PackageType::Pypi, name, node.text("version").unwrap_or(""));
    package.hashes = hashes(old, node);
    package.dev = is_dev(node);
    let line = node.get("name").map_or(node.line, |name| name.line);
    found.push(package, Some(line))
}

// Poetry's old `category`, its new `groups`, PDM's `groups`.
fn is_dev(node: &Node<'_>) -> bool {
    let mut groups = node.items_of("groups").iter().filter_map(Node::str).peekable();
    node.text("category") == Some("dev")
        || groups.peek().is_some() && groups.all(|group| !matches!(group, "main" | "default"))
}

// A package has a digest for each of its files. Poetry's old files list them at the end.
fn hashes(old: &Old<'_>, node: &Node<'_>) -> Vec<Hash> {
    let mut hashes = Vec::new();
    let mut add = |text: Option<&str>| {
        hashes.extend(text.and_then(|text| text.split_once(':')).and_then(digest::from_hex));
    };
    let old = node.text("name").and_then(|name| old.get(name).copied());
    let files = ["files", "wheels"].into_iter().flat_map(|key| node.items_of(key));
    for file in files.chain(old.map_or(&[][..], Node::items)).chain(node.get("sdist")) {
        add(file.text("hash"));
        for (name, value) in file.entries_of("hashes") {
            add(value.str().map(|value| format!("{name}:{value}")).as_deref());
        }
    }
    hashes
}

fn needs<'n>(node: &'n Node<'_>) -> impl Iterator<Item = String> + 'n {
    let list = node.items_of("dependencies").iter().filter_map(|need| match &need.value {
        // PDM: `requests>=2; python_version > "3"`.
        Value::String(text) => requirement_name(text).map(str::to_owned),
        _ => need.text("name").map(str::to_owned),
    });
    // Poetry: a table by name.
    list.chain(node.entries_of("dependencies").iter().map(|(name, _)| name.clone().into_owned()))
}
