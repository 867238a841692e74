//! `var/lib/dpkg/status` and `status.d/*`: what is installed.

use crate::{
    diagnostic::DiagnosticCode,
    limits,
    package::{Package, PackageType},
    parser::{Found, Parser, Pattern, ends_with},
    text::{decode, numbered},
};

pub(crate) const PARSER: Parser = Parser {
    patterns: &[
        Pattern::In("lib/dpkg", "status"),
        Pattern::In("lib/opkg", "status"),
        Pattern::Folder("dpkg/status.d"),
    ],
    bytes_max: limits::TEXT_BYTES_MAX,
    parse,
};

fn parse(found: &mut Found, bytes: &[u8]) {
    let text = decode(bytes);
    if let Some(name) = found.path.strip_suffix(".md5sums") {
        found.owner = Some(crate::parser::file_name(name).to_owned());
        return super::list::md5sums(found, &text);
    }
    let in_status_d = ends_with(found.folder(), "status.d");
    let mut stanza = Stanza::default();
    for (number, line) in numbered(&text) {
        if line.trim().is_empty() {
            std::mem::take(&mut stanza).finish(found, in_status_d);
        } else {
            stanza.line(number, line);
        }
    }
    stanza.finish(found, in_status_d);
}

#[derive(Default)]
struct Stanza<'a> {
    line: u32,
    package: &'a str,
    version: &'a str,
    status: &'a str,
    arch: &'a str,
    source: &'a str,
    depends: [&'a str; 2],
    provides: &'a str,
}

impl<'a> Stanza<'a> {
    fn line(&mut self, number: u32, line: &'a str) {
        if self.line == 0 {
            self.line = number;
        }
        if line.starts_with([' ', '\t']) {
            return;
        }
        let Some((key, value)) = line.split_once(':') else { return };
        let value = value.trim();
        match key {
            "Package" => {
                self.package = value;
                self.line = number;
            }
            "Version" => self.version = value,
            "Status" => self.status = value,
            "Architecture" => self.arch = value,
            "Source" => self.source = value,
            "Depends" => self.depends[0] = value,
            "Pre-Depends" => self.depends[1] = value,
            "Provides" => self.provides = value,
            _ => {}
        }
    }

    fn finish(self, found: &mut Found, in_status_d: bool) {
        if self.line == 0 {
            return;
        }
        if self.package.is_empty() {
            return found.problem(Some(self.line), DiagnosticCode::Syntax, "a paragraph without Package");
        }
        if !self.is_installed(in_status_d) {
            return;
        }
        if self.version.is_empty() {
            found.problem(Some(self.line), DiagnosticCode::Syntax, "a package without Version");
        }
        let mut package = Package::new(PackageType::Deb, self.package, self.version);
        let (source, source_version) = source(self.source);
        package.source_name = Some(source.unwrap_or(self.package).to_owned());
        let version = source_version.unwrap_or(self.version);
        package.source_version = Some(version.to_owned()).filter(|version| !version.is_empty());
        package.arch = Some(self.arch.to_owned()).filter(|arch| !arch.is_empty());
        package.installed = true;
        let Some(index) = found.push(package, Some(self.line)) else { return };
        let item = found.item(index);
        item.requires = self.depends.iter().flat_map(|field| alternatives(field)).collect();
        item.requires.truncate(limits::DEPENDENCIES_MAX);
        item.provides = names(self.provides).take(limits::DEPENDENCIES_MAX).collect();
    }

    // The third word: everything but a package that is gone (its configuration may be left) or never came.
    fn is_installed(&self, in_status_d: bool) -> bool {
        match self.status.split_whitespace().nth(2) {
            Some(state) => !matches!(state, "not-installed" | "config-files"),
            None => in_status_d || self.status.is_empty(),
        }
    }
}

// `glibc (2.36-9)`
fn source(field: &str) -> (Option<&str>, Option<&str>) {
    let Some((name, version)) = field.split_once('(') else {
        return (Some(field).filter(|name| !name.is_empty()), None);
    };
    let version = version.trim_end().trim_end_matches(')').trim();
    (Some(name.trim()), Some(version).filter(|version| !version.is_empty()))
}

// `a (>= 1), b | c, d:any`: each alternative is a name that may be there.
fn alternatives(field: &str) -> impl Iterator<Item = String> {
    field.split(['|']).flat_map(names)
}

fn names(field: &str) -> impl Iterator<Item = String> {
    field.split(',').filter_map(|entry| {
        let name = entry.trim().split(['(', ' ', '[', '<']).next()?;
        let name = name.split(':').next()?;
        (!name.is_empty()).then(|| name.to_owned())
    })
}
