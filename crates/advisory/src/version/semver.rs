//! Semantic Versioning 2.0, read leniently: a leading `v`, any count of numbers, missing ones are zero.

use std::cmp::Ordering;

use super::digits;

/// A version taken apart; nothing is copied.
pub(super) struct Parts<'a> {
    numbers: &'a str,
    pub(super) pre: &'a str,
    pub(super) build: &'a str,
}

/// Compares by precedence; builds do not count.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    precedence(&parse(a), &parse(b), str::cmp)
}

/// Dart's order: versions of equal precedence are ordered by their builds, none first.
pub(super) fn compare_with_build(a: &str, b: &str) -> Ordering {
    let (a, b) = (parse(a), parse(b));
    precedence(&a, &b, str::cmp).then_with(|| match (a.build.is_empty(), b.build.is_empty()) {
        (false, false) => identifiers(a.build, b.build, str::cmp),
        (a, b) => b.cmp(&a),
    })
}

/// Precedence, with a rule for identifiers that are no numbers.
pub(super) fn precedence(a: &Parts, b: &Parts, text: fn(&str, &str) -> Ordering) -> Ordering {
    numbers(a.numbers, b.numbers).then_with(|| match (a.pre.is_empty(), b.pre.is_empty()) {
        (false, false) => identifiers(a.pre, b.pre, text),
        (a, b) => a.cmp(&b),
    })
}

/// Takes a version apart. What follows the numbers without a hyphen (`1.0rc1`) is a pre-release as well.
pub(super) fn parse(version: &str) -> Parts<'_> {
    let version = version.strip_prefix(['v', 'V', '=']).unwrap_or(version);
    let (version, build) = version.split_once('+').unwrap_or((version, ""));
    let end = version.bytes().position(|c| !c.is_ascii_digit() && c != b'.').unwrap_or(version.len());
    let (numbers, rest) = version.split_at(end);
    let pre = rest.strip_prefix('-').unwrap_or(rest);
    Parts { numbers: numbers.trim_end_matches('.'), pre, build }
}

fn numbers(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.split('.'), b.split('.'));
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (a, b) => digits::compare(a.unwrap_or_default(), b.unwrap_or_default()),
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// Identifiers one by one: numbers by value and before text; more of them is later.
pub(super) fn identifiers(a: &str, b: &str, text: fn(&str, &str) -> Ordering) -> Ordering {
    let (mut left, mut right) = (a.split('.'), b.split('.'));
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(a), Some(b)) => match (digits::all(a), digits::all(b)) {
                (true, true) => digits::compare(a, b),
                (false, false) => text(a, b),
                (a, b) => b.cmp(&a),
            },
        };
        if order.is_ne() {
            return order;
        }
    }
}
