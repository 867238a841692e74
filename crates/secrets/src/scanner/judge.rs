//! From candidates to secrets: what speaks against each, and which of several rules keeps it.

use std::collections::BTreeMap;

use memchr::{memchr, memrchr};

use super::{Scanner, search::Candidate};
use crate::{
    allow::Subject,
    context::{self, FileKind},
    entropy,
    limits::SECRET_BYTES_MAX,
    placeholder,
    rule::{Near, Rule, Shape, TestData},
    secret::Confidence,
    validate::{Catch, Verdict},
};

const LINE_BYTES_MAX: usize = 4_096;
/// How many are asked whether they stand near another.
const NEIGHBOURS_MAX: usize = 1_000;
const NEAR_BYTES_MAX: usize = 1 << 20;

pub(super) struct Judge<'j> {
    pub(super) scanner: &'j Scanner<'j>,
    pub(super) path: &'j str,
    pub(super) kind: FileKind,
    pub(super) text: &'j [u8],
}

/// A candidate that stood.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    pub(super) candidate: Candidate,
    pub(super) confidence: Confidence,
    pub(super) entropy: f32,
    pub(super) detail: Option<String>,
}

impl Judge<'_> {
    /// What stands, without overlaps, in the order of places.
    pub(super) fn all(&self, candidates: Vec<Candidate>) -> Vec<Judged> {
        let mut judged: Vec<Judged> =
            candidates.into_iter().filter_map(|candidate| self.one(candidate)).collect();
        judged = self.beside_their_neighbours(judged);
        // The most specific first; of equals the longer, the earlier, the first rule.
        judged.sort_by_key(|judged| {
            let candidate = judged.candidate;
            let rank = self.rule(candidate).rank + if judged.confidence == Confidence::High { 5 } else { 0 };
            (u32::MAX - rank, usize::MAX - (candidate.end - candidate.start), candidate.start, candidate.rule)
        });
        let mut taken: BTreeMap<usize, usize> = BTreeMap::new();
        judged.retain(|judged| {
            let (start, end) = (judged.candidate.start, judged.candidate.end);
            let before = taken.range(..end).next_back();
            let free = before.is_none_or(|(_, taken_end)| *taken_end <= start);
            if free {
                taken.insert(start, end);
            }
            free
        });
        judged.sort_by_key(|judged| judged.candidate.start);
        judged
    }

    fn rule(&self, candidate: Candidate) -> &Rule {
        &self.scanner.rules.rules[candidate.rule as usize]
    }

    fn one(&self, candidate: Candidate) -> Option<Judged> {
        let rule = self.rule(candidate);
        let secret = &self.text[candidate.start..candidate.end];
        if secret.is_empty() || secret.len() > SECRET_BYTES_MAX || !self.is_meant(rule, candidate, secret) {
            return None;
        }
        let bits = entropy::shannon(secret);
        if rule.entropy.is_some_and(|floor| bits <= floor) {
            return None;
        }
        let line = self.line(candidate);
        if context::is_allowed(line) || self.passes(rule, candidate, secret, line) {
            return None;
        }
        let (confidence, detail) = self.verdict(rule, candidate, secret)?;
        Some(Judged { candidate, confidence, entropy: bits, detail })
    }

    fn is_meant(&self, rule: &Rule, candidate: Candidate, secret: &[u8]) -> bool {
        if self.kind.test && rule.test_data == TestData::Skip && !self.scanner.test_data {
            return false;
        }
        if rule.needs_digit && !secret.iter().any(u8::is_ascii_digit) {
            return false;
        }
        if !rule.placeholders {
            return true;
        }
        match rule.shape {
            Shape::Assigned(_) => {
                (candidate.quoted || !self.kind.code) && !placeholder::is_no_secret(secret, candidate.quoted)
            }
            // A key in armour is judged by its validator.
            Shape::Token(..) => secret.starts_with(b"-----") || !placeholder::is_placeholder(secret),
            Shape::Path => true,
        }
    }

    fn passes(&self, rule: &Rule, candidate: Candidate, secret: &[u8], line: &[u8]) -> bool {
        let whole = &self.text[candidate.from..candidate.to];
        let subject = Subject { rule: &rule.id, path: self.path, secret, whole, line };
        rule.allow.iter().chain(&self.scanner.rules.allow).any(|allow| allow.lets_pass(&subject))
            || rule.placeholders && self.scanner.rules.is_published(secret)
    }

    fn verdict(
        &self,
        rule: &Rule,
        candidate: Candidate,
        secret: &[u8],
    ) -> Option<(Confidence, Option<String>)> {
        let usual = match rule.shape {
            Shape::Assigned(_) => Confidence::Low,
            Shape::Token(..) | Shape::Path => Confidence::Medium,
        };
        let Some(validator) = rule.validator else { return Some((usual, None)) };
        let verdict = validator.judge(&Catch {
            secret,
            whole: &self.text[candidate.from..candidate.to],
            text: self.text,
            start: candidate.start,
            quoted: candidate.quoted,
            now: self.scanner.now,
        });
        match verdict {
            Verdict::Reject => None,
            Verdict::Plausible(detail) => Some((usual, detail)),
            Verdict::Proven(detail) => Some((Confidence::High, detail)),
        }
    }

    // The line on which the secret begins, to its end: comments that allow it stand there.
    fn line(&self, candidate: Candidate) -> &[u8] {
        let low = candidate.start.saturating_sub(LINE_BYTES_MAX);
        let high = (candidate.start + LINE_BYTES_MAX).min(self.text.len());
        let from = memrchr(b'\n', &self.text[low..candidate.start]).map_or(low, |at| low + at + 1);
        let to = memchr(b'\n', &self.text[candidate.start..high]).map_or(high, |at| candidate.start + at);
        &self.text[from..to]
    }

    // Rules that count only near others; and others that count only there.
    fn beside_their_neighbours(&self, judged: Vec<Judged>) -> Vec<Judged> {
        if judged
            .iter()
            .all(|one| self.rule(one.candidate).near.is_empty() && !self.rule(one.candidate).silent)
        {
            return judged;
        }
        let neighbours = &judged[..judged.len().min(NEIGHBOURS_MAX)];
        let stands = |one: &&Judged| {
            let rule = self.rule(one.candidate);
            !rule.silent
                && rule.near.iter().all(|near| neighbours.iter().any(|other| self.is_near(one, other, near)))
        };
        judged.iter().filter(stands).cloned().collect()
    }

    fn is_near(&self, one: &Judged, other: &Judged, near: &Near) -> bool {
        if self.rule(other.candidate).id != near.rule {
            return false;
        }
        let (low, high) = if one.candidate.from <= other.candidate.from {
            (one.candidate.from, other.candidate.from)
        } else {
            (other.candidate.from, one.candidate.from)
        };
        if high - low > NEAR_BYTES_MAX && near.lines.is_some() {
            return false;
        }
        let lines = memchr::memchr_iter(b'\n', &self.text[low..high]).count() as u64;
        let column = |at: usize| {
            let from = at.saturating_sub(LINE_BYTES_MAX);
            at - memrchr(b'\n', &self.text[from..at]).map_or(from, |line| from + line + 1)
        };
        let columns = column(one.candidate.from).abs_diff(column(other.candidate.from)) as u64;
        near.lines.is_none_or(|most| lines <= u64::from(most))
            && near.columns.is_none_or(|most| columns <= u64::from(most))
    }
}
