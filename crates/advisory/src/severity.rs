//! [`Severity`], and CVSS vectors with their scores.

use serde::Serialize;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nobody said.
    Unknown,
    /// No harm by itself, or disputed; Debian's `unimportant`, Ubuntu's `negligible`.
    Negligible,
    /// CVSS 0.1 to 3.9.
    Low,
    /// CVSS 4.0 to 6.9; Red Hat's and SUSE's `moderate`.
    Medium,
    /// CVSS 7.0 to 8.9; Red Hat's and SUSE's `important`.
    High,
    /// CVSS 9.0 and up.
    Critical,
}

impl Severity {
    /// Reads the words that sources use, in either case.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word.trim().to_ascii_lowercase().as_str() {
            "critical" => Self::Critical,
            "high" | "important" => Self::High,
            "medium" | "moderate" => Self::Medium,
            "low" => Self::Low,
            "negligible" | "unimportant" | "none" | "minor" | "informational" => Self::Negligible,
            "unknown" | "untriaged" | "not yet assigned" => Self::Unknown,
            _ => return None,
        })
    }

    /// The severity of a CVSS score.
    pub fn of_score(score: f64) -> Self {
        match score {
            score if score >= 9.0 => Self::Critical,
            score if score >= 7.0 => Self::High,
            score if score >= 4.0 => Self::Medium,
            score if score > 0.0 => Self::Low,
            _ => Self::Negligible,
        }
    }

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Negligible => "negligible",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// A CVSS vector and what it comes to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Score {
    /// The vector, `CVSS:3.1/AV:N/…`; version 2 has no prefix.
    pub vector: String,
    /// `2.0`, `3.0`, `3.1` or `4.0`.
    pub version: String,
    /// 0.0 to 10.0.
    pub score: f64,
    /// The severity of that score.
    pub severity: Severity,
    /// Who gave the vector.
    pub source: String,
}
