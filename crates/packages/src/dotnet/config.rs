//! `packages.config` and central package versions (`Directory.Packages.props`).

use crate::{
    diagnostic::DiagnosticCode,
    package::{Package, PackageType},
    parser::{Found, Parser, Pattern},
    text::decode,
    xml::{self, Element},
};

pub(crate) const PARSER: Parser = Parser {
    patterns: &[
        Pattern::Name("packages.config"),
        Pattern::Name("Directory.Packages.props"),
        Pattern::Name("Packages.props"),
    ],
    bytes_max: 16 << 20,
    parse,
};

fn parse(found: &mut Found, bytes: &[u8]) {
    let (root, broken) = xml::read(&decode(bytes));
    if let Some(broken) = broken {
        found.problem(Some(broken.line), DiagnosticCode::Syntax, &broken.reason);
    }
    for element in &root.children {
        if root.name == "packages" {
            let dev = element.attribute("developmentDependency") == Some("true");
            push(found, element, element.attribute("id"), element.attribute("version"), dev);
        } else if element.name == "ItemGroup" {
            let versions = element.children.iter().filter(|child| child.name.ends_with("PackageVersion"));
            for child in versions {
                let name = child.attribute("Include").or_else(|| child.attribute("Update"));
                let version = child.attribute("Version").or_else(|| child.text_of("Version"));
                push(found, child, name, version, false);
            }
        }
    }
}

fn push(found: &mut Found, element: &Element, name: Option<&str>, version: Option<&str>, dev: bool) {
    let (Some(name), Some(version)) = (name, version) else { return };
    // Properties and ranges name no version.
    let version = version.trim();
    if version.contains(['$', '(', ',', '*']) {
        return;
    }
    let mut package = Package::new(PackageType::Nuget, name.trim(), version.trim_matches(['[', ']']));
    package.dev = dev;
    package.direct = Some(true);
    found.push(package, Some(element.line));
}
