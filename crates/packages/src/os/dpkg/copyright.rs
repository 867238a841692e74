//! `usr/share/doc/*/copyright`: the licences of a package.

use std::collections::BTreeSet;

use crate::{
    parser::{Found, Parser, Pattern, file_name},
    text::decode,
};

pub(crate) const PARSER: Parser =
    Parser { patterns: &[Pattern::Below("usr/share/doc", "copyright")], bytes_max: 4 << 20, parse };

fn parse(found: &mut Found, bytes: &[u8]) {
    let package = file_name(found.folder()).to_owned();
    let text = decode(bytes);
    let mut licences = BTreeSet::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("License:").map(str::trim).filter(|name| !name.is_empty()) {
            licences.insert(name.to_owned());
        }
    }
    if !licences.is_empty() {
        found.licences = Some((package, licences.into_iter().collect()));
    }
}
