//! `mix.lock`: an Elixir map, one dependency a line.

use std::collections::HashMap;

use crate::{
    beam::literals,
    digest, limits,
    package::{Package, PackageType},
    parser::{Found, Parser, Pattern},
    text::{decode, numbered},
};

pub(crate) const PARSER: Parser =
    Parser { patterns: &[Pattern::Name("mix.lock")], bytes_max: limits::TEXT_BYTES_MAX, parse };

// "plug": {:hex, :plug, "1.13.6", "inner sha256", [:mix], [{:mime, "~> 1.0", [hex: :mime, …]}], "hexpm", "sha256"},
fn parse(found: &mut Found, bytes: &[u8]) {
    let text = decode(bytes);
    let mut items: HashMap<&str, u32> = HashMap::new();
    let mut wanted = Vec::new();
    for (number, line) in numbered(&text) {
        let Some((key, value)) = line.trim().split_once(": {:") else { continue };
        let mut words = value.splitn(3, ", ");
        let (kind, name) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
        let rest = words.next().unwrap_or("");
        // A repository is followed at a revision: name and version are not Hex's.
        let (name, version) = match kind {
            "hex" => (name.trim_start_matches(':').trim_matches('"'), literals(rest).next().unwrap_or("")),
            "git" => (key.trim_matches('"'), literals(rest).next().unwrap_or("")),
            _ => continue,
        };
        let mut package = Package::new(PackageType::Hex, name, version);
        if kind == "hex" {
            let outer = literals(rest).last().filter(|text| text.len() == 64);
            package.hashes.extend(outer.and_then(|sum| digest::from_hex(("sha256", sum))));
        }
        if let Some(index) = found.push(package, Some(number)) {
            items.insert(key.trim_matches('"'), index);
            wanted.push((index, rest));
        }
    }
    for (index, rest) in wanted {
        let names = rest.split("{:").skip(1).filter_map(|part| part.split(',').next());
        let needs = names.filter_map(|name| items.get(name.trim()).copied());
        found.item(index).needs = needs.take(limits::DEPENDENCIES_MAX).collect();
    }
}
