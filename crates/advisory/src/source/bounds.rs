//! Requirements such as `>= 1.2, < 2` as intervals, and what lies outside of a set of them.

use std::cmp::Ordering;

use crate::{
    record::{End, Range},
    version::{Scheme, compare},
};

/// A place on the line of versions: just before a version, or just after it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Point {
    version: String,
    after: bool,
}

/// From (nothing: the very first) to (nothing: for ever).
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Interval {
    pub(super) low: Option<Point>,
    pub(super) high: Option<Point>,
}

/// How `~>`, `^`, `~` and a bare version are read.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Dialect {
    Cargo,
    RubyGems,
    Composer,
}

/// Reads `>= 1.2, < 2`. Nothing if a part is not understood.
pub(super) fn parse(text: &str, dialect: Dialect, scheme: Scheme) -> Option<Interval> {
    let mut interval = Interval::default();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let end = part.find(|c: char| !matches!(c, '<' | '>' | '=' | '^' | '~' | '!')).unwrap_or(part.len());
        let (sign, version) = (part[..end].trim(), part[end..].trim());
        let version = version.strip_prefix('v').unwrap_or(version);
        if version == "*" && sign.is_empty() {
            continue;
        }
        if version.is_empty() || version.contains(char::is_whitespace) {
            return None;
        }
        let (low, high) = one(sign, version, dialect)?;
        if let Some(low) = low {
            interval.raise(low, scheme);
        }
        if let Some(high) = high {
            interval.lower(high, scheme);
        }
    }
    Some(interval)
}

fn one(sign: &str, version: &str, dialect: Dialect) -> Option<(Option<Point>, Option<Point>)> {
    let before = |version: &str| Some(Point { version: version.to_owned(), after: false });
    let after = |version: &str| Some(Point { version: version.to_owned(), after: true });
    Some(match (sign, dialect) {
        (">=", _) => (before(version), None),
        (">", _) => (after(version), None),
        ("<", _) => (None, before(version)),
        ("<=", _) => (None, after(version)),
        ("=" | "==", _) | ("", Dialect::RubyGems | Dialect::Composer) => (before(version), after(version)),
        ("~>", _) => (before(version), before(&bump(version, parts(version).len().saturating_sub(2))?)),
        ("^" | "", Dialect::Cargo) => (before(version), before(&caret(version)?)),
        ("~", Dialect::Cargo) => (before(version), before(&bump(version, parts(version).len().min(2) - 1)?)),
        _ => return None,
    })
}

fn parts(version: &str) -> Vec<&str> {
    let end = version.find(['-', '+']).unwrap_or(version.len());
    let numeric = |part: &&str| !part.is_empty() && part.bytes().all(|c| c.is_ascii_digit());
    version[..end].split('.').take_while(numeric).collect()
}

// The version whose part `index` is one higher and which ends there.
fn bump(version: &str, index: usize) -> Option<String> {
    let parts = parts(version);
    let number: u64 = parts.get(index)?.parse().ok()?;
    let mut bumped: Vec<String> = parts[..index].iter().map(|part| (*part).to_owned()).collect();
    bumped.push(number.checked_add(1)?.to_string());
    Some(bumped.join("."))
}

// Cargo's caret: up to the next change of the first part that is not zero.
fn caret(version: &str) -> Option<String> {
    let parts = parts(version);
    let index = parts.iter().position(|part| part.bytes().any(|c| c != b'0'));
    bump(version, index.unwrap_or(parts.len().checked_sub(1)?))
}

impl Interval {
    fn raise(&mut self, low: Point, scheme: Scheme) {
        if self.low.as_ref().is_none_or(|old| order(old, &low, scheme).is_lt()) {
            self.low = Some(low);
        }
    }

    fn lower(&mut self, high: Point, scheme: Scheme) {
        if self.high.as_ref().is_none_or(|old| order(old, &high, scheme).is_gt()) {
            self.high = Some(high);
        }
    }

