//! JavaScript: npm, yarn, pnpm, bun.

pub(crate) mod package_lock;

use crate::{digest, package::Hash};

/// Subresource integrity, as in lock files: `sha512-BASE64 sha1-BASE64`.
pub(crate) fn integrity(text: &str) -> Vec<Hash> {
    text.split_whitespace().filter_map(|part| digest::from_base64(part.split_once('-')?)).collect()
}
