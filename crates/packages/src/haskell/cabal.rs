//! `cabal.project.freeze`: `constraints: any.name ==1.2.3, …`.

use crate::{
    package::{Package, PackageType},
    parser::{Found, Parser, Pattern},
    text::{decode, numbered},
};

pub(crate) const PARSER: Parser =
    Parser { patterns: &[Pattern::Name("cabal.project.freeze")], bytes_max: 8 << 20, parse };

fn parse(found: &mut Found, bytes: &[u8]) {
    for (number, line) in numbered(&decode(bytes)) {
        let line = line.trim();
        let line = line.strip_prefix("constraints:").unwrap_or(line);
        for constraint in line.split(',') {
            let Some((name, version)) = constraint.split_once("==") else { continue };
            let name = name.trim();
            let name = name.strip_prefix("any.").unwrap_or(name);
            let version = version.split_whitespace().next().unwrap_or("");
            found.push(Package::new(PackageType::Hackage, name, version), Some(number));
        }
    }
}
