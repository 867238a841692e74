//! [`RuleInfo`] and [`ExceptionInfo`]: what is told about rules and the exceptions from them. Both themselves live in the
//! engine of their language.

use serde::{Deserialize, Serialize};

use crate::{Severity, Technique, Timestamp};

/// A rule language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RuleLanguage {
    /// Falco's YAML rules.
    Falco,
    /// Sigma's YAML rules.
    Sigma,
}

/// What is told about a rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RuleInfo {
    /// Its name; unique within its language.
    pub name: String,
    /// The language it is written in.
    pub language: RuleLanguage,
    /// The file it was loaded from.
    pub file: String,
    /// The line it begins on, from 1.
    pub line: u32,
    /// What it is for.
    pub description: String,
    /// Severity of its findings.
    pub severity: Severity,
    /// Priority or level in the language's own word.
    pub priority: String,
    /// The condition as written, after appends and overrides.
    pub condition: String,
    /// The output template as written.
    pub output: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// ATT&CK techniques among the tags.
    pub techniques: Vec<Technique>,
    /// Whether it is on.
    pub enabled: bool,
    /// Kinds of event that can trigger it.
    pub event_kinds: Vec<String>,
    /// Of those, the kinds that this sensor does not capture: the rule is blind to them.
    pub blind_kinds: Vec<String>,
    /// Fields in its condition that this system never has: comparing them is never true.
    pub blind_fields: Vec<String>,
    /// Types of events it names that never occur in this system.
    pub blind_types: Vec<String>,
    /// Exceptions that are about it, by name.
    pub exceptions: Vec<String>,
    /// How often it matched since the engine started.
    pub matches: u64,
    /// How often an exception kept it from matching since the engine started.
    pub suppressed: u64,
}

/// What is told about an exception from rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExceptionInfo {
    /// Its name, unique among exceptions.
    pub name: String,
    /// The file it was loaded from.
    pub file: String,
    /// The line it begins on, from 1.
    pub line: u32,
    /// The rules it is about as written: names, or patterns with `*` and `?`.
    pub rules: Vec<String>,
    /// The rules of those names that there are.
    pub covers: Vec<String>,
    /// What is harmless: its condition as written, or as its fields say.
    pub condition: String,
    /// Why it is right.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The day it was made, `2026-01-15`.
    pub created: Option<String>,
    /// The last day on which it counts, `2026-07-15`; none where it never runs out.
    pub expires: Option<String>,
    /// Whether it has run out and no longer counts.
    pub expired: bool,
    /// How often it kept a rule from matching since the engine started.
    pub suppressed: u64,
    /// When it last did.
    pub last_suppressed: Option<Timestamp>,
}
