//! [`Advisory`]: what every source's records become before they are stored.

use crate::{
    limits::{
        AFFECTED_MAX, ALIASES_MAX, NAME_BYTES_MAX, RANGES_MAX, REFERENCES_MAX, TEXT_BYTES_MAX, VERSIONS_MAX,
    },
    query::{FixState, Kind},
    severity::Severity,
};

/// One record of one source.
#[derive(Debug, Clone, PartialEq)]
pub struct Advisory {
    /// The source's own id.
    pub id: String,
    /// Other names of the same vulnerability.
    pub aliases: Vec<String>,
    /// The vulnerabilities that a distribution's advisory repairs: each is a match of its own.
    pub covers: Vec<String>,
    /// What it is about.
    pub kind: Kind,
    /// The source's own severity.
    pub severity: Option<Severity>,
    /// CVSS vectors.
    pub cvss: Vec<String>,
    /// Numbers of CWE.
    pub cwe: Vec<u32>,
    /// Date of publication, `2024-01-31`; empty if not known.
    pub published: String,
    /// Date of the last change.
    pub modified: String,
    /// Taken back: kept to be explained, matches nothing.
    pub withdrawn: bool,
    /// One line.
    pub title: String,
    /// The description.
    pub details: String,
    /// Addresses to read on.
    pub references: Vec<String>,
    /// The packages.
    pub affected: Vec<Affected>,
}

/// One package that a record names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Affected {
    /// Ecosystem in its one spelling, with release: `Debian:12`.
    pub ecosystem: String,
    /// Name as the source writes it.
    pub name: String,
    /// Whether the name is that of a source package.
    pub of_source: bool,
    /// Ranges of affected versions; any one of them suffices.
    pub ranges: Vec<Range>,
    /// Affected versions one by one.
    pub versions: Vec<String>,
    /// What became of the fix, where a range names none.
    pub fix_state: FixState,
    /// The distribution's severity for this package and release.
    pub severity: Option<Severity>,
    /// What a reader should know; empty mostly.
    pub note: String,
}

/// Versions from one to another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Range {
    /// First affected version; empty for the very first.
    pub introduced: String,
    /// Where it ends.
    pub end: End,
}

/// Where a range ends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// Nowhere: everything later is affected too.
    Open,
    /// Before the fixed version.
    Fixed(String),
    /// With this version.
    LastAffected(String),
    /// Before this version, which says nothing about a fix.
    Limit(String),
}

impl Advisory {
    /// A record with nothing but an id.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            aliases: Vec::new(),
            covers: Vec::new(),
            kind: Kind::Vulnerability,
            severity: None,
            cvss: Vec::new(),
            cwe: Vec::new(),
            published: String::new(),
            modified: String::new(),
            withdrawn: false,
            title: String::new(),
            details: String::new(),
            references: Vec::new(),
            affected: Vec::new(),
        }
    }

    /// Cuts what is longer than the ceilings; says what was cut.
    pub(crate) fn limit(&mut self) -> Option<String> {
        let mut cut = Vec::new();
        let mut shorten = |what: &str, len: usize, max: usize| {
            if len > max {
                cut.push(format!("{len} {what} are more than {max}"));
            }
            max
        };
        self.aliases.truncate(shorten("aliases", self.aliases.len(), ALIASES_MAX));
        self.covers.truncate(shorten("covered vulnerabilities", self.covers.len(), ALIASES_MAX));
        self.affected.truncate(shorten("affected packages", self.affected.len(), AFFECTED_MAX));
        self.references.truncate(REFERENCES_MAX);
        for affected in &mut self.affected {
            affected.ranges.truncate(shorten("ranges", affected.ranges.len(), RANGES_MAX));
            affected.versions.truncate(shorten("versions", affected.versions.len(), VERSIONS_MAX));
        }
        self.aliases.retain(|alias| alias.len() <= NAME_BYTES_MAX);
        self.references.retain(|reference| reference.len() <= NAME_BYTES_MAX * 4);
        truncate(&mut self.title, NAME_BYTES_MAX);
        truncate(&mut self.details, TEXT_BYTES_MAX);
        let last = cut.pop()?;
        cut.push(last);
        Some(cut.join("; "))
    }
}

impl Affected {
    /// A package without ranges.
    pub fn new(ecosystem: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            ecosystem: ecosystem.into(),
            name: name.into(),
            of_source: false,
            ranges: Vec::new(),
            versions: Vec::new(),
            fix_state: FixState::Unknown,
            severity: None,
            note: String::new(),
        }
    }
}

impl Range {
    /// Everything before a fixed version.
    pub fn before(fixed: impl Into<String>) -> Self {
        Self { introduced: String::new(), end: End::Fixed(fixed.into()) }
    }

    /// Every version.
    pub fn everything() -> Self {
        Self { introduced: String::new(), end: End::Open }
    }
}

impl std::fmt::Display for Range {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.introduced.is_empty() {
            write!(f, ">= {}", self.introduced)?;
        }
        let comma = if self.introduced.is_empty() { "" } else { ", " };
        match &self.end {
            End::Open if self.introduced.is_empty() => write!(f, "every version"),
            End::Open => Ok(()),
            End::Fixed(version) | End::Limit(version) => write!(f, "{comma}< {version}"),
            End::LastAffected(version) => write!(f, "{comma}<= {version}"),
        }
    }
}

/// Cuts a text at a character's border.
pub(crate) fn truncate(text: &mut String, max: usize) {
    if text.len() > max {
        let mut end = max;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
    }
}
