//! `var/lib/dpkg/info/*.list`: which files a package put where.

use crate::{
    limits,
    os::owned,
    parser::{Found, NO_ITEM, Parser, Pattern, ends_with, file_name, folder},
    text::decode,
};

pub(crate) const PARSER: Parser = Parser {
    patterns: &[Pattern::Extension("list", |path| ends_with(folder(path), "dpkg/info"))],
    bytes_max: limits::TEXT_BYTES_MAX,
    parse,
};

fn parse(found: &mut Found, bytes: &[u8]) {
    let text = decode(bytes);
    let name = file_name(&found.path).trim_end_matches(".list");
    found.owner = Some(name.split(':').next().unwrap_or(name).to_owned());
    let paths = text.lines().filter(|path| path.len() > 2);
    found.files = paths.take(limits::OWNED_FILES_MAX).map(|path| (owned::key(path), NO_ITEM)).collect();
}

/// `status.d/*.md5sums` of images without dpkg: digest, two blanks, path.
pub(super) fn md5sums(found: &mut Found, text: &str) {
    let paths = text.lines().filter_map(|line| line.split_once("  ")).map(|(_, path)| path);
    found.files = paths.take(limits::OWNED_FILES_MAX).map(|path| (owned::key(path), NO_ITEM)).collect();
}
