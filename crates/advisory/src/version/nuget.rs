//! NuGet: four numbers, letters of either case alike, build metadata ignored.

use std::cmp::Ordering;

use super::semver;

/// Compares two NuGet versions.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    semver::precedence(&semver::parse(a), &semver::parse(b), caseless)
}

fn caseless(a: &str, b: &str) -> Ordering {
    let fold = |text: &str| text.bytes().map(|c| c.to_ascii_uppercase()).collect::<Vec<_>>();
    if a.eq_ignore_ascii_case(b) { Ordering::Equal } else { fold(a).cmp(&fold(b)) }
}
