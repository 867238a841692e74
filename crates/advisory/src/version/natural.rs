//! The generic order: numbers by value, text by bytes, `~` before the end, separators alike.

use std::cmp::Ordering;

use super::digits;

/// Compares runs of digits and runs of letters; what stands between them only separates.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (strip(a), strip(b));
    loop {
        let ((token_a, rest_a), (token_b, rest_b)) = (next(a), next(b));
        let order = token_a.cmp(&token_b);
        if order.is_ne() || token_a == Token::End {
            return order;
        }
        (a, b) = (rest_a, rest_b);
    }
}

fn strip(version: &str) -> &str {
    match version.strip_prefix(['v', 'V']) {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => rest,
        _ => version,
    }
}

#[derive(PartialEq, Eq)]
enum Token<'a> {
    Tilde,
    PreRelease(u8, &'a str),
    End,
    Text(&'a str),
    Number(&'a str),
}

impl Token<'_> {
    fn rank(&self) -> u8 {
        match self {
            Self::Tilde => 0,
            Self::PreRelease(..) => 1,
            Self::End => 2,
            Self::Text(_) => 3,
            Self::Number(_) => 4,
        }
    }
}

impl Ord for Token<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::PreRelease(a, _), Self::PreRelease(b, _)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Number(a), Self::Number(b)) => digits::compare(a, b),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl PartialOrd for Token<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

const PRE_RELEASES: &[&[&str]] =
    &[&["dev", "snapshot", "nightly"], &["alpha"], &["beta"], &["pre", "preview"], &["rc", "cr"]];

fn next(text: &str) -> (Token<'_>, &str) {
    let text = text.trim_start_matches(|c: char| c != '~' && c.is_ascii() && !c.is_ascii_alphanumeric());
    if text.is_empty() {
        return (Token::End, text);
    }
    if let Some(rest) = text.strip_prefix('~') {
        return (Token::Tilde, rest);
    }
    let (number, rest) = digits::take(text);
    if !number.is_empty() {
        return (Token::Number(number), rest);
    }
    let word = |c: char| !c.is_ascii() || c.is_ascii_alphabetic();
    let end = text.find(|c: char| !word(c)).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let early =
        PRE_RELEASES.iter().zip(0u8..).find(|(names, _)| names.iter().any(|n| n.eq_ignore_ascii_case(word)));
    match early {
        Some((_, rank)) => (Token::PreRelease(rank, word), rest),
        None => (Token::Text(word), rest),
    }
}
