//! Arch's `var/lib/pacman/local/NAME-VERSION/{desc,files}`.

use crate::{
    limits,
    os::owned,
    package::{Package, PackageType},
    parser::{Found, NO_ITEM, Parser, Pattern, file_name},
    text::decode,
};

pub(crate) const PARSER: Parser = Parser {
    patterns: &[Pattern::Below("lib/pacman/local", "desc"), Pattern::Below("lib/pacman/local", "files")],
    bytes_max: limits::TEXT_BYTES_MAX,
    parse,
};

fn parse(found: &mut Found, bytes: &[u8]) {
    let text = decode(bytes);
    if file_name(&found.path) == "files" { files(found, &text) } else { desc(found, &text) }
}

// Sections: `%NAME%`, values a line, an empty line.
fn sections(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut section = "";
    text.lines().filter_map(move |line| {
        if line.starts_with('%') && line.ends_with('%') {
            section = line;
            return None;
        }
        (!line.is_empty()).then_some((section, line))
    })
}

fn desc(found: &mut Found, text: &str) {
    let mut package = Package { package_type: PackageType::Alpm, installed: true, ..Package::default() };
    let (mut requires, mut provides) = (Vec::new(), Vec::new());
    for (section, value) in sections(text) {
        match section {
            "%NAME%" => package.name = value.to_owned(),
            "%VERSION%" => package.version = value.to_owned(),
            "%BASE%" => package.source_name = Some(value.to_owned()),
            "%ARCH%" => package.arch = Some(value.to_owned()),
            "%LICENSE%" => package.licences.push(value.to_owned()),
            "%DEPENDS%" if requires.len() < limits::DEPENDENCIES_MAX => requires.push(name(value)),
            "%PROVIDES%" if provides.len() < limits::DEPENDENCIES_MAX => provides.push(name(value)),
            _ => {}
        }
    }
    package.source_name = package.source_name.or_else(|| Some(package.name.clone()));
    package.source_version = Some(package.version.clone());
    if let Some(index) = found.push(package, None) {
        let item = found.item(index);
        item.requires = requires;
        item.provides = provides;
    }
}

fn name(value: &str) -> String {
    value.split(['=', '<', '>', ':']).next().unwrap_or(value).to_owned()
}

fn files(found: &mut Found, text: &str) {
    // The folder's name ends with version and release.
    let folder = file_name(found.folder());
    let owner = folder.rsplitn(3, '-').nth(2).unwrap_or(folder).to_owned();
    found.owner = Some(owner);
    let paths = sections(text).filter(|(section, path)| *section == "%FILES%" && !path.ends_with('/'));
    found.files = paths.take(limits::OWNED_FILES_MAX).map(|(_, path)| (owned::key(path), NO_ITEM)).collect();
}
