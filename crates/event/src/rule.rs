//! [`RuleInfo`]: what is told about a rule. The rules themselves live in the engine of their language.

use serde::{Deserialize, Serialize};

use crate::{Severity, Technique};

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
    /// How often it matched since the engine started.
    pub matches: u64,
}
