//! Paths of files that OS packages own, as hashes: a host has hundreds of thousands of them.

use std::hash::{DefaultHasher, Hasher};

/// The key of a path: the same for `/lib/x`, `usr/lib/x` and `./usr/lib/x`, since `/lib` may be a link to `/usr/lib`.
pub(crate) fn key(path: &str) -> u64 {
    let path = path.strip_prefix('.').unwrap_or(path).trim_start_matches('/');
    let mut hasher = DefaultHasher::new();
    hasher.write(path.strip_prefix("usr/").unwrap_or(path).as_bytes());
    hasher.finish()
}
