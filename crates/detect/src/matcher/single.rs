//! One predicate on its own: what no table answers.

use std::borrow::Cow;

use ipnet::IpNet;
use regex::{Regex, RegexBuilder};
use yagura_event::Event;

use super::{glob, re2, term};
use crate::{
    field::Value,
    ir::{BytesTest, CompareTest, NumberTest, Predicate, Test, TextTest},
    limits::REGEX_COMPILED_BYTES_MAX,
};

/// A predicate and what was compiled for it.
#[derive(Debug)]
pub(crate) struct Single {
    predicate: Predicate,
    regexes: Vec<Regex>,
}

impl Single {
    pub(crate) fn new(predicate: Predicate) -> Self {
        let regexes = match &predicate.test {
            Test::Text(test, patterns) => {
                patterns.iter().filter_map(|pattern| regex(*test, pattern)?.ok()).collect()
            }
            _ => Vec::new(),
        };
        Self { predicate, regexes }
    }

    pub(crate) fn holds(&self, event: &Event) -> bool {
        let term = &self.predicate.term;
        match &self.predicate.test {
            Test::AddressOutside(nets) => {
                let mut verdict = None;
                term::each(term, event, &mut |value| {
                    let outside = matches!(value, Value::Address(address) if !within(address, nets));
                    verdict = Some(verdict.unwrap_or(true) && outside);
                });
                verdict == Some(true)
            }
            Test::Number(NumberTest::Differs, number) => {
                let mut verdict = None;
                term::each(term, event, &mut |value| {
                    let differs = value.number().is_some_and(|have| have != *number);
                    verdict = Some(verdict.unwrap_or(true) && differs);
                });
                verdict == Some(true)
            }
            Test::TextAll(texts) => {
                let mut verdict = None;
                term::each(term, event, &mut |value| {
                    let text = value.into_text();
                    verdict = Some(verdict.unwrap_or(true) && texts.iter().any(|known| **known == *text));
                });
                verdict == Some(true)
            }
            Test::Compare(compare, other) => compare_terms(*compare, term, other, event),
            _ => {
                let mut found = false;
                term::each(term, event, &mut |value| found = found || self.value_holds(value));
                found
            }
        }
    }

    /// Of several texts to compare with, the first that this one fits; none where a regular expression decides.
    pub(crate) fn fitting_pattern(&self, text: &str) -> Option<&str> {
        let Test::Text(test, patterns) = &self.predicate.test else { return None };
        let fitting = patterns.iter().find(|pattern| text_fits(*test, pattern, text));
        fitting.map(|pattern| &**pattern).filter(|_| patterns.len() > 1)
    }

    /// Whether one value passes.
    pub(crate) fn value_holds(&self, value: Value<'_>) -> bool {
        match &self.predicate.test {
            Test::Exists => true,
            Test::Text(test, patterns) => {
                let text = value.into_text();
                self.regexes.iter().any(|regex| regex.is_match(&text))
                    || patterns.iter().any(|pattern| text_fits(*test, pattern, &text))
            }
            Test::TextDiffers(other) => *value.into_text() != **other,
            Test::TextOrder(test, other) => test.holds(&*value.into_text(), &**other),
            Test::TextAll(texts) => {
                let text = value.into_text();
                texts.iter().any(|known| **known == *text)
            }
            Test::Bytes(test, patterns) => {
                let bytes = match value {
                    Value::Bytes(bytes) => bytes,
                    other => Cow::Owned(other.into_text().into_owned().into_bytes()),
                };
                patterns.iter().any(|pattern| bytes_fit(*test, pattern, &bytes))
            }
            Test::Number(test, number) => value.number().is_some_and(|have| test.holds(&have, number)),
            Test::NumberIn(numbers) => {
                value.number().is_some_and(|have| numbers.binary_search(&have).is_ok())
            }
            Test::Truth(wanted) => matches!(value, Value::Truth(truth) if truth == *wanted),
            Test::Address(nets) => matches!(value, Value::Address(address) if within(address, nets)),
            Test::AddressOutside(nets) => matches!(value, Value::Address(address) if !within(address, nets)),
            Test::Compare(..) => false,
        }
    }
}

