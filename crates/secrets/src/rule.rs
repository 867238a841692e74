//! A rule: what a kind of secret looks like, what it gives an attacker, how to revoke it.

use std::{fmt, str::FromStr};

use serde::Serialize;

use crate::{allow::Allow, pattern::Pattern, validate::Validator};

/// How bad it is if somebody else has the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Hardly of use alone.
    Low,
    /// Limited access.
    Medium,
    /// Access to data or a service.
    High,
    /// Control of an account, an organisation or an infrastructure.
    Critical,
}

impl Severity {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl FromStr for Severity {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        [Self::Low, Self::Medium, Self::High, Self::Critical]
            .into_iter()
            .find(|severity| severity.as_str() == word)
            .ok_or(())
    }
}

/// One kind of secret.
#[derive(Debug)]
pub struct Rule {
    /// Name, stable for ever: `github-personal-token`.
    pub id: String,
    /// What it is, for people.
    pub title: String,
    /// What it gives an attacker.
    pub gives: String,
    /// How to make it worthless.
    pub revoke: String,
    /// How bad a leak is.
    pub severity: Severity,
    /// Words, one of which stands in every match.
    pub keywords: Vec<String>,
    pub(crate) case_sensitive: bool,
    pub(crate) shape: Shape,
    pub(crate) path: Option<Pattern>,
    /// What the name says to which the value is assigned, up to the value.
    pub(crate) name: Option<Pattern>,
    pub(crate) entropy: Option<f32>,
    pub(crate) validator: Option<Validator>,
    pub(crate) window: Window,
    pub(crate) allow: Vec<Allow>,
    pub(crate) near: Vec<Near>,
    pub(crate) test_data: TestData,
    /// Whether values are measured against placeholders; other people's configurations bring their own lists.
    pub(crate) placeholders: bool,
    pub(crate) needs_digit: bool,
    /// Only counts beside others.
    pub(crate) silent: bool,
    /// Of rules that catch the same bytes the highest wins.
    pub(crate) rank: u32,
}

/// What a rule looks for.
#[derive(Debug)]
pub(crate) enum Shape {
    /// The secret's own form; the group that is the secret, or the first that took part.
    Token(Pattern, Option<usize>),
    /// The form of a value whose name contains a keyword.
    Assigned(Pattern),
    /// The file's path alone.
    Path,
}

/// Where around a keyword an expression is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Window {
    /// So many bytes before and after, within the line.
    Line(usize),
    /// So many bytes before and after, across lines.
    Lines(usize),
    /// The whole file.
    File,
}

/// What to do with a match in a folder of tests, fixtures or examples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TestData {
    Report,
    Skip,
}

/// Another rule that must match near by.
#[derive(Debug)]
pub(crate) struct Near {
    pub(crate) rule: String,
    pub(crate) lines: Option<u32>,
    pub(crate) columns: Option<u32>,
}

impl Rule {
    pub(crate) fn new(id: String, shape: Shape) -> Self {
        let (rank, test_data) = match shape {
            Shape::Token(..) => (30, TestData::Report),
            Shape::Assigned(_) => (20, TestData::Skip),
            Shape::Path => (40, TestData::Skip),
        };
        Self {
            title: id.clone(),
            id,
            gives: String::new(),
            revoke: String::new(),
            severity: Severity::High,
            keywords: Vec::new(),
            case_sensitive: false,
            shape,
            path: None,
            name: None,
            entropy: None,
            validator: None,
            window: Window::Line(crate::limits::WINDOW_BYTES),
            allow: Vec::new(),
            near: Vec::new(),
            test_data,
            placeholders: true,
            needs_digit: false,
            silent: false,
            rank,
        }
    }
}
