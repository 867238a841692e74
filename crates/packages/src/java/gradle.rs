//! Gradle's lock files: `group:artifact:version=configurations`.

use crate::{
    limits,
    package::{Package, PackageType},
    parser::{Found, Parser, Pattern},
    text::{decode, numbered},
};

pub(crate) const PARSER: Parser = Parser {
    patterns: &[
        Pattern::Name("gradle.lockfile"),
        Pattern::Name("buildscript-gradle.lockfile"),
        Pattern::Extension("lockfile", |path| path.contains("gradle/dependency-locks/")),
    ],
    bytes_max: limits::TEXT_BYTES_MAX,
    parse,
};

fn parse(found: &mut Found, bytes: &[u8]) {
    for (number, line) in numbered(&decode(bytes)) {
        let (coordinates, configurations) = line.trim().split_once('=').unwrap_or((line.trim(), ""));
        let parts: Vec<&str> = coordinates.split(':').collect();
        let &[group, artifact, version] = parts.as_slice() else { continue };
        if group.starts_with('#') {
            continue;
        }
        let mut package = Package::new(PackageType::Maven, &format!("{group}:{artifact}"), version);
        // All that ask for it are for tests.
        let mut configurations = configurations.split(',').filter(|name| !name.is_empty()).peekable();
        package.dev = configurations.peek().is_some()
            && configurations.all(|name| name.starts_with("test") || name.starts_with("androidTest"));
        found.push(package, Some(number));
    }
}
