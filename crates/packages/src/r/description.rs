//! `DESCRIPTION` of an installed R package.

use crate::{
    limits,
    package::{Package, PackageType},
    parser::{Found, Parser, Pattern, folder},
    text::{decode, numbered},
};

pub(crate) const PARSER: Parser =
    Parser { patterns: &[Pattern::Name("DESCRIPTION")], bytes_max: 1 << 20, parse };

fn parse(found: &mut Found, bytes: &[u8]) {
    let text = decode(bytes);
    let mut package = Package { package_type: PackageType::Cran, ..Package::default() };
    let (mut line, mut requires, mut is_list) = (None, Vec::new(), false);
    for (number, text) in numbered(&text) {
        // A line that begins with a blank goes on with the one before.
        if text.starts_with([' ', '\t']) {
            if is_list {
                requires.extend(names(text));
            }
            continue;
        }
        let Some((key, value)) = text.split_once(':') else { continue };
        let value = value.trim();
        is_list = matches!(key, "Depends" | "Imports" | "LinkingTo");
        match key {
            "Package" => {
                package.name = value.to_owned();
                line = Some(number);
            }
            "Version" => package.version = value.to_owned(),
            "License" if !value.is_empty() => package.licences = vec![value.to_owned()],
            // Written when a package is built or installed: sources have neither.
            "Built" | "Packaged" => package.installed = true,
            _ if is_list => requires.extend(names(value)),
            _ => {}
        }
    }
    if package.version.is_empty() || !package.installed {
        return;
    }
    let name = package.name.clone();
    let library = folder(found.folder()).to_owned();
    if let Some(index) = found.push(package, line) {
        requires.truncate(limits::DEPENDENCIES_MAX);
        let item = found.item(index);
        item.scope = Some(library);
        item.requires = requires;
        item.provides = vec![name];
    }
}

fn names(text: &str) -> impl Iterator<Item = String> {
    let names = text.split(',').map(|part| part.split('(').next().unwrap_or("").trim());
    names.filter(|name| !name.is_empty() && *name != "R").map(str::to_owned)
}