/// Whether the pattern is matched by a regular expression.
pub(crate) fn needs_regex(test: TextTest, pattern: &str) -> bool {
    match test {
        TextTest::Regex => true,
        TextTest::Glob | TextTest::GlobIgnoringCase => glob::is_extended(pattern),
        _ => false,
    }
}

/// The regular expression a pattern needs; `None` where it is matched without one.
pub(crate) fn regex(test: TextTest, pattern: &str) -> Option<Result<Regex, String>> {
    let (source, ignore_case) = match test {
        TextTest::Regex => (re2::to_regex(pattern), false),
        TextTest::Glob | TextTest::GlobIgnoringCase if glob::is_extended(pattern) => {
            let Some(source) = glob::to_regex(pattern) else {
                return Some(Err("this extended glob is not supported".to_owned()));
            };
            (source, test == TextTest::GlobIgnoringCase)
        }
        _ => return None,
    };
    let built = RegexBuilder::new(&format!(r"\A(?:{source})\z"))
        .case_insensitive(ignore_case)
        .size_limit(REGEX_COMPILED_BYTES_MAX)
        .dfa_size_limit(REGEX_COMPILED_BYTES_MAX)
        .build();
    Some(
        built.map_err(|error| error.to_string().lines().last().unwrap_or("no regular expression").to_owned()),
    )
}

fn text_fits(test: TextTest, pattern: &str, text: &str) -> bool {
    match test {
        TextTest::Equals => text == pattern,
        TextTest::StartsWith => text.starts_with(pattern),
        TextTest::EndsWith => text.ends_with(pattern),
        TextTest::Contains => text.contains(pattern),
        TextTest::ContainsIgnoringCase => text.to_ascii_lowercase().contains(&pattern.to_ascii_lowercase()),
        TextTest::Glob => !glob::is_extended(pattern) && glob::matches(pattern, text, false),
        TextTest::GlobIgnoringCase => !glob::is_extended(pattern) && glob::matches(pattern, text, true),
        TextTest::Regex => false,
        TextTest::BelowPath => below_path(pattern, text),
    }
}

// Component by component: `/etc` covers `/etc` and `/etc/x`, not `/etcetera`; a component may be a glob.
fn below_path(pattern: &str, path: &str) -> bool {
    let mut have = path.split('/').filter(|part| !part.is_empty());
    pattern
        .split('/')
        .filter(|part| !part.is_empty())
        .all(|wanted| have.next().is_some_and(|part| wanted == part || glob::matches(wanted, part, false)))
}

fn bytes_fit(test: BytesTest, pattern: &[u8], bytes: &[u8]) -> bool {
    match test {
        BytesTest::Equals => bytes == pattern,
        BytesTest::StartsWith => bytes.starts_with(pattern),
        BytesTest::EndsWith => bytes.ends_with(pattern),
        BytesTest::Contains => {
            pattern.is_empty() || bytes.windows(pattern.len()).any(|window| window == pattern)
        }
    }
}

fn within(address: std::net::IpAddr, nets: &[IpNet]) -> bool {
    // An IPv4 peer of an IPv6 socket is still that IPv4 address.
    let plain = address.to_canonical();
    nets.iter().any(|net| net.contains(&plain) || net.contains(&address))
}

fn compare_terms(
    compare: CompareTest,
    left: &crate::ir::Term,
    right: &crate::ir::Term,
    event: &Event,
) -> bool {
    let mut others = Vec::new();
    term::each(right, event, &mut |value| others.push(value));
    let mut found = false;
    term::each(left, event, &mut |value| {
        if found {
            return;
        }
        found = match compare {
            CompareTest::Number(test) => value.number().is_some_and(|have| {
                others.iter().filter_map(Value::number).any(|other| test.holds(&have, &other))
            }),
            CompareTest::Text(test) => {
                let text = value.into_text();
                others.iter().any(|other| text_fits(test, &other.clone().into_text(), &text))
            }
            CompareTest::TextDiffers => {
                let text = value.into_text();
                others.iter().any(|other| other.clone().into_text() != text)
            }
            CompareTest::TextOrder(test) => {
                let text = value.into_text();
                others.iter().any(|other| test.holds(&*text, &*other.clone().into_text()))
            }
            CompareTest::Intersects => {
                let text = value.into_text();
                others.iter().any(|other| other.clone().into_text() == text)
            }
        };
    });
    found
}
