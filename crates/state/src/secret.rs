//! [`Secret`]: 256 random bits that are shown once and stored as a hash.

use sha2::{Digest, Sha256};

use crate::StateError;

/// A secret that is shown once: a session id, an API token, a set-up token. Only its hash is stored.
///
/// SHA-256 without salt is enough here and wrong for passwords: 256 random bits cannot be guessed from their hash.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    pub(crate) fn random(prefix: &str) -> Result<Self, StateError> {
        let mut bytes = [0_u8; 32];
        fill(&mut bytes)?;
        Ok(Self(format!("{prefix}{}", hex(&bytes))))
    }

    /// The secret itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

pub(crate) fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

/// A random id, 32 hexadecimal digits.
pub(crate) fn random_id() -> Result<String, StateError> {
    let mut bytes = [0_u8; 16];
    fill(&mut bytes)?;
    Ok(hex(&bytes))
}

fn fill(bytes: &mut [u8]) -> Result<(), StateError> {
    getrandom::fill(bytes)
        .map_err(|error| StateError::Database(format!("no random bytes from the system: {error}").into()))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
