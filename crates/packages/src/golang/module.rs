//! `go.mod`: what a module asks for.

use std::collections::HashMap;

use crate::{
    diagnostic::DiagnosticCode,
    limits,
    package::{Package, PackageType},
    parser::{Found, Parser, Pattern},
    text::{decode, numbered},
};

pub(crate) const PARSER: Parser = Parser { patterns: &[Pattern::Name("go.mod")], bytes_max: 8 << 20, parse };

fn parse(found: &mut Found, bytes: &[u8]) {
    let text = decode(bytes);
    let mut file = File::default();
    let mut block = "";
    for (number, line) in numbered(&text) {
        let (line, comment) = line.split_once("//").unwrap_or((line, ""));
        let words: Vec<&str> = line.split_whitespace().map(unquote).collect();
        match words.as_slice() {
            [] => {}
            [")"] => block = "",
            [name, "("] => block = name,
            words if !block.is_empty() => file.directive(found, number, block, words, comment),
            [name, words @ ..] => file.directive(found, number, name, words, comment),
        }
    }
    file.finish(found);
}

fn unquote(word: &str) -> &str {
    word.trim_matches(['"', '`'])
}

// A module and a version; none: every version, or a folder.
type Target<'a> = (&'a str, Option<&'a str>);

#[derive(Default)]
struct File<'a> {
    requires: Vec<(u32, &'a str, &'a str, bool)>,
    replaces: HashMap<Target<'a>, Target<'a>>,
    go: &'a str,
    toolchain: Option<(u32, &'a str)>,
    module: Option<(u32, &'a str)>,
}

impl<'a> File<'a> {
    fn directive(&mut self, found: &mut Found, line: u32, name: &str, words: &[&'a str], comment: &str) {
        match (name, words) {
            ("module", [name, ..]) => self.module = Some((line, name)),
            ("require", [name, version, ..]) => {
                self.requires.push((line, name, version, comment.trim_start().starts_with("indirect")));
            }
            ("replace", [name, "=>", to @ ..]) => self.replace((name, None), to),
            ("replace", [name, version, "=>", to @ ..]) => self.replace((name, Some(version)), to),
            ("go", [version, ..]) => self.go = version,
            ("toolchain", [name, ..]) => {
                self.toolchain = name.strip_prefix("go").map(|version| (line, version))
            }
            ("exclude" | "retract" | "godebug" | "tool" | "ignore", _) => {}
            _ => found.problem(Some(line), DiagnosticCode::Syntax, "a directive that go.mod does not have"),
        }
    }

    fn replace(&mut self, from: Target<'a>, to: &[&'a str]) {
        if let Some(name) = to.first() {
            self.replaces.insert(from, (name, to.get(1).copied()));
        }
    }

    fn finish(self, found: &mut Found) {
        if let Some((line, version)) = self.toolchain {
            let package =
                Package::new(PackageType::Golang, "stdlib", version.split('-').next().unwrap_or(version));
            found.push(package, Some(line));
        }
        for (line, name, version, is_indirect) in self.requires.into_iter().take(limits::FILE_PACKAGES_MAX) {
            let exact = self.replaces.get(&(name, Some(version)));
            // A folder has no version: the name that was asked for stays.
            let (name, version) = match exact.or_else(|| self.replaces.get(&(name, None))) {
                Some((name, Some(version))) => (*name, *version),
                _ => (name, version),
            };
            let mut package = Package::new(PackageType::Golang, name, version);
            package.direct = Some(!is_indirect);
            found.push(package, Some(line));
        }
        // Before Go 1.17 go.mod does not name what its dependencies need; go.sum does.
        let minor = self.go.split('.').nth(1).and_then(|minor| minor.parse().ok()).unwrap_or(0u32);
        found.wants_fallback = minor < 17 && self.module.is_some();
    }
}
