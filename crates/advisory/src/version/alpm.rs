//! pacman's order (vercmp(8)): like RPM's older one, and a missing release matches every release.

use std::cmp::Ordering;

use super::{
    digits,
    rpm::{number, parse, run},
};

/// Compares epoch, version, and the release if both have one.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let ((epoch_a, version_a, release_a), (epoch_b, version_b, release_b)) = (parse(a), parse(b));
    digits::compare(epoch_a, epoch_b)
        .then_with(|| segments(version_a.as_bytes(), version_b.as_bytes()))
        .then_with(|| match (release_a, release_b) {
            (Some(a), Some(b)) => segments(a.as_bytes(), b.as_bytes()),
            _ => Ordering::Equal,
        })
}

// A separator's length counts, and letters right after the common part make a version older (1.0rc < 1.0 < 1.0.1).
fn segments(mut a: &[u8], mut b: &[u8]) -> Ordering {
    while !a.is_empty() && !b.is_empty() {
        let ((gap_a, next_a), (gap_b, next_b)) = (separators(a), separators(b));
        let (Some(x), Some(y)) = (next_a.first(), next_b.first()) else {
            (a, b) = (next_a, next_b);
            break;
        };
        if gap_a != gap_b {
            return gap_a.cmp(&gap_b);
        }
        let numeric = x.is_ascii_digit();
        if numeric != y.is_ascii_digit() {
            return numeric.cmp(&y.is_ascii_digit());
        }
        let ((run_a, rest_a), (run_b, rest_b)) = (run(next_a, numeric), run(next_b, numeric));
        let order = if numeric { number(run_a, run_b) } else { run_a.cmp(run_b) };
        if order.is_ne() {
            return order;
        }
        (a, b) = (rest_a, rest_b);
    }
    let letter = |rest: &[u8]| rest.first().is_some_and(u8::is_ascii_alphabetic);
    match (a.is_empty(), b.is_empty()) {
        (true, true) => Ordering::Equal,
        (empty, _) if letter(a) || (empty && !letter(b)) => Ordering::Less,
        _ => Ordering::Greater,
    }
}

fn separators(text: &[u8]) -> (usize, &[u8]) {
    let gap = text.iter().position(u8::is_ascii_alphanumeric).unwrap_or(text.len());
    (gap, &text[gap..])
}
