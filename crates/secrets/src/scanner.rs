//! Looks for the secrets of a file.

mod judge;
mod place;
mod search;

use crate::{
    context::{self, FileKind},
    limits::{FILE_BYTES_MAX, SECRETS_PER_FILE_MAX},
    rule::{Rule, Shape, TestData},
    rules::Rules,
    secret::{Confidence, Secret},
};

/// Whether a file is worth reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// Neither its bytes nor its name.
    No,
    /// Its name alone tells: scan it with no bytes.
    Path,
    /// Its bytes, all of them.
    Whole,
}

/// Searches with a set of rules. Cheap to make; one serves many files and many threads.
///
/// A file costs one pass over its bytes and what its keywords ask for; memory does not grow with the file, except for
/// UTF-16, which is decoded.
#[derive(Debug, Clone, Copy)]
pub struct Scanner<'r> {
    rules: &'r Rules,
    now: Option<i64>,
    test_data: bool,
}

impl<'r> Scanner<'r> {
    /// Searches with these rules.
    #[must_use]
    pub fn new(rules: &'r Rules) -> Self {
        Self { rules, now: None, test_data: false }
    }

    /// What has expired at this time, in seconds since 1970, is no secret any more.
    #[must_use]
    pub fn at(self, now: i64) -> Self {
        Self { now: Some(now), ..self }
    }

    /// Reports among tests, fixtures and examples what is only reported elsewhere otherwise.
    #[must_use]
    pub fn with_test_data(self, report: bool) -> Self {
        Self { test_data: report, ..self }
    }

    /// Whether a file of this path and size is worth reading.
    #[must_use]
    pub fn want(&self, path: &str, size: u64) -> Want {
        if self.rules.allow.iter().any(|allow| allow.lets_path_pass(path)) {
            return Want::No;
        }
        if size > 0 && size <= FILE_BYTES_MAX && !context::is_hopeless(path) {
            return Want::Whole;
        }
        if self.by_path(path, FileKind::of(path)).next().is_some() { Want::Path } else { Want::No }
    }

    /// The secrets of a file, in the order of their places. A path has `/` between its parts.
    #[must_use]
    pub fn scan(&self, path: &str, bytes: &[u8]) -> Vec<Secret> {
        if self.rules.allow.iter().any(|allow| allow.lets_path_pass(path)) {
            return Vec::new();
        }
        let kind = FileKind::of(path);
        let mut secrets: Vec<Secret> = Vec::new();
        if bytes.len() as u64 <= FILE_BYTES_MAX
            && !context::is_hopeless(path)
            && let Some(text) = context::text(bytes)
        {
            secrets = self.scan_text(path, kind, &text);
        }
        if secrets.is_empty() {
            secrets.extend(self.by_path(path, kind).map(|rule| by_name(rule, path, kind)));
        }
        secrets.truncate(SECRETS_PER_FILE_MAX);
        secrets
    }

    fn scan_text(&self, path: &str, kind: FileKind, text: &[u8]) -> Vec<Secret> {
        let candidates = search::candidates(self.rules, path, kind, text);
        if candidates.is_empty() {
            return Vec::new();
        }
        let judge = judge::Judge { scanner: self, path, kind, text };
        let judged = judge.all(candidates);
        place::secrets(self.rules, path, kind, text, judged)
    }

    fn by_path(&self, path: &str, kind: FileKind) -> impl Iterator<Item = &'r Rule> {
        let test_data = self.test_data || !kind.test;
        self.rules.rules.iter().filter(move |rule| {
            matches!(rule.shape, Shape::Path)
                && (test_data || rule.test_data == TestData::Report)
                && rule.path.as_ref().is_some_and(|pattern| pattern.is_match(path.as_bytes()))
        })
    }
}

fn by_name(rule: &Rule, path: &str, kind: FileKind) -> Secret {
    Secret {
        rule: rule.id.clone(),
        title: rule.title.clone(),
        severity: rule.severity,
        confidence: Confidence::Low,
        path: path.to_owned(),
        line: 0,
        column: 0,
        end_line: 0,
        redacted: String::new(),
        fingerprint: crate::redact::fingerprint(&rule.id, path.as_bytes()),
        entropy: 0.0,
        detail: Some("the name of the file tells".to_owned()),
        in_test_data: kind.test,
    }
}
