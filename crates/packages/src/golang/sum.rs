//! `go.sum`: modules and digests, of everything that was ever looked at. It counts only beside a `go.mod` of a time
//! when that did not name all modules; of several versions the highest is used, as Go does.
//!
//! Its `h1:` digests are of a list of files, not of an archive, and so are no digests for an SBOM.

use std::collections::BTreeMap;

use crate::{
    limits,
    package::{Package, PackageType},
    parser::{Found, Parser, Pattern},
    text::{decode, numbered},
};

pub(crate) const PARSER: Parser =
    Parser { patterns: &[Pattern::Name("go.sum")], bytes_max: limits::TEXT_BYTES_MAX, parse };

fn parse(found: &mut Found, bytes: &[u8]) {
    let text = decode(bytes);
    let mut newest: BTreeMap<&str, (u32, &str)> = BTreeMap::new();
    for (number, line) in numbered(&text) {
        let mut words = line.split_whitespace();
        let (Some(name), Some(version)) = (words.next(), words.next()) else { continue };
        if version.ends_with("/go.mod") {
            continue;
        }
        let entry = newest.entry(name).or_insert((number, version));
        if rank(version) > rank(entry.1) {
            *entry = (number, version);
        }
    }
    for (name, (line, version)) in newest {
        found.push(Package::new(PackageType::Golang, name, version), Some(line));
    }
    found.is_fallback = true;
}

// Numbers before a release's suffix; a release comes after its pre-releases.
fn rank(version: &str) -> (Vec<u64>, bool, &str) {
    let version = version.trim_start_matches('v').split('+').next().unwrap_or("");
    let (numbers, suffix) = version.split_once('-').unwrap_or((version, ""));
    (numbers.split('.').map(|part| part.parse().unwrap_or(0)).collect(), suffix.is_empty(), suffix)
}
