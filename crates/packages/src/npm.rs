//! JavaScript: npm, yarn, pnpm, bun.

pub(crate) mod bun;
pub(crate) mod package_json;
pub(crate) mod package_lock;
pub(crate) mod pnpm;
pub(crate) mod yarn;

use crate::{digest, package::Hash};

/// Subresource integrity, as in lock files: `sha512-BASE64 sha1-BASE64`.
pub(crate) fn integrity(text: &str) -> Vec<Hash> {
    text.split_whitespace().filter_map(|part| digest::from_base64(part.split_once('-')?)).collect()
}

/// `name@rest`, where the name may begin with the `@` of a scope.
pub(crate) fn split_at_version(text: &str) -> Option<(&str, &str)> {
    let at = text.char_indices().skip(1).find(|(_, c)| *c == '@')?.0;
    Some((&text[..at], &text[at + 1..]))
}
