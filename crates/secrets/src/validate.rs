//! Validators: what can be proven about a catch without asking anybody.
//!
//! A rule names its validator. To add one is to write a function and a line of [`VALIDATORS`].

use serde_json::Value;

mod document;
mod key;
mod token;

/// A validator of [`VALIDATORS`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Validator {
    judge: Judgement,
}

type Judgement = fn(&Catch<'_>) -> Verdict;

/// What an expression caught.
pub(crate) struct Catch<'a> {
    pub(crate) secret: &'a [u8],
    /// The whole match, around the secret.
    pub(crate) whole: &'a [u8],
    /// The whole text.
    pub(crate) text: &'a [u8],
    /// Where the secret begins in it.
    pub(crate) start: usize,
    pub(crate) quoted: bool,
    /// Seconds since 1970, if time is to count.
    pub(crate) now: Option<i64>,
}

/// What a validator says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is not what it looks like.
    Reject,
    /// Nothing speaks against it.
    Plausible(Option<String>),
    /// A checksum or structure holds.
    Proven(Option<String>),
}

impl Verdict {
    fn proven_if(holds: bool) -> Self {
        if holds { Self::Proven(None) } else { Self::Reject }
    }
}

/// Every validator by name.
const VALIDATORS: &[(&str, Judgement)] = &[
    ("age", token::age),
    ("aws-key-id", token::aws_key_id),
    ("azure-sas", token::azure_sas),
    ("azure-storage-key", token::azure_storage_key),
    ("base58check", token::base58check),
    ("base64-32", token::base64_32),
    ("base64-json", token::base64_json),
    ("bech32", token::bech32),
    ("crc32-base62", token::crc32_base62),
    ("crc32-hex", token::crc32_hex),
    ("discord", token::discord),
    ("gcp-service-account", document::gcp_service_account),
    ("jwt", document::jwt),
    ("k8s-secret", document::k8s_secret),
    ("macaroon", document::macaroon),
    ("mixed", token::mixed),
    ("nkey", token::nkey),
    ("password", token::password),
    ("password-url", token::password_somewhere),
    ("pem", key::pem),
    ("pgp", key::pgp),
    ("putty", key::putty),
    ("random", token::random),
    ("stellar", token::stellar),
    ("user-password", document::user_password),
];

impl Validator {
    pub(crate) fn named(name: &str) -> Option<Self> {
        let (_, judge) = VALIDATORS.iter().find(|(known, _)| *known == name)?;
        Some(Self { judge: *judge })
    }

    /// The names there are.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        VALIDATORS.iter().map(|(name, _)| *name)
    }

    pub(crate) fn judge(self, catch: &Catch<'_>) -> Verdict {
        (self.judge)(catch)
    }
}

// JSON of bounded size, whatever it is.
fn json(bytes: &[u8]) -> Option<Value> {
    if bytes.len() > crate::limits::SECRET_BYTES_MAX {
        return None;
    }
    serde_json::from_slice(bytes).ok()
}

/// Text of a secret for a detail: short, and printable.
fn shown(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(80).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Catch, VALIDATORS, Validator, Verdict};
    use crate::encoding;

    fn judge(name: &str, secret: &str) -> Verdict {
        let bytes = secret.as_bytes();
        let validator = Validator::named(name).expect("the validator exists");
        validator.judge(&Catch {
            secret: bytes,
            whole: bytes,
            text: bytes,
            start: 0,
            quoted: true,
            now: Some(1_700_000_000),
        })
    }

    fn jwt(header: &str, payload: &str) -> String {
        let part = |text: &str| encoding::to_base64url(text.as_bytes());
        format!("{}.{}.{}", part(header), part(payload), "c2lnbmF0dXJlLW9mLXNvbWUtbGVuZ3Ro")
    }

    #[test]
    fn a_checksum_decides() {
        let token = format!("ghp{}", "_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17");
        assert_eq!(judge("crc32-base62", &token), Verdict::Proven(None));
        assert_eq!(judge("crc32-base62", &token.replace("zQ", "zR")), Verdict::Reject);
        assert_eq!(judge("crc32-base62", "ghp_"), Verdict::Reject);
    }

    #[test]
    fn the_account_of_an_aws_key_is_read() {
        let id = format!("ASI{}", "AQNZGKIQY56JQ7WML");
        assert_eq!(judge("aws-key-id", &id), Verdict::Proven(Some("account 029608264753".to_owned())));
        assert_eq!(judge("aws-key-id", &id.replace("Q7", "I7")), judge("aws-key-id", &id));
        assert_eq!(judge("aws-key-id", "ASIA0189"), Verdict::Reject);
    }

    #[test]
    fn a_jwt_is_decoded() {
        let header = r#"{"alg":"HS256","typ":"JWT"}"#;
        assert!(matches!(
            judge("jwt", &jwt(header, r#"{"sub":"svc","exp":1900000000}"#)),
            Verdict::Proven(_)
        ));
        assert_eq!(judge("jwt", &jwt(header, r#"{"sub":"svc","exp":1600000000}"#)), Verdict::Reject);
        assert_eq!(judge("jwt", &jwt("no json", "{}")), Verdict::Reject);
        assert_eq!(judge("jwt", &jwt(r#"{"typ":"JWT"}"#, "{}")), Verdict::Reject);
        assert_eq!(judge("jwt", "a.b"), Verdict::Reject);
    }

    #[test]
    fn base64_must_hold_user_and_password() {
        assert!(matches!(judge("user-password", "YnVpbGRlcjp2N0trMlBxOQ=="), Verdict::Proven(_)));
        assert_eq!(judge("user-password", "bm8gY29sb24gaGVyZQ=="), Verdict::Reject);
        assert_eq!(judge("user-password", "dXNlcjo="), Verdict::Reject);
    }

    proptest! {
        #[test]
        fn any_bytes_are_judged(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            for (name, judge) in VALIDATORS {
                let verdict = judge(&Catch { secret: &bytes, whole: &bytes, text: &bytes, start: 0, quoted: true, now: None });
                prop_assert!(!name.is_empty() && verdict != Verdict::Proven(Some(String::from("impossible"))));
            }
        }

        #[test]
        fn any_armour_is_judged(body in "[A-Za-z0-9+/=\\n\\\\]{0,400}", kind in "(RSA |EC |OPENSSH |ENCRYPTED )?PRIVATE KEY") {
            let text = format!("-----BEGIN {kind}-----\n{body}\n-----END {kind}-----");
            for (_, judge) in VALIDATORS {
                let bytes = text.as_bytes();
                let _ = judge(&Catch { secret: bytes, whole: bytes, text: bytes, start: 0, quoted: false, now: None });
            }
        }
    }
}
