//! [`StateError`]: what can go wrong, by what a caller can do about it.

use std::path::PathBuf;

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The folder or file cannot be read or written.
    #[error(
        "state {path} cannot be opened\nhint: check that the folder exists and that this user may write to it"
    )]
    Open {
        /// The folder or file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// There is no state to read.
    #[error("there is no state at {path}\nhint: `yagura up` makes it; name another folder with --data")]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file is damaged.
    #[error(
        "state {path} is damaged: {detail}\nhint: move it away and restore a copy, or start with an empty one"
    )]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What the database says.
        detail: String,
    },
    /// A newer Yagura wrote it.
    #[error(
        "state {path} was written by a newer Yagura (schema {found}, this one knows {known})\nhint: use that version"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Schema of the file.
        found: i64,
        /// Newest schema this program knows.
        known: i64,
    },
    /// What was asked for is not there.
    #[error("no {what} `{id}`")]
    NotFound {
        /// What kind of thing.
        what: &'static str,
        /// Its id.
        id: String,
    },
    /// It is there already, or was done already.
    #[error("{0}")]
    Conflict(String),
    /// A value that is not accepted.
    #[error("{field}: {reason}")]
    Invalid {
        /// Which.
        field: &'static str,
        /// What is wrong with it, and what would be right.
        reason: String,
    },
    /// The database failed.
    #[error("the state database failed")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl StateError {
    pub(crate) fn invalid(field: &'static str, reason: impl Into<String>) -> Self {
        Self::Invalid { field, reason: reason.into() }
    }

    pub(crate) fn not_found(what: &'static str, id: &str) -> Self {
        Self::NotFound { what, id: crate::limits::cut(id, 100).to_owned() }
    }
}

impl From<sqlx::Error> for StateError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(Box::new(error))
    }
}

impl From<serde_json::Error> for StateError {
    fn from(error: serde_json::Error) -> Self {
        Self::Database(Box::new(error))
    }
}

/// The text, if it is neither empty nor too long nor full of control characters.
pub(crate) fn checked<'a>(
    field: &'static str,
    text: &'a str,
    bytes_max: usize,
) -> Result<&'a str, StateError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(StateError::invalid(field, "is empty"));
    }
    if text.len() > bytes_max {
        return Err(StateError::invalid(
            field,
            format!("{} bytes; at most {bytes_max} are accepted", text.len()),
        ));
    }
    if text.chars().any(|character| character.is_control() && !matches!(character, '\n' | '\r' | '\t')) {
        return Err(StateError::invalid(field, "holds control characters"));
    }
    Ok(text)
}
