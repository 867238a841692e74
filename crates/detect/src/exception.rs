//! [`Exception`]: what a rule is not to be told about, why, and until when.
//!
//! A file is a YAML list. Exceptions work on any rule, whoever wrote it, without touching its file:
//!
//! ```yaml
//! - exception: the nightly backup reads the password hashes
//!   rule: Password hashes read           # a name, a pattern with * and ?, or a list of them
//!   condition: proc.exepath = /usr/local/bin/backup and user.name = root
//!   reason: It copies all of /etc; see the runbook.
//!   owner: ops@example.org
//!   created: 2026-01-15
//!   expires: 2026-07-15                   # the last day on which it counts, or `never`
//! ```
//!
//! Instead of a `condition`, `fields` may list what must hold together: `fields: {proc.exepath: /usr/local/bin/backup,
//! proc.pname: [cron, systemd]}`; a key may name an operator too, as in `proc.cmdline startswith`. Macros and lists may
//! stand in the same files; those of rule files are not seen here.
//!
//! A rule that an exception suppresses counts as if it had not matched: the rules after it are still tried.
//! [`crate::Matcher::suppressed`] tells what was suppressed, so that nothing vanishes uncounted. Whether an exception has
//! run out is decided by the event's own time: a recording is judged as it would have been then.

use std::sync::Arc;

use yagura_event::Timestamp;

use crate::{
    diagnostic::{FileReport, SourceFile},
    falco,
    field::nearest,
    ir::Expr,
    matcher::glob,
    rule::RuleSet,
};

/// Names an exception within its [`ExceptionSet`] and the [`crate::Engine`] made with it: its place in load order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExceptionIndex(pub u32);

/// What a rule is not to be told about.
#[derive(Debug, Clone)]
pub struct Exception {
    /// Its name, unique among exceptions.
    pub name: String,
    /// The file that defines it.
    pub file: String,
    /// The line it begins on, from 1.
    pub line: u32,
    /// The rules it is about: names, or patterns with `*` and `?`.
    pub rules: Vec<String>,
    /// Its condition as written, or as its `fields` say.
    pub condition: String,
    /// Why it is right.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// The first instant at which it no longer counts; `None` where it never runs out.
    pub expires: Option<Timestamp>,
    pub(crate) expression: Arc<Expr>,
}

impl Exception {
    /// Whether it is about the rule of this name.
    pub fn covers(&self, rule: &str) -> bool {
        self.rules.iter().any(|pattern| is_about(pattern, rule))
    }

    /// Whether it no longer counts at this time.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|end| end <= now)
    }
}

fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?'])
}

fn is_about(pattern: &str, rule: &str) -> bool {
    pattern == rule || is_pattern(pattern) && glob::matches(pattern, rule, false)
}

/// Exceptions in load order.
#[derive(Debug, Clone, Default)]
pub struct ExceptionSet {
    pub(crate) exceptions: Vec<Exception>,
}

impl ExceptionSet {
    /// The exceptions, in load order.
    pub fn exceptions(&self) -> &[Exception] {
        &self.exceptions
    }
}

/// Reads files of exceptions: the good ones, and by file what is wrong. `rules` are the rules there are: a name that is
/// none of them is a warning with the nearest one. An exception that has run out at `now` is a warning, and is kept.
///
/// ```
/// use yagura_detect::{RuleSet, SourceFile, load_exceptions};
///
/// let file = SourceFile::new("mine.yaml", r#"
/// - exception: backup
///   rule: Password hashes read
///   fields: {proc.nmae: backup}
///   reason: It copies all of /etc.
///   expires: never
/// "#);
/// let (exceptions, reports) = load_exceptions(std::slice::from_ref(&file), &RuleSet::default(), Default::default());
/// assert!(exceptions.exceptions().is_empty());
/// let text = reports[0].diagnostics.iter().map(|one| one.render(&file.text)).collect::<String>();
/// assert!(text.contains("did you mean `proc.name`"), "{text}");
/// ```
pub fn load_exceptions(
    files: &[SourceFile],
    rules: &RuleSet,
    now: Timestamp,
) -> (ExceptionSet, Vec<FileReport>) {
    falco::exceptions::load(files, &Known { rules, now })
}

/// What an exception is held against when it is read.
pub(crate) struct Known<'k> {
    rules: &'k RuleSet,
    pub(crate) now: Timestamp,
}

impl Known<'_> {
    /// What is wrong with a rule's name: a message, and the name that was perhaps meant.
    pub(crate) fn doubt(&self, pattern: &str) -> Option<(String, Option<String>)> {
        let names = || self.rules.rules.iter().map(|rule| rule.name.as_str());
        if names().any(|name| is_about(pattern, name)) {
            return None;
        }
        if is_pattern(pattern) {
            return Some((format!("no rule is called like `{pattern}`"), None));
        }
        let near = nearest(pattern, names()).map(|near| format!("did you mean `{near}`?"));
        Some((format!("there is no rule `{pattern}`"), near))
    }
}
