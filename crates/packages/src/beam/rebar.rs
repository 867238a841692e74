//! `rebar.lock`: Erlang terms, one dependency a line, then digests.

use std::collections::HashMap;

use crate::{
    beam::literals,
    digest, limits,
    package::{Package, PackageType},
    parser::{Found, Parser, Pattern},
    text::{decode, numbered},
};

pub(crate) const PARSER: Parser =
    Parser { patterns: &[Pattern::Name("rebar.lock")], bytes_max: limits::TEXT_BYTES_MAX, parse };

// {"1.2.0",
// [{<<"cowboy">>,{pkg,<<"cowboy">>,<<"2.9.0">>},0},
//  {<<"tree">>,
//   {git,"https://…",
//        {ref,"…"}},
//   1}]}.
// [{pkg_hash,[
//  {<<"cowboy">>, <<"…">>},
// {pkg_hash_ext,[
fn parse(found: &mut Found, bytes: &[u8]) {
    let text = decode(bytes);
    let mut items: HashMap<&str, u32> = HashMap::new();
    let mut is_outer_hash = false;
    // A repository takes several lines; its revision is on the last but one.
    let mut repository: Option<(u32, &str)> = None;
    for (number, line) in numbered(&text) {
        if let Some((line_of_name, name)) = repository
            && let Some((_, revision)) = line.split_once("{ref,")
        {
            let revision = literals(revision).next().unwrap_or("");
            found.push(Package::new(PackageType::Hex, name, revision), Some(line_of_name));
            repository = None;
        }
        is_outer_hash |= line.contains("pkg_hash_ext");
        let mut strings = literals(line);
        let Some(key) = strings.next().filter(|_| line.contains("<<\"")) else { continue };
        if line.contains("{pkg,") {
            let (Some(name), Some(version)) = (strings.next(), strings.next()) else { continue };
            let mut package = Package::new(PackageType::Hex, name, version);
            // The number at the end is the distance from the project.
            let level = line.rsplit_once("},").map(|(_, level)| level.trim_end_matches(['}', ']', ',', '.']));
            package.direct = level.and_then(|level| level.parse::<u32>().ok()).map(|level| level == 0);
            if let Some(index) = found.push(package, Some(number)) {
                items.insert(key, index);
            }
        } else if line.trim_end().ends_with(">>,") {
            repository = Some((number, key));
        } else if is_outer_hash && let (Some(sum), Some(&index)) = (strings.next(), items.get(key)) {
            found.item(index).package.hashes.extend(digest::from_hex(("sha256", sum)));
        }
    }
}
