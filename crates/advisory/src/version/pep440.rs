//! Python's PEP 440. What it refuses has the order that setuptools gave it before: older than every accepted version.

use std::cmp::Ordering;

use super::digits;

/// Compares two Python versions.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (text_a, text_b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
    match (parse(&text_a), parse(&text_b)) {
        (Some(a), Some(b)) => a.compare(&b),
        (None, None) => legacy(&text_a).cmp(&legacy(&text_b)),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

struct Version<'a> {
    epoch: &'a str,
    release: &'a str,
    pre: Option<(u8, &'a str)>,
    post: Option<&'a str>,
    dev: Option<&'a str>,
    local: Option<&'a str>,
}

impl Version<'_> {
    fn compare(&self, other: &Self) -> Ordering {
        digits::compare(self.epoch, other.epoch)
            .then_with(|| release(self.release, other.release))
            .then_with(|| self.stage().cmp(&other.stage()))
            .then_with(|| optional(self.pre.map(|pre| pre.1), other.pre.map(|pre| pre.1), Ordering::Greater))
            .then_with(|| optional(self.post, other.post, Ordering::Less))
            .then_with(|| optional(self.dev, other.dev, Ordering::Greater))
            .then_with(|| local(self.local, other.local))
    }

    // A development release of the release itself comes before all its pre-releases.
    fn stage(&self) -> u8 {
        match self.pre {
            Some((letter, _)) => letter,
            None if self.post.is_none() && self.dev.is_some() => 0,
            None => 4,
        }
    }
}

// Two numbers, or what a missing one is against a present one.
fn optional(a: Option<&str>, b: Option<&str>, missing: Ordering) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => digits::compare(a, b),
        (None, None) => Ordering::Equal,
        (None, Some(_)) => missing,
        (Some(_), None) => missing.reverse(),
    }
}

fn release(a: &str, b: &str) -> Ordering {
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

// Numbers are newer than text; a longer label is newer; none at all is oldest.
fn local(a: Option<&str>, b: Option<&str>) -> Ordering {
    let (Some(a), Some(b)) = (a, b) else { return a.is_some().cmp(&b.is_some()) };
    let (mut left, mut right) = (a.split(SEPARATORS), b.split(SEPARATORS));
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(a), Some(b)) => match (digits::all(a), digits::all(b)) {
                (true, true) => digits::compare(a, b),
                (false, false) => a.cmp(b),
                (a, b) => a.cmp(&b),
            },
        };
        if order.is_ne() {
            return order;
        }
    }
}

const SEPARATORS: [char; 3] = ['-', '_', '.'];
const PRE: &[(&str, u8)] =
    &[("alpha", 1), ("beta", 2), ("preview", 3), ("pre", 3), ("rc", 3), ("a", 1), ("b", 2), ("c", 3)];

fn parse(version: &str) -> Option<Version<'_>> {
    let rest = version.strip_prefix('v').unwrap_or(version);
    let (number, after) = digits::take(rest);
    let (epoch, rest) = match after.strip_prefix('!') {
        Some(rest) if !number.is_empty() => (number, rest),
        _ => ("", rest),
    };
    let (release, rest) = take_release(rest)?;
    let (pre, rest) = match tag(rest, PRE) {
        Some((letter, number, rest)) => (Some((letter, number)), rest),
        None => (None, rest),
    };
    let (post, rest) = take_post(rest);
    let (dev, rest) = match tag(rest, &[("dev", 0)]) {
        Some((_, number, rest)) => (Some(number), rest),
        None => (None, rest),
    };
    let local = match rest.strip_prefix('+') {
        Some(label) => Some(label),
        None if rest.is_empty() => None,
        None => return None,
    };
    let alphanumeric = |part: &str| !part.is_empty() && part.bytes().all(|c| c.is_ascii_alphanumeric());
    if local.is_some_and(|label| !label.split(SEPARATORS).all(alphanumeric)) {
        return None;
    }
    Some(Version { epoch, release, pre, post, dev, local })
}

fn take_release(text: &str) -> Option<(&str, &str)> {
    let mut end = digits::take(text).0.len();
    if end == 0 {
        return None;
    }
    while let Some(after) = text[end..].strip_prefix('.') {
        let number = digits::take(after).0;
        if number.is_empty() {
            break;
        }
        end += 1 + number.len();
    }
    Some(text.split_at(end))
}

// `.rc-1` and the like: separator, name, separator, number, of which only the name must be there.
fn tag<'a>(text: &'a str, names: &[(&str, u8)]) -> Option<(u8, &'a str, &'a str)> {
    let text = text.strip_prefix(SEPARATORS).unwrap_or(text);
    let (rest, rank) = names.iter().find_map(|(name, rank)| Some((text.strip_prefix(name)?, *rank)))?;
    let (number, after) = digits::take(rest.strip_prefix(SEPARATORS).unwrap_or(rest));
    Some(if number.is_empty() { (rank, "", rest) } else { (rank, number, after) })
}

fn take_post(text: &str) -> (Option<&str>, &str) {
    if let Some((number, rest)) = text.strip_prefix('-').map(digits::take)
        && !number.is_empty()
    {
        return (Some(number), rest);
    }
    match tag(text, &[("post", 0), ("rev", 0), ("r", 0)]) {
        Some((_, number, rest)) => (Some(number), rest),
        None => (None, text),
    }
}

// The parts setuptools made of such versions: numbers padded to eight digits, text behind a star, dots dropped.
fn legacy(version: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut rest = version;
    while let Some(first) = rest.chars().next() {
        let (part, after) = match first {
            '0'..='9' => digits::take(rest),
            'a'..='z' => digits::take_letters(rest),
            '.' | '-' => rest.split_at(1),
            _ => {
                let end = rest.find(|c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
                rest.split_at(end.unwrap_or(rest.len()))
            }
        };
        rest = after;
        let part = match part {
            "." => continue,
            "pre" | "preview" | "rc" => "c",
            "-" => "final-",
            "dev" => "@",
            other => other,
        };
        push(&mut parts, if digits::all(part) { format!("{part:0>8}") } else { format!("*{part}") });
    }
    push(&mut parts, "*final".to_owned());
    parts
}

fn push(parts: &mut Vec<String>, part: String) {
    if part.starts_with('*') {
        if part.as_str() < "*final" {
            while parts.last().is_some_and(|last| last == "*final-") {
                parts.pop();
            }
        }
        while parts.last().is_some_and(|last| last == "00000000") {
            parts.pop();
        }
    }
    parts.push(part);
}
