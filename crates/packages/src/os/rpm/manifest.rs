//! `var/lib/rpmmanifest/container-manifest-2`: the package list of images without an RPM database.
//!
//! Ten columns, separated by tabs: name, version-release, install time, build time, vendor, epoch, size,
//! architecture, epoch as number, source package.

use crate::{
    diagnostic::DiagnosticCode,
    limits,
    package::{Package, PackageType},
    parser::{Found, Parser, Pattern},
    text::{decode, numbered},
};

pub(crate) const PARSER: Parser = Parser {
    patterns: &[Pattern::In("lib/rpmmanifest", "container-manifest-2")],
    bytes_max: limits::TEXT_BYTES_MAX,
    parse,
};

fn parse(found: &mut Found, bytes: &[u8]) {
    for (number, line) in numbered(&decode(bytes)).filter(|(_, line)| !line.trim().is_empty()) {
        let columns: Vec<&str> = line.split('\t').map(str::trim).collect();
        let &[name, version, _, _, vendor, epoch, _, arch, _, source, ..] = columns.as_slice() else {
            found.problem(Some(number), DiagnosticCode::Syntax, "expected ten columns separated by tabs");
            continue;
        };
        if name == "gpg-pubkey" {
            continue;
        }
        let told = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty() && text != "(none)");
        let mut package = Package::new(PackageType::Rpm, name, version);
        package.installed = true;
        package.epoch = epoch.parse().ok();
        package.arch = told(arch);
        package.vendor = told(vendor);
        let source = super::source(source);
        package.source_name = source.map(|(name, _)| name.to_owned());
        package.source_version = source.map(|(_, version)| version.to_owned());
        found.push(package, Some(number));
    }
}