    /// As a range of affected versions; nothing for an empty interval.
    pub(super) fn range(&self, scheme: Scheme) -> Option<Range> {
        if let (Some(low), Some(high)) = (&self.low, &self.high)
            && order(low, high, scheme).is_ge()
        {
            return None;
        }
        let introduced = match &self.low {
            None => String::new(),
            Some(point) if point.after => next(&point.version, scheme),
            Some(point) => point.version.clone(),
        };
        let end = match &self.high {
            None => End::Open,
            Some(point) if point.after => End::LastAffected(point.version.clone()),
            Some(point) => End::Fixed(point.version.clone()),
        };
        Some(Range { introduced, end })
    }
}

fn order(a: &Point, b: &Point, scheme: Scheme) -> Ordering {
    compare(scheme, &a.version, &b.version).unwrap_or(Ordering::Equal).then(a.after.cmp(&b.after))
}

// A version that has nothing between it and the given one.
fn next(version: &str, scheme: Scheme) -> String {
    if scheme == Scheme::SemVer {
        let parts = parts(version);
        if !version.contains('-') && !parts.is_empty() && parts.len() <= 3 {
            let padded = format!("{}{}", parts.join("."), ".0".repeat(3 - parts.len()));
            if let Some(bumped) = bump(&padded, 2) {
                return format!("{bumped}-0");
            }
        }
        return format!("{version}.0");
    }
    // The smallest later version of these schemes is not writable; a further part of one is the first that exists.
    format!("{version}.0.0.1")
}

/// What lies outside of all given intervals.
pub(super) fn outside(mut inside: Vec<Interval>, scheme: Scheme) -> Vec<Range> {
    inside.sort_by(|a, b| match (&a.low, &b.low) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
        (Some(a), Some(b)) => order(a, b, scheme),
    });
    let mut ranges = Vec::new();
    // Everything before `at` is decided; `None` is the very first version.
    let mut at: Option<Point> = None;
    for interval in inside {
        if let Some(low) = &interval.low
            && at.as_ref().is_none_or(|at| order(at, low, scheme).is_lt())
        {
            ranges.extend(Interval { low: at.clone(), high: Some(low.clone()) }.range(scheme));
        }
        match interval.high {
            None => return ranges,
            Some(high) if at.as_ref().is_none_or(|at| order(at, &high, scheme).is_lt()) => at = Some(high),
            Some(_) => {}
        }
    }
    ranges.extend(Interval { low: at, high: None }.range(scheme));
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    fn affected(safe: &[&str], dialect: Dialect, scheme: Scheme) -> String {
        let safe = safe.iter().map(|text| parse(text, dialect, scheme).expect("a requirement")).collect();
        outside(safe, scheme).iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn what_is_outside_of_patched_and_unaffected_versions_is_affected() {
        for (safe, expected) in [
            (&[">= 1.2.3"][..], "< 1.2.3"),
            (&["^1.1.5", ">= 1.2.1"], "< 1.1.5"),
            (&["^0.1.5", ">= 0.2.1"], "< 0.1.5 | >= 0.2, < 0.2.1"),
            (&["^0.0.3"], "< 0.0.3 | >= 0.0.4"),
            (&["~1.2.3", ">= 2"], "< 1.2.3 | >= 1.3, < 2"),
            (&["< 0.4.1", ">= 1.0.0"], ">= 0.4.1, < 1.0.0"),
            (&["<= 0.4.1", "> 1.0.0"], ">= 0.4.2-0, <= 1.0.0"),
            (&["= 1.0.0"], "< 1.0.0 | >= 1.0.1-0"),
            (&[], "every version"),
            (&["*"], ""),
        ] {
            assert_eq!(affected(safe, Dialect::Cargo, Scheme::SemVer), expected, "{safe:?}");
        }
        for (safe, expected) in [
            (&["~> 4.2.5, >= 4.2.5.1", ">= 5.0"][..], "< 4.2.5.1 | >= 4.3, < 5.0"),
            (&["~> 1.2"], "< 1.2 | >= 2"),
            (&["< 2.0", ">= 2.1"], ">= 2.0, < 2.1"),
        ] {
            assert_eq!(affected(safe, Dialect::RubyGems, Scheme::RubyGems), expected, "{safe:?}");
        }
    }

    #[test]
    fn what_is_no_requirement_is_refused() {
        for text in ["!= 1", "~> x", ">= ", "1 || 2", "^x"] {
            assert_eq!(parse(text, Dialect::Cargo, Scheme::SemVer), None, "{text}");
        }
    }
}
