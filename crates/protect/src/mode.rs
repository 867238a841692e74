//! [`Mode`]: what happens where a rule matches.

use serde::{Deserialize, Serialize};

/// What happens where a rule matches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// It is told.
    #[default]
    Detect,
    /// It is told, and what would have been refused as well.
    DryRun,
    /// It is refused, as far as that can be done, and told.
    Prevent,
}

impl Mode {
    /// The word used in configuration, JSON and tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Detect => "detect",
            Self::DryRun => "dry_run",
            Self::Prevent => "prevent",
        }
    }
}
