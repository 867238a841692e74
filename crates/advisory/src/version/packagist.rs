//! Composer's order: a version is normalised to four numbers and a stability, then compared as PHP's `version_compare`.
//!
//! What Composer refuses to normalise gets its four numbers all the same.

use std::cmp::Ordering;

use super::digits;

/// Compares two Composer versions.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (normalise(a), normalise(b));
    let (mut left, mut right) = (Elements(&a), Elements(&b));
    loop {
        let (a, b) = (left.next(), right.next());
        let order = a.cmp(&b);
        if order.is_ne() {
            return order;
        }
        if left.0.is_empty() && right.0.is_empty() {
            return Ordering::Equal;
        }
    }
}

// `1.0beta2` is `1.0.0.0beta2`; build metadata and `stable` fall away. PHP's rule does the rest.
fn normalise(version: &str) -> String {
    let lower = version.to_ascii_lowercase();
    let plain = lower.strip_prefix('v').unwrap_or(&lower);
    let plain = plain.split_once('+').map_or(plain, |(version, _)| version);
    let plain = plain.strip_suffix("stable").map_or(plain, |rest| rest.trim_end_matches(['.', '-', '_']));
    let end = plain.bytes().position(|c| !c.is_ascii_digit() && c != b'.').unwrap_or(plain.len());
    let end = plain[..end].trim_end_matches('.').len();
    let (numbers, rest) = plain.split_at(end);
    let count = numbers.split('.').count();
    if count > 4 || !numbers.split('.').all(digits::all) {
        return plain.to_owned();
    }
    format!("{numbers}{}{rest}", ".0".repeat(4 - count))
}

// What PHP splits a version into: runs of digits, of letters, `#`. Past the end stands `#`.
struct Elements<'a>(&'a str);

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Element<'a> {
    Form(u8),
    Release,
    Number(Number<'a>),
    Patch,
}

#[derive(PartialEq, Eq)]
struct Number<'a>(&'a str);

impl Ord for Number<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        digits::compare(self.0, other.0)
    }
}

impl PartialOrd for Number<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<'a> Elements<'a> {
    fn next(&mut self) -> Element<'a> {
        self.0 = self.0.trim_start_matches(['.', '-', '_', '+']);
        let (number, rest) = digits::take(self.0);
        if !number.is_empty() {
            self.0 = rest;
            return Element::Number(Number(number));
        }
        let end = self.0.find(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '_' | '+'));
        let (word, rest) = self.0.split_at(end.unwrap_or(self.0.len()));
        self.0 = rest;
        match word {
            "" => Element::Release,
            _ if word.starts_with('#') => Element::Release,
            _ if word.starts_with("dev") => Element::Form(1),
            _ if word.starts_with('a') => Element::Form(2),
            _ if word.starts_with('b') => Element::Form(3),
            _ if word.starts_with("rc") => Element::Form(4),
            _ if word.starts_with('p') => Element::Patch,
            _ => Element::Form(0),
        }
    }
}
