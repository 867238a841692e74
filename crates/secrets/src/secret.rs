//! What is reported: a secret that was found, without the secret.

use serde::Serialize;

use crate::rule::Severity;

/// How sure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A value assigned to a telling name.
    Low,
    /// The form of a known kind.
    Medium,
    /// A checksum or structure proves it.
    High,
}

/// A secret at its place. Holds no more of it than [`Secret::redacted`] shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Secret {
    /// The rule's id.
    pub rule: String,
    /// What it is.
    pub title: String,
    /// How bad a leak is.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// The path as it was given.
    pub path: String,
    /// Line, from 1; 0 if the path alone tells.
    pub line: u32,
    /// Column in characters, from 1; 0 if the path alone tells.
    pub column: u32,
    /// Line on which it ends.
    pub end_line: u32,
    /// First and last few characters and the length.
    pub redacted: String,
    /// Same secret, same rule: same fingerprint.
    pub fingerprint: String,
    /// Bits a byte.
    pub entropy: f32,
    /// What the validator found out: an account, an expiry date, whether a key is encrypted.
    pub detail: Option<String>,
    /// Whether the file lies among tests, fixtures or examples.
    pub in_test_data: bool,
}
