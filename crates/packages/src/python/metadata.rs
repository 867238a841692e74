//! `*.dist-info/METADATA` and `*.egg-info` (`PKG-INFO`): what is installed.

use crate::{
    limits,
    package::{Package, PackageType},
    parser::{Found, Parser, Pattern, folder},
    purl::pypi_name,
    python::requirement_name,
    text::{decode, numbered},
};

pub(crate) const PARSER: Parser = Parser {
    patterns: &[
        Pattern::Name("METADATA"),
        Pattern::Name("PKG-INFO"),
        // A file, not a folder, in installations by distutils.
        Pattern::Extension("egg-info", |_| true),
    ],
    bytes_max: 8 << 20,
    parse,
};

fn parse(found: &mut Found, bytes: &[u8]) {
    let is_installed =
        [".dist-info", ".egg-info", "EGG-INFO"].iter().any(|end| found.folder().ends_with(end));
    if !is_installed && !found.path.ends_with(".egg-info") {
        return;
    }
    let text = decode(bytes);
    let mut package = Package { package_type: PackageType::Pypi, installed: true, ..Package::default() };
    let (mut line, mut requires, mut licence, mut expression) = (None, Vec::new(), None, None);
    // Headers, up to the first empty line; the description follows.
    for (number, text) in numbered(&text).take_while(|(_, text)| !text.is_empty()) {
        let Some((key, value)) = text.split_once(':') else { continue };
        let value = value.trim();
        match key {
            "Name" if line.is_none() => {
                package.name = value.to_owned();
                line = Some(number);
            }
            "Version" => package.version = value.to_owned(),
            "License-Expression" => expression = Some(value.to_owned()),
            // Some put the whole text here.
            "License" if value != "UNKNOWN" && !value.is_empty() && value.len() < 100 => {
                licence = Some(value.to_owned());
            }
            "Classifier" => {
                let name = value.strip_prefix("License :: ").and_then(|value| value.rsplit(" :: ").next());
                package.licences.extend(name.filter(|name| *name != "OSI Approved").map(str::to_owned));
            }
            "Requires-Dist" | "Requires" if requires.len() < limits::DEPENDENCIES_MAX => {
                // What only an extra needs may not be there.
                let is_extra = value.split_once(';').is_some_and(|(_, marker)| marker.contains("extra"));
                requires.extend(requirement_name(value).filter(|_| !is_extra).map(pypi_name));
            }
            _ => {}
        }
    }
    if let Some(expression) = expression {
        package.licences = vec![expression];
    } else if package.licences.is_empty() {
        package.licences.extend(licence);
    }
    let site = site_folder(&found.path).to_owned();
    if !package.name.is_empty() && !package.version.is_empty() {
        let name = pypi_name(&package.name);
        if let Some(index) = found.push(package, line) {
            let item = found.item(index);
            item.scope = Some(site);
            item.requires = requires;
            item.provides = vec![name];
        }
    }
}

// The folder of packages that this one lies in, such as `lib/python3.11/site-packages`.
fn site_folder(path: &str) -> &str {
    let own = if path.ends_with(".egg-info") { path } else { folder(path) };
    folder(own)
}
