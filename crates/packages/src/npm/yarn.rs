//! `yarn.lock`: version 1 has a form of its own, later ones are YAML.

use std::collections::HashMap;

use crate::{
    diagnostic::DiagnosticCode,
    limits,
    npm::{integrity, split_at_version},
    package::{Package, PackageType},
    parser::{Found, Parser, Pattern},
    text::{decode, numbered},
    tree::Node,
};

pub(crate) const PARSER: Parser =
    Parser { patterns: &[Pattern::Project("yarn.lock")], bytes_max: limits::YAML_BYTES_MAX, parse };

fn parse(found: &mut Found, bytes: &[u8]) {
    let text = decode(bytes);
    if text.lines().any(|line| line.starts_with("__metadata:")) {
        found.yaml(bytes, berry);
    } else {
        classic(found, &text);
    }
}

// What a lock file's entries answer to: `name@range`, to the item.
type Answers = HashMap<String, u32>;

fn link(found: &mut Found, answers: &Answers, wanted: Vec<(u32, Vec<String>)>) {
    for (index, wanted) in wanted {
        found.item(index).needs = wanted.iter().filter_map(|key| answers.get(key).copied()).collect();
    }
}

// "a@^1.0.0", a@~1.0.0:
//   version "1.0.1"
//   dependencies:
//     b "^2.0.0"
fn classic(found: &mut Found, text: &str) {
    let mut entry = Entry::default();
    let (mut answers, mut wanted) = (Answers::new(), Vec::new());
    for (number, line) in numbered(text) {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        if indent == 0 {
            std::mem::take(&mut entry).finish(found, &mut answers, &mut wanted);
            entry.line = number;
            entry.keys =
                trimmed.trim_end_matches(':').split(", ").map(|key| unquote(key).to_owned()).collect();
            continue;
        }
        let (key, value) = trimmed.split_once(' ').unwrap_or((trimmed.trim_end_matches(':'), ""));
        let value = unquote(value);
        match (indent, key) {
            (2, "version") => entry.version = value,
            (2, "integrity") => entry.integrity = value,
            (2, "resolved") => entry.resolved = value,
            (2, group) => entry.in_dependencies = matches!(group, "dependencies" | "optionalDependencies"),
            (4.., name) if entry.in_dependencies && entry.wanted.len() < limits::DEPENDENCIES_MAX => {
                entry.wanted.push(format!("{}@{value}", unquote(name)));
            }
            _ => {}
        }
    }
    entry.finish(found, &mut answers, &mut wanted);
    link(found, &answers, wanted);
}

fn unquote(text: &str) -> &str {
    text.trim().trim_matches('"')
}

#[derive(Default)]
struct Entry<'a> {
    line: u32,
    keys: Vec<String>,
    version: &'a str,
    integrity: &'a str,
    resolved: &'a str,
    in_dependencies: bool,
    wanted: Vec<String>,
}

impl Entry<'_> {
    fn finish(self, found: &mut Found, answers: &mut Answers, wanted: &mut Vec<(u32, Vec<String>)>) {
        let Some((name, range)) = self.keys.first().and_then(|key| split_at_version(key)) else {
            if self.line > 0 {
                found.problem(Some(self.line), DiagnosticCode::Syntax, "expected name@range");
            }
            return;
        };
        // `alias@npm:name@range`
        let real = range.strip_prefix("npm:").and_then(split_at_version);
        let mut package = Package::new(PackageType::Npm, real.map_or(name, |(name, _)| name), self.version);
        package.hashes = integrity(self.integrity);
        // Old files have SHA-1 behind the address only.
        let fragment = self.resolved.rsplit_once('#').map(|(_, sha1)| ("sha1", sha1));
        if package.hashes.is_empty() {
            package.hashes.extend(fragment.and_then(crate::digest::from_hex));
        }
        if self.version.is_empty() {
            return found.problem(Some(self.line), DiagnosticCode::Syntax, "an entry without version");
        }
        let Some(index) = found.push(package, Some(self.line)) else { return };
        answers.extend(self.keys.into_iter().map(|key| (key, index)));
        wanted.push((index, self.wanted));
    }
}

fn berry(found: &mut Found, root: &Node<'_>) {
    let (mut answers, mut wanted) = (Answers::new(), Vec::new());
    for (keys, node) in root.entries().iter().filter(|(keys, _)| keys != "__metadata") {
        // `name@npm:1.2.3`; the project's own packages are `name@workspace:folder`.
        let resolution = node.text("resolution").or(keys.split(", ").next()).unwrap_or("");
        let Some((name, reference)) = split_at_version(resolution) else {
            found.problem(Some(node.line), DiagnosticCode::Syntax, "expected name@range");
            continue;
        };
        let version = node.get("version").and_then(Node::scalar).unwrap_or("");
        if reference.starts_with("workspace:") || reference.starts_with("link:") {
            // The file does not say which of them are for development; `package.json` does.
            continue;
        }
        let Some(index) = found.push(Package::new(PackageType::Npm, name, version), Some(node.line)) else {
            continue;
        };
        answers.extend(keys.split(", ").map(|key| (key.trim().to_owned(), index)));
        let needs = node.entries_of("dependencies").iter().take(limits::DEPENDENCIES_MAX);
        let needs = needs.filter_map(|(name, range)| {
            let range = range.scalar()?;
            let protocol = if range.contains(':') { "" } else { "npm:" };
            Some(format!("{name}@{protocol}{range}"))
        });
        wanted.push((index, needs.collect()));
    }
    link(found, &answers, wanted);
}
