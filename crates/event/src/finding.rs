//! [`Finding`]: something is wrong. The one noun for it, whatever found it.

use serde::{Deserialize, Serialize};

use crate::{Severity, Technique, Timestamp};

/// Something is wrong. What happens again with the same cause adds to `count` of the finding that is there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Finding {
    /// Same cause, same id.
    pub id: FindingId,
    /// What kind of thing found it.
    pub kind: FindingKind,
    /// How bad it is.
    pub severity: Severity,
    /// How sure it is, 0 to 100.
    pub confidence: u8,
    /// What is wrong, in a few words: for a rule, its name.
    pub title: String,
    /// What happened, with the values of the latest event.
    pub message: String,
    /// The rule that found it.
    pub rule: String,
    /// The file and version the rule came from.
    pub rule_source: String,
    /// ATT&CK techniques.
    pub techniques: Vec<Technique>,
    /// The rule's tags.
    pub tags: Vec<String>,
    /// Id of the asset it was found on.
    pub asset_id: String,
    /// That asset's name.
    pub asset_name: String,
    /// Container, where there is one: its short id.
    pub container_id: Option<String>,
    /// Path of the program that did it.
    pub process_path: Option<String>,
    /// User that did it.
    pub user_name: Option<String>,
    /// When it first happened.
    pub first_seen: Timestamp,
    /// When it last happened.
    pub last_seen: Timestamp,
    /// How often it happened.
    pub count: u64,
    /// What was decided about it.
    pub status: FindingStatus,
    /// Why that was decided.
    pub status_reason: Option<String>,
    /// Until when it is accepted.
    pub accepted_until: Option<Timestamp>,
    /// What to do about it.
    pub remediation: Option<String>,
    /// The proof: the first and the latest events, at most [`Finding::EVIDENCE_MAX`].
    pub evidence: Vec<Evidence>,
}

impl Finding {
    /// Most pieces of evidence a finding keeps.
    pub const EVIDENCE_MAX: usize = 10;
}

/// Id of a finding: 32 hexadecimal digits made from its cause.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct FindingId(String);

impl FindingId {
    /// The id of the cause that these parts name. Order matters; an empty part is a part. The hash is FNV-1a with
    /// 128 bits (RFC 9923): stable over versions, not meant to resist forgery.
    pub fn from_cause(parts: &[&str]) -> Self {
        const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
        const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
        let mut hash = OFFSET;
        for part in parts {
            let length = (part.len() as u64).to_le_bytes();
            for byte in length.iter().chain(part.as_bytes()) {
                hash = (hash ^ u128::from(*byte)).wrapping_mul(PRIME);
            }
        }
        Self(format!("{hash:032x}"))
    }

    /// Takes the text of an id that was made before.
    ///
    /// # Errors
    /// When it is not 32 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, String> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() == 32 && text.bytes().all(is_digit) {
            Ok(Self(text.to_owned()))
        } else {
            Err(format!("`{text}` is no finding id (32 hexadecimal digits)"))
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for FindingId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.pad(&self.0)
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "lowercase")]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word used in JSON, SQL and URLs.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|word| word.name() == text).ok_or_else(|| {
                    let known: Vec<&str> = Self::ALL.iter().map(|word| word.name()).collect();
                    format!("`{text}` is none of {}", known.join(", "))
                })
            }
        }
    };
}

words! {
    /// What kind of thing found it.
    FindingKind {
        /// A rule over events of a running workload.
        Runtime "runtime",
        /// A known vulnerability in what is installed.
        Vulnerability "vulnerability",
        /// A secret that lies where it can be read.
        Secret "secret",
        /// A file that is known to be malicious.
        Malware "malware",
        /// A configuration that deviates from a policy.
        Posture "posture",
        /// A web request.
        Web "web",
        /// A sign-in or a right.
        Identity "identity",
    }
}

impl FindingKind {
    /// Whether it lies in an asset and is found by looking, in contrast to something that happened. There may be
    /// thousands at once; they are listed and counted apart.
    pub const fn is_standing(self) -> bool {
        matches!(self, Self::Vulnerability | Self::Secret)
    }
}

words! {
    /// What was decided about a finding.
    FindingStatus {
        /// Nobody decided yet.
        Open "open",
        /// Known and accepted, until a date or for good.
        Accepted "accepted",
        /// The cause is gone.
        Fixed "fixed",
        /// A false alarm.
        False "false",
    }
}

/// A piece of proof.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Evidence {
    /// When it happened.
    pub time: Timestamp,
    /// What happened, as the rule words it.
    pub message: String,
    /// The rule's output fields and their values.
    pub fields: serde_json::Map<String, serde_json::Value>,
    /// The event in OCSF form, with the process tree.
    pub event: serde_json::Value,
    /// Why the rule matched, where a condition was evaluated and there was time to explain it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<crate::Explanation>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_cause_has_the_same_id_and_parts_do_not_run_together() {
        let id = FindingId::from_cause(&["rule", "host"]);
        assert_eq!(id, FindingId::from_cause(&["rule", "host"]));
        assert_ne!(id, FindingId::from_cause(&["ruleh", "ost"]));
        assert_eq!(FindingId::parse(id.as_str()), Ok(id));
        assert!(FindingId::parse("../../etc/passwd").is_err());
    }

    #[test]
    fn words_are_the_same_in_json() {
        for status in FindingStatus::ALL {
            assert_eq!(serde_json::to_value(status).expect("a word"), status.name());
        }
        for kind in FindingKind::ALL {
            assert_eq!(serde_json::to_value(kind).expect("a word"), kind.name());
        }
    }

    #[test]
    fn no_parts_hash_to_the_offset_basis() {
        assert_eq!(FindingId::from_cause(&[]).as_str(), "6c62272e07bb014262b821756295c58d");
    }
}
