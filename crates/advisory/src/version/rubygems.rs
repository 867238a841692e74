//! RubyGems' order: runs of digits and of letters; letters make a pre-release.

use std::cmp::Ordering;

use super::digits;

/// Compares as `Gem::Version#<=>` does; zeros at the end of the numbers, or of the whole, do not count.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (segments(a), segments(b));
    for index in 0..a.len().max(b.len()) {
        let order = match (a.get(index), b.get(index)) {
            (Some(a), Some(b)) => segment(a, b),
            (Some(a), None) => segment(a, "0"),
            (None, Some(b)) => segment("0", b),
            (None, None) => Ordering::Equal,
        };
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}

fn segment(a: &str, b: &str) -> Ordering {
    match (digits::all(a), digits::all(b)) {
        (true, true) => digits::compare(a, b),
        (false, false) => a.cmp(b),
        (a, b) => a.cmp(&b),
    }
}

// A hyphen starts a pre-release: Gem::Version reads `1-2` as `1.pre.2`.
fn segments(version: &str) -> Vec<&str> {
    let mut all = Vec::new();
    let mut rest = version;
    let mut texts_from = None;
    while let Some(first) = rest.bytes().next() {
        let (run, after) = match first {
            b'0'..=b'9' => digits::take(rest),
            b'-' => ("pre", &rest[1..]),
            _ => digits::take_letters(rest),
        };
        if run.is_empty() {
            let width = rest.chars().next().map_or(1, char::len_utf8);
            rest = &rest[width..];
            continue;
        }
        if texts_from.is_none() && !digits::all(run) {
            drop_zeros(&mut all, 0);
            texts_from = Some(all.len());
        }
        all.push(run);
        rest = after;
    }
    drop_zeros(&mut all, texts_from.unwrap_or(0));
    all
}

fn drop_zeros(segments: &mut Vec<&str>, from: usize) {
    while segments.len() > from && segments.last().is_some_and(|last| last.bytes().all(|c| c == b'0')) {
        segments.pop();
    }
}
