//! Statements of others about matches: this product is not affected, and why.

use serde::Serialize;

/// What a VEX statement said about a match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Applied {
    /// Its status.
    pub status: Status,
    /// `vulnerable_code_not_present` and the like; empty if none was given.
    pub justification: String,
    /// The reason in the author's words.
    pub reason: String,
    /// Who said it.
    pub author: String,
    /// The document.
    pub document: String,
}

/// The four states of VEX.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It does not apply.
    NotAffected,
    /// It applies.
    Affected,
    /// It was repaired in this product.
    Fixed,
    /// Somebody is looking.
    UnderInvestigation,
}
