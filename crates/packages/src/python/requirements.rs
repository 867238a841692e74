//! `requirements*.txt`: only what is pinned to one version is a package.

use crate::{
    digest,
    package::{Package, PackageType},
    parser::{Found, Parser, Pattern, file_name},
    python::requirement_name,
    text::decode,
};

pub(crate) const PARSER: Parser = Parser {
    patterns: &[Pattern::Extension("txt", is_requirements), Pattern::Extension("in", is_requirements)],
    bytes_max: 16 << 20,
    parse,
};

fn is_requirements(path: &str) -> bool {
    let name = file_name(path);
    name.contains("requirements") || path.contains("requirements/")
}

fn parse(found: &mut Found, bytes: &[u8]) {
    let text = decode(bytes);
    let dev = ["dev", "test"].iter().any(|word| file_name(&found.path).contains(word));
    let mut logical = String::new();
    let mut first = 1;
    for (index, line) in text.lines().enumerate() {
        if logical.is_empty() {
            first = index as u32 + 1;
        }
        // A backslash joins lines; a comment does not go on.
        match line.strip_suffix('\\') {
            Some(part) if !line.trim_start().starts_with('#') && logical.len() < 1 << 20 => {
                logical.push_str(part);
                logical.push(' ');
            }
            _ => {
                logical.push_str(line);
                requirement(found, first, &logical, dev);
                logical.clear();
            }
        }
    }
    requirement(found, first, &logical, dev);
}

fn requirement(found: &mut Found, line: u32, text: &str, dev: bool) {
    let text = text.split(" #").next().unwrap_or(text).trim();
    if text.is_empty() || text.starts_with(['#', '-']) {
        return;
    }
    let Some(name) = requirement_name(text) else { return };
    let rest = &text[name.len()..];
    let rest = rest.split(';').next().unwrap_or(rest);
    let rest =
        rest.split_once(']').filter(|_| rest.trim_start().starts_with('[')).map_or(rest, |(_, rest)| rest);
    let rest = rest.trim().trim_start_matches('(');
    let Some(version) = rest.strip_prefix("===").or_else(|| rest.strip_prefix("==")) else { return };
    let version = version.trim().split([' ', ',', ')']).next().unwrap_or("");
    // `==1.*` is a range.
    if version.is_empty() || version.contains('*') {
        return;
    }
    let mut package = Package::new(PackageType::Pypi, name, version);
    let hashes =
        text.split("--hash=").skip(1).filter_map(|part| part.split_whitespace().next()?.split_once(':'));
    package.hashes = hashes.filter_map(digest::from_hex).collect();
    package.dev = dev;
    found.push(package, Some(line));
}
