//! [`Technique`]: a MITRE ATT&CK technique or sub-technique.

use serde::{Deserialize, Serialize};

/// A technique's id, for example `T1059.004`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Technique(String);

impl Technique {
    /// Reads `T1059` or `T1059.004`, in any case, with or without Sigma's `attack.` before it.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_uppercase();
        let id = text.strip_prefix("ATTACK.").unwrap_or(&text);
        let digits = id.strip_prefix('T')?;
        let (main, sub) = digits.split_once('.').map_or((digits, None), |(main, sub)| (main, Some(sub)));
        let number =
            |part: &str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
        (number(main, 4) && sub.is_none_or(|sub| number(sub, 3))).then(|| Self(id.to_owned()))
    }

    /// The id.
    pub fn id(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Technique {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_falco_and_sigma_spellings() {
        assert_eq!(Technique::parse("T1059.004").as_ref().map(Technique::id), Some("T1059.004"));
        assert_eq!(Technique::parse("attack.t1059").as_ref().map(Technique::id), Some("T1059"));
        for bad in ["", "T105", "T1059.4", "mitre_execution", "attack.execution", "T1059.0045"] {
            assert_eq!(Technique::parse(bad), None, "{bad}");
        }
    }
}
