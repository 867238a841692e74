//! [`ResultRow`]: what came of one emulation.

use serde::{Deserialize, Serialize};

use crate::Emulation;

/// What came of one emulation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResultRow {
    /// The emulation.
    pub id: String,
    /// What it does.
    #[serde(default)]
    pub title: String,
    /// The technique's id in ATT&CK 19.
    pub technique: String,
    /// The rule that fired; where none did, the first that should have.
    pub rule: String,
    /// An alert came.
    pub seen: bool,
    /// The act was refused, or its process killed for it.
    pub blocked: bool,
    /// From act to alert; `None` where none came.
    pub latency_ms: Option<f64>,
    /// It was not, or not fully, performed, so that `seen` and `blocked` say nothing.
    #[serde(default)]
    pub skipped: bool,
    /// Why it was skipped, or how it was blocked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl ResultRow {
    pub(crate) fn new(emulation: &Emulation) -> Self {
        Self {
            id: emulation.id.to_owned(),
            title: emulation.title.to_owned(),
            technique: emulation.technique.to_owned(),
            rule: emulation.rules.first().copied().unwrap_or_default().to_owned(),
            seen: false,
            blocked: false,
            latency_ms: None,
            skipped: false,
            reason: None,
        }
    }

    pub(crate) fn skip(mut self, reason: impl Into<String>) -> Self {
        self.skipped = true;
        self.reason = Some(reason.into());
        self
    }
}
