//! `specifications/*.gemspec`: Ruby code written by RubyGems for each installed gem, always in the same form.

use crate::{
    limits,
    package::{Package, PackageType},
    parser::{Found, Parser, Pattern, folder},
    text::{decode, numbered},
};

pub(crate) const PARSER: Parser = Parser {
    // Those that lie in sources are code that may do anything.
    patterns: &[Pattern::Extension("gemspec", |path| {
        folder(path).split('/').any(|part| part == "specifications")
    })],
    bytes_max: 1 << 20,
    parse,
};

fn parse(found: &mut Found, bytes: &[u8]) {
    let text = decode(bytes);
    let mut package = Package { package_type: PackageType::Gem, installed: true, ..Package::default() };
    let (mut line, mut requires) = (None, Vec::new());
    for (number, text) in numbered(&text) {
        let text = text.trim();
        let Some(rest) = text.strip_prefix("s.").or_else(|| text.strip_prefix("spec.")) else { continue };
        if let Some(call) =
            rest.strip_prefix("add_runtime_dependency").or_else(|| rest.strip_prefix("add_dependency"))
        {
            requires.extend(literal(call).map(str::to_owned));
            continue;
        }
        let Some((key, value)) = rest.split_once('=') else { continue };
        match key.trim() {
            "name" => {
                package.name = literal(value).unwrap_or("").to_owned();
                line = Some(number);
            }
            "version" => package.version = literal(value).unwrap_or("").to_owned(),
            "platform" => {
                if let Some(platform) = literal(value).filter(|platform| *platform != "ruby") {
                    package.qualifiers.insert("platform".to_owned(), platform.to_owned());
                }
            }
            "licenses" | "license" => package.licences = literals(value).map(str::to_owned).collect(),
            _ => {}
        }
    }
    if package.version.is_empty() {
        return;
    }
    let name = package.name.clone();
    let site = folder(&found.path).to_owned();
    if let Some(index) = found.push(package, line) {
        requires.truncate(limits::DEPENDENCIES_MAX);
        let item = found.item(index);
        item.scope = Some(site);
        item.requires = requires;
        item.provides = vec![name];
    }
}

// The string literals of a line; `%q<name>` is one, too.
fn literals(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.find(['"', '\'', '%'])?;
        let (open, close) = match &rest[start..] {
            text if text.starts_with("%q<") => (start + 3, '>'),
            text if text.starts_with('%') => (start + 1, '%'),
            text if text.starts_with('"') => (start + 1, '"'),
            _ => (start + 1, '\''),
        };
        let length = rest[open..].find(close)?;
        let literal = &rest[open..open + length];
        rest = &rest[open + length + 1..];
        Some(literal)
    })
}

fn literal(text: &str) -> Option<&str> {
    literals(text).next().filter(|text| !text.is_empty())
}
