//! Go modules: Semantic Versioning, whose pseudo versions need no rule of their own, and the toolchain's `go1.21rc2`.

use std::{borrow::Cow, cmp::Ordering};

use super::{digits, semver};

/// Compares module versions or toolchain names.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    semver::compare(&canonical(a), &canonical(b))
}

// `go1.21rc2` is 1.21.0-rc.2 for the advisories of the standard library.
fn canonical(version: &str) -> Cow<'_, str> {
    let version = version.strip_prefix("go").unwrap_or(version);
    let end = version.bytes().position(|c| !c.is_ascii_digit() && c != b'.').unwrap_or(version.len());
    let (numbers, rest) = version.split_at(end);
    let (word, number) = digits::take_letters(rest);
    if matches!(word, "rc" | "beta") && digits::all(number) {
        return Cow::Owned(format!("{numbers}-{word}.{number}"));
    }
    // Vendors append their patch level: `go1.20.6 X:boringcrypto`.
    Cow::Borrowed(version.split(' ').next().unwrap_or_default())
}
