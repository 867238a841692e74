//! [`Severity`] of a finding (OCSF `severity_id`) and [`Priority`] of a Falco rule (syslog levels).

use serde::{Deserialize, Serialize};

/// How bad a finding is. The numbers are OCSF's `severity_id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing to act on.
    Informational = 1,
    /// Act when convenient.
    Low = 2,
    /// Act soon.
    Medium = 3,
    /// Act now.
    High = 4,
    /// Act now: damage is likely or happening.
    Critical = 5,
}

impl Severity {
    /// Every severity, mildest first.
    pub const ALL: [Self; 5] = [Self::Informational, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// OCSF `severity_id`.
    pub const fn id(self) -> u8 {
        self as u8
    }

    /// The severity with this OCSF `severity_id`; 6 (Fatal) counts as critical.
    pub const fn from_id(id: u8) -> Option<Self> {
        Some(match id {
            1 => Self::Informational,
            2 => Self::Low,
            3 => Self::Medium,
            4 => Self::High,
            5 | 6 => Self::Critical,
            _ => return None,
        })
    }

    /// The lower-case word used in JSON, SQL and URLs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Informational => "informational",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl std::fmt::Display for Severity {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.pad(self.name())
    }
}

impl std::str::FromStr for Severity {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|severity| severity.name().eq_ignore_ascii_case(text))
            .ok_or_else(|| format!("`{text}` is no severity (informational, low, medium, high, critical)"))
    }
}

/// Priority of a Falco rule: the eight syslog levels, most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Priority {
    /// The system is unusable.
    Emergency,
    /// Act at once.
    Alert,
    /// Critical condition.
    Critical,
    /// Error condition.
    Error,
    /// Warning.
    Warning,
    /// Normal but significant.
    Notice,
    /// Information.
    Informational,
    /// Debugging.
    Debug,
}

impl Priority {
    /// Every priority, most urgent first.
    pub const ALL: [Self; 8] = [
        Self::Emergency,
        Self::Alert,
        Self::Critical,
        Self::Error,
        Self::Warning,
        Self::Notice,
        Self::Informational,
        Self::Debug,
    ];

    /// Falco's word for it, as in its JSON output: `Emergency` … `Debug`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Emergency => "Emergency",
            Self::Alert => "Alert",
            Self::Critical => "Critical",
            Self::Error => "Error",
            Self::Warning => "Warning",
            Self::Notice => "Notice",
            Self::Informational => "Informational",
            Self::Debug => "Debug",
        }
    }

    /// Reads Falco's spellings, without regard to case; `INFO` and `INFORMATIONAL` are the same.
    pub fn parse(text: &str) -> Option<Self> {
        if text.eq_ignore_ascii_case("info") {
            return Some(Self::Informational);
        }
        Self::ALL.into_iter().find(|priority| priority.name().eq_ignore_ascii_case(text))
    }

    /// The severity a finding of this priority has.
    pub const fn severity(self) -> Severity {
        match self {
            Self::Emergency | Self::Alert | Self::Critical => Severity::Critical,
            Self::Error => Severity::High,
            Self::Warning => Severity::Medium,
            Self::Notice => Severity::Low,
            Self::Informational | Self::Debug => Severity::Informational,
        }
    }
}

impl std::fmt::Display for Priority {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn priorities_read_falcos_spellings() {
        assert_eq!(Priority::parse("INFO"), Some(Priority::Informational));
        assert_eq!(Priority::parse("Informational"), Some(Priority::Informational));
        assert_eq!(Priority::parse("critical"), Some(Priority::Critical));
        assert_eq!(Priority::parse("fatal"), None);
    }

    #[test]
    fn severity_ids_are_ocsf() {
        for severity in Severity::ALL {
            assert_eq!(Severity::from_id(severity.id()), Some(severity));
            assert_eq!(severity.name().parse(), Ok(severity));
        }
    }
}
