//! Alpine's `lib/apk/db/installed`: one letter a field, packages with their files.

use crate::{
    diagnostic::DiagnosticCode,
    digest, limits,
    os::owned,
    package::PackageType,
    parser::{Found, Item, Parser, Pattern},
    text::{decode, numbered},
};

pub(crate) const PARSER: Parser =
    Parser { patterns: &[Pattern::In("lib/apk/db", "installed")], bytes_max: limits::TEXT_BYTES_MAX, parse };

fn parse(found: &mut Found, bytes: &[u8]) {
    let text = decode(bytes);
    let mut stanza = Stanza::default();
    for (number, line) in numbered(&text) {
        if line.trim().is_empty() {
            std::mem::take(&mut stanza).finish(found);
        } else if let Some((key, value)) = line.split_once(':') {
            stanza.field(number, key, value);
        }
    }
    stanza.finish(found);
}

#[derive(Default)]
struct Stanza<'a> {
    line: u32,
    item: Item,
    origin: &'a str,
    folder: &'a str,
    files: Vec<u64>,
}

impl<'a> Stanza<'a> {
    fn field(&mut self, number: u32, key: &str, value: &'a str) {
        if self.line == 0 {
            self.line = number;
        }
        let package = &mut self.item.package;
        match key {
            "P" => {
                package.name = value.to_owned();
                self.line = number;
            }
            "V" => package.version = value.to_owned(),
            "A" => package.arch = Some(value.to_owned()).filter(|arch| !arch.is_empty()),
            "L" if !value.is_empty() => package.licences = vec![value.to_owned()],
            // A package without origin is its own.
            "o" => self.origin = value,
            // `Q1` marks SHA-1 of the package's control data.
            "C" => {
                let digest = value.strip_prefix("Q1").and_then(|value| digest::from_base64(("sha1", value)));
                package.hashes.extend(digest);
            }
            "D" => self.item.requires = names(value),
            "p" => self.item.provides = names(value),
            "F" => self.folder = value,
            "R" if self.files.len() < limits::OWNED_FILES_MAX => {
                self.files.push(owned::key(&format!("{}/{value}", self.folder)));
            }
            _ => {}
        }
    }

    fn finish(mut self, found: &mut Found) {
        if self.line == 0 {
            return;
        }
        let package = &mut self.item.package;
        if package.name.is_empty() || package.version.is_empty() {
            let message = "a package without name or version; it was left out";
            return found.problem(Some(self.line), DiagnosticCode::Syntax, message);
        }
        let origin = if self.origin.is_empty() { package.name.clone() } else { self.origin.to_owned() };
        package.package_type = PackageType::Apk;
        package.source_name = Some(origin);
        package.source_version = Some(package.version.clone());
        package.installed = true;
        let Some(index) = found.push(std::mem::take(package), Some(self.line)) else { return };
        found.files.extend(self.files.into_iter().map(|key| (key, index)));
        let item = found.item(index);
        item.requires = self.item.requires;
        item.provides = self.item.provides;
    }
}

// `so:libc.musl-x86_64.so.1=1 busybox>1.3 !conflict`
fn names(value: &str) -> Vec<String> {
    let names = value.split_whitespace().filter(|name| !name.starts_with('!'));
    let names = names.map(|name| name.split(['=', '<', '>', '~']).next().unwrap_or(name).to_owned());
    names.take(limits::DEPENDENCIES_MAX).collect()
}
