//! `usr/share/doc/*/copyright`: the licences of a package.

use std::collections::BTreeSet;

use crate::{
    limits,
    parser::{Found, Parser, Pattern, file_name},
    text::decode,
};

pub(crate) const PARSER: Parser =
    Parser { patterns: &[Pattern::Below("usr/share/doc", "copyright")], bytes_max: 4 << 20, parse };

fn parse(found: &mut Found, bytes: &[u8]) {
    let package = file_name(found.folder()).to_owned();
    let text = decode(bytes);
    let mut licences: BTreeSet<&str> =
        text.lines().filter_map(|line| line.strip_prefix("License:")).collect();
    // Older files are prose that names the text which Debian ships.
    if licences.is_empty() {
        licences = text.split("/usr/share/common-licenses/").skip(1).map(common_name).collect();
    }
    let licences = licences.into_iter().map(str::trim).filter(|name| !name.is_empty());
    let licences: Vec<String> = licences.take(limits::LICENCES_MAX).map(str::to_owned).collect();
    if !licences.is_empty() {
        found.licences = Some((package, licences));
    }
}

// The file's name; the dot that ends a sentence is none of it.
fn common_name(text: &str) -> &str {
    let end =
        text.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '.')).unwrap_or(text.len());
    text[..end].trim_end_matches(['.', '-'])
}
