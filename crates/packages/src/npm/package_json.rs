//! `package.json`: in `node_modules` a package that is installed, elsewhere a project and what it asks for.

use crate::{
    json,
    package::{Package, PackageType},
    parser::{Found, Hint, Parser, Pattern},
    text::decode,
    tree::{Node, Value},
};

pub(crate) const PARSER: Parser =
    Parser { patterns: &[Pattern::Name("package.json")], bytes_max: 4 << 20, parse };

fn parse(found: &mut Found, bytes: &[u8]) {
    // Packages ship broken ones as test data: what is no object with a name is passed over without a word.
    let text = decode(bytes);
    let (root, _) = json::read(&text);
    let (name, version) = (root.text("name").unwrap_or(""), root.text("version").unwrap_or(""));
    // Below node_modules, or global ones such as `usr/share/nodejs/NAME`.
    if !name.is_empty() && !version.is_empty() && is_name(name) {
        let mut package = Package::new(PackageType::Npm, name, version);
        package.installed = true;
        package.licences = licences(&root);
        let line = root.get("name").map(|node| node.line);
        found.push(package, line);
    }
    // What an installed package needs is in no lock file of its own.
    if found.path.contains("node_modules/") {
        return;
    }
    let groups = [("dependencies", false), ("optionalDependencies", false), ("devDependencies", true)];
    for (group, dev) in groups {
        for (name, _) in root.entries_of(group) {
            found.hints.push(Hint { name: name.to_lowercase(), dev });
        }
    }
}

fn is_name(name: &str) -> bool {
    !name.contains(char::is_whitespace) && !name.starts_with(['.', '/'])
}

// `"MIT"`, `{"type": "MIT"}`, or the old list of such.
fn licences(root: &Node<'_>) -> Vec<String> {
    let of = |node: &Node<'_>| match &node.value {
        Value::String(text) => Some(text.clone().into_owned()),
        _ => node.text("type").map(str::to_owned),
    };
    let single = root.get("license").and_then(of).into_iter();
    single.chain(root.items_of("licenses").iter().filter_map(of)).filter(|text| !text.is_empty()).collect()
}
