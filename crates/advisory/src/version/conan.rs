//! Conan 2: items separated by dots, then pre-release and build.
//!
//! Conan compares a number with a text as two texts, which makes cycles (3 < 10 < 2a < 3). Here numbers inside a text
//! count by value, which agrees wherever Conan's order is one.

use std::cmp::Ordering;

use super::digits;

/// Compares two Conan versions.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let ((items_a, pre_a, build_a), (items_b, pre_b, build_b)) = (parse(a), parse(b));
    items(items_a, items_b)
        .then_with(|| match (pre_a, pre_b) {
            (Some(a), Some(b)) => items(a, b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        })
        .then_with(|| match (build_a, build_b) {
            (Some(a), Some(b)) => items(a, b),
            (a, b) => a.is_some().cmp(&b.is_some()),
        })
}

fn parse(version: &str) -> (&str, Option<&str>, Option<&str>) {
    let (rest, build) = match version.split_once('+') {
        Some((rest, build)) => (rest, Some(build)),
        None => (version, None),
    };
    match rest.split_once('-') {
        Some((items, pre)) => (items, Some(pre), build),
        None => (rest, None, build),
    }
}

// Trailing zeros do not count: 1 = 1.0 = 1.0.0.
fn items(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.split('.'), b.split('.'));
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (a, b) => item(a.unwrap_or("0"), b.unwrap_or("0")),
        };
        if order.is_ne() {
            return order;
        }
    }
}

fn item(mut a: &str, mut b: &str) -> Ordering {
    loop {
        if a.is_empty() || b.is_empty() {
            return b.is_empty().cmp(&a.is_empty());
        }
        let ((number_a, rest_a), (number_b, rest_b)) = (digits::take(a), digits::take(b));
        let order = match (number_a.is_empty(), number_b.is_empty()) {
            (false, false) => digits::compare(number_a, number_b),
            (true, true) => Ordering::Equal,
            (a, b) => a.cmp(&b),
        };
        if order.is_ne() {
            return order;
        }
        let text = |rest: &str| rest.bytes().position(|c| c.is_ascii_digit()).unwrap_or(rest.len());
        let ((text_a, rest_a), (text_b, rest_b)) =
            (rest_a.split_at(text(rest_a)), rest_b.split_at(text(rest_b)));
        let order = text_a.cmp(text_b);
        if order.is_ne() {
            return order;
        }
        (a, b) = (rest_a, rest_b);
    }
}
