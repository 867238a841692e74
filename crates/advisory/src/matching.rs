//! Whether a version lies in a row, and the proof of it.

use std::cmp::Ordering;

use crate::{
    store::row::{EndRef, What},
    version::{Scheme, compare},
};

/// Whether a version lies in a range. What cannot be compared (too long) lies in none.
pub(crate) fn contains(scheme: Scheme, version: &str, introduced: &str, end: EndRef) -> bool {
    let order = |a, b| compare(scheme, a, b);
    if !introduced.is_empty()
        && !matches!(order(version, introduced), Ok(Ordering::Greater | Ordering::Equal))
    {
        return false;
    }
    match end {
        EndRef::Open => version.len() <= crate::limits::VERSION_BYTES_MAX,
        EndRef::Fixed(end) | EndRef::Limit(end) => order(version, end) == Ok(Ordering::Less),
        EndRef::LastAffected(end) => matches!(order(version, end), Ok(Ordering::Less | Ordering::Equal)),
    }
}

/// Whether a version is meant by a row. An unknown (empty) version is meant only where every version is.
pub(crate) fn row_matches(scheme: Scheme, version: &str, what: &What) -> bool {
    if version.is_empty() {
        return matches!(what, What::Range { introduced, end: EndRef::Open } if introduced.is_empty());
    }
    match what {
        What::Range { introduced, end } => contains(scheme, version, introduced, *end),
        What::Versions(versions) => {
            versions.iter().any(|listed| compare(scheme, version, listed) == Ok(Ordering::Equal))
        }
    }
}

/// The range as written, and the comparisons that put the version inside.
pub(crate) fn prove(version: &str, what: &What) -> (String, Vec<String>) {
    match what {
        What::Range { introduced, end } => {
            let mut range = Vec::new();
            let mut steps = Vec::new();
            if !introduced.is_empty() {
                range.push(format!(">= {introduced}"));
                steps.push(format!("{introduced} <= {version}"));
            }
            let (sign, bound) = match end {
                EndRef::Open => ("", ""),
                EndRef::Fixed(bound) | EndRef::Limit(bound) => ("<", *bound),
                EndRef::LastAffected(bound) => ("<=", *bound),
            };
            if !sign.is_empty() {
                range.push(format!("{sign} {bound}"));
                steps.push(format!("{version} {sign} {bound}"));
            }
            if range.is_empty() {
                range.push("every version".to_owned());
            }
            (range.join(", "), steps)
        }
        What::Versions(versions) => {
            (format!("one of {} versions", versions.len()), vec![format!("{version} is listed")])
        }
    }
}
