//! Plain lists of numbers: R's `package_version` and Haskell's package version policy.

use std::cmp::Ordering;

use super::digits;

/// Compares lists of numbers; a list that is the start of another is before it. What is no number comes after numbers.
pub(super) fn compare(a: &str, b: &str, separators: &[char]) -> Ordering {
    let (mut left, mut right) = (a.split(separators), b.split(separators));
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(a), Some(b)) => element(a, b),
        };
        if order.is_ne() {
            return order;
        }
    }
}

fn element(a: &str, b: &str) -> Ordering {
    match (digits::all(a), digits::all(b)) {
        (true, true) => digits::compare(a, b),
        (false, false) => a.cmp(b),
        (a, _) => {
            if a {
                Ordering::Less
            } else {
                Ordering::Greater
            }
        }
    }
}
