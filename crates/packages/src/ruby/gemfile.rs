//! `Gemfile.lock` and `gems.locked`.

use std::collections::{BTreeMap, HashMap};

use crate::{
    digest, limits,
    package::{Package, PackageType},
    parser::{Found, Parser, Pattern},
    text::{decode, numbered},
};

pub(crate) const PARSER: Parser = Parser {
    patterns: &[Pattern::Name("Gemfile.lock"), Pattern::Name("gems.locked")],
    bytes_max: limits::TEXT_BYTES_MAX,
    parse,
};

// GEM
//   remote: https://rubygems.org/
//   specs:
//     actionpack (7.0.4)
//       rack (~> 2.0)
// DEPENDENCIES
//   rails (~> 7)
// CHECKSUMS
//   rack (2.2.4) sha256=…
fn parse(found: &mut Found, bytes: &[u8]) {
    let text = decode(bytes);
    let mut section = "";
    let mut items: HashMap<&str, Vec<u32>> = HashMap::new();
    let mut wanted: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
    let mut last = None;
    for (number, line) in numbered(&text) {
        let indent = line.len() - line.trim_start().len();
        let trimmed = line.trim();
        if indent == 0 {
            section = trimmed;
            continue;
        }
        let (name, version) = split(trimmed);
        match (section, indent) {
            ("GEM" | "GIT" | "PATH" | "PLUGIN SOURCE", 4) => {
                let (version, platform) = version.split_once('-').unwrap_or((version, ""));
                let mut package = Package::new(PackageType::Gem, name, version);
                if !platform.is_empty() {
                    package.qualifiers.insert("platform".to_owned(), platform.to_owned());
                }
                package.direct = Some(false);
                last = found.push(package, Some(number));
                let builds = items.entry(name).or_default();
                builds.extend(last.filter(|_| builds.len() < limits::PLATFORMS_MAX));
            }
            ("GEM" | "GIT" | "PATH" | "PLUGIN SOURCE", 6) => {
                if let Some(last) = last {
                    wanted.entry(last).or_default().push(name);
                }
            }
            ("DEPENDENCIES", 2) => {
                for index in items.get(name.trim_end_matches('!')).into_iter().flatten() {
                    found.item(*index).package.direct = Some(true);
                }
            }
            ("CHECKSUMS", 2) => {
                let hash = trimmed.rsplit_once(' ').and_then(|(_, hash)| hash.split_once('='));
                let hash = hash.and_then(digest::from_hex);
                for index in items.get(name).into_iter().flatten() {
                    found.item(*index).package.hashes.extend(hash.clone());
                }
            }
            _ => {}
        }
    }
    for (index, names) in wanted {
        let needs = names.into_iter().filter_map(|name| items.get(name)?.first().copied());
        found.item(index).needs = needs.take(limits::DEPENDENCIES_MAX).collect();
    }
}

// `name (version)`
fn split(text: &str) -> (&str, &str) {
    let (name, rest) = text.split_once(' ').unwrap_or((text, ""));
    let version = rest.trim_start_matches('(');
    (name, version.split(')').next().unwrap_or(version))
}
