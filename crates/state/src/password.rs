//! [`Password`]: what a person types, hashed with argon2id away from the async threads.

use std::sync::{Arc, LazyLock};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::Semaphore;

use crate::{
    StateError,
    limits::{PASSWORD_BYTES_MAX, PASSWORD_CHARS_MIN},
};

// One hash takes 19 MiB for some 20 ms. More at once would let sign-ins eat the machine that is to be protected.
static HASHES_AT_ONCE: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(2)));

/// A password long enough to be set. Never printed.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// Takes a new password.
    ///
    /// # Errors
    /// When it has fewer than 12 characters or more than 1024 bytes.
    pub fn new(text: &str) -> Result<Self, StateError> {
        let characters = text.chars().count();
        if characters < PASSWORD_CHARS_MIN {
            let reason = format!("{characters} characters; at least {PASSWORD_CHARS_MIN} are needed");
            return Err(StateError::invalid("password", reason));
        }
        if text.len() > PASSWORD_BYTES_MAX {
            let reason = format!("{} bytes; at most {PASSWORD_BYTES_MAX} are accepted", text.len());
            return Err(StateError::invalid("password", reason));
        }
        Ok(Self(text.to_owned()))
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Password(…)")
    }
}

pub(crate) async fn hash(password: &Password) -> Result<String, StateError> {
    let password = password.clone();
    blocking(move || {
        Argon2::default().hash_password(password.0.as_bytes()).map(|hash| hash.to_string()).map_err(|error| {
            StateError::Database(format!("the password could not be hashed: {error}").into())
        })
    })
    .await?
}

/// Whether the password is the one that was hashed. Without a hash it takes as long and is never right, so that the time
/// does not tell whether a name exists.
pub(crate) async fn matches(password: &str, hash: Option<String>) -> Result<bool, StateError> {
    if password.len() > PASSWORD_BYTES_MAX {
        return Ok(false);
    }
    let password = password.to_owned();
    blocking(move || {
        let known = hash.is_some();
        let text = hash.unwrap_or_else(|| NOBODY.clone());
        let right = PasswordHash::new(&text)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
        right && known
    })
    .await
}

static NOBODY: LazyLock<String> = LazyLock::new(|| {
    Argon2::default()
        .hash_password(b"nobody has this password")
        .map(|hash| hash.to_string())
        .unwrap_or_default()
});

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, StateError> {
    let failed = |error: &dyn std::error::Error| StateError::Database(error.to_string().into());
    let permit = Arc::clone(&HASHES_AT_ONCE).acquire_owned().await.map_err(|error| failed(&error))?;
    tokio::task::spawn_blocking(move || {
        let _permit = permit;
        work()
    })
    .await
    .map_err(|error| failed(&error))
}
