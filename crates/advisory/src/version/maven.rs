//! Maven's ComparableVersion, as the POM reference describes it.
//!
//! A version is a list of tokens. A token after a hyphen, or after a change between digits and letters, opens a list in
//! the list; lists never end before the version does, so that one flag a token says it all. A qualifier after a dot opens
//! one too (`.RC1` is `-RC1`, Maven 3.9), unless a dot or hyphen follows it.
//!
//! Maven's own code makes cycles (`1.0.rc.1` < `1` < `1-1` < `1.0.rc.1`). Here zeros before a qualifier are dropped
//! everywhere, as Maven does before a list, and a qualifier that is later than the release is later than every earlier one.

use std::cmp::Ordering;

use super::digits;

/// Compares two Maven versions.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (text_a, text_b) = (a.to_lowercase(), b.to_lowercase());
    let (a, b) = (tokens(&text_a), tokens(&text_b));
    for index in 0..a.len().max(b.len()) {
        let order = match (a.get(index), b.get(index)) {
            (Some(a), Some(b)) => a.compare(b),
            (Some(a), None) => a.sign(),
            (None, Some(b)) => b.sign().reverse(),
            (None, None) => Ordering::Equal,
        };
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}

struct Token<'a> {
    opens: bool,
    value: Value<'a>,
}

// In Maven's order: known qualifiers, the release itself, `sp`, unknown ones, numbers.
#[derive(PartialEq, Eq)]
enum Value<'a> {
    Qualifier(u8, &'a str),
    Number(&'a str),
}

const RELEASE: u8 = 5;

impl Ord for Value<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Qualifier(a, text_a), Self::Qualifier(b, text_b)) => {
                a.cmp(b).then_with(|| text_a.cmp(text_b))
            }
            (Self::Qualifier(..), Self::Number(_)) => Ordering::Less,
            (Self::Number(_), Self::Qualifier(..)) => Ordering::Greater,
            (Self::Number(a), Self::Number(b)) => digits::compare(a, b),
        }
    }
}

impl PartialOrd for Value<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Token<'_> {
    fn compare(&self, other: &Self) -> Ordering {
        if self.opens == other.opens {
            return self.value.cmp(&other.value);
        }
        match (&self.value, &other.value) {
            // A plain number is after every list.
            (Value::Number(_), _) if !self.opens => Ordering::Greater,
            (_, Value::Number(_)) if !other.opens => Ordering::Less,
            // A qualifier outside a list is before one that opens a list, on the same side of the release.
            _ => self.early().cmp(&other.early()).reverse().then_with(|| self.opens.cmp(&other.opens)),
        }
    }

    fn early(&self) -> bool {
        matches!(self.value, Value::Qualifier(rank, _) if rank < RELEASE)
    }

    fn ends_zeros(&self) -> bool {
        self.opens || matches!(self.value, Value::Qualifier(..))
    }

    // Against the end of the other version.
    fn sign(&self) -> Ordering {
        match self.value {
            Value::Qualifier(rank, _) => rank.cmp(&RELEASE),
            Value::Number(number) => digits::compare(number, ""),
        }
    }
}

fn qualifier(text: &str, before_digit: bool) -> Value<'_> {
    let (rank, text) = match text {
        "a" if before_digit => (0, ""),
        "b" if before_digit => (1, ""),
        "m" if before_digit => (2, ""),
        "alpha" => (0, ""),
        "beta" => (1, ""),
        "milestone" => (2, ""),
        "rc" | "cr" => (3, ""),
        "snapshot" => (4, ""),
        "" | "ga" | "final" | "release" => (RELEASE, ""),
        "sp" => (6, ""),
        other => (7, other),
    };
    Value::Qualifier(rank, text)
}

fn tokens(version: &str) -> Vec<Token<'_>> {
    let mut list = Vec::new();
    let mut opens = false;
    let mut rest = version;
    loop {
        let end = rest.find(['.', '-']).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        if part.is_empty() && (list.is_empty() || !after.is_empty()) {
            list.push(Token { opens, value: Value::Number("") });
        }
        runs(part, opens, after.is_empty(), &mut list);
        let Some(separator) = after.chars().next() else { break };
        opens = separator == '-';
        rest = &after[1..];
    }
    trim(list)
}

fn runs<'a>(mut part: &'a str, mut opens: bool, last: bool, list: &mut Vec<Token<'a>>) {
    while !part.is_empty() {
        let (number, after) = digits::take(part);
        if number.is_empty() {
            let end = part.bytes().position(|c| c.is_ascii_digit()).unwrap_or(part.len());
            let (text, after) = part.split_at(end);
            let combined = last || !after.is_empty();
            let value = qualifier(text, !after.is_empty());
            list.push(Token { opens: opens || (combined && !list.is_empty()), value });
            part = after;
        } else {
            list.push(Token { opens, value: Value::Number(number) });
            part = after;
        }
        opens = true;
    }
}

// Zeros and releases at the end of each list do not count.
fn trim(tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    let mut kept: Vec<Token<'_>> = Vec::with_capacity(tokens.len());
    for token in tokens.into_iter().rev() {
        if token.sign().is_eq() && kept.last().is_none_or(Token::ends_zeros) {
            continue;
        }
        kept.push(token);
    }
    kept.reverse();
    kept
}
