//! [`signature`]: proves to the other side who sent a message, and when.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The value of `x-yagura-signature`: `t=<seconds since 1970>,v1=<HMAC-SHA-256 of "t.body", hexadecimal>`.
///
/// The time is signed along, so that whoever checks it can refuse what was recorded and sent again.
///
/// ```
/// let value = yagura_respond::signature("key", 1_700_000_000, b"{}");
/// assert!(value.starts_with("t=1700000000,v1="));
/// ```
pub fn signature(secret: &str, seconds: i64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(format!("{seconds}.").as_bytes());
    mac.update(body);
    let digest: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={seconds},v1={digest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_what_other_tools_compute() {
        // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac secret
        let expected = "t=1700000000,v1=49f24e537407743fa4a0242bb63b94b9a47ee99cbbe071ccd8a22550ae411686";
        let computed = signature("secret", 1_700_000_000, br#"{"a":1}"#);
        assert_eq!(computed, expected);
        assert_ne!(signature("secret", 1_700_000_001, br#"{"a":1}"#), computed);
        assert_ne!(signature("other", 1_700_000_000, br#"{"a":1}"#), computed);
    }
}
