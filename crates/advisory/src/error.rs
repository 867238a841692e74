//! [`Error`]: what kept a database from being opened, read or built.

use std::path::PathBuf;

/// A database that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file system said no.
    #[error("{path}: {action} failed", path = path.display())]
    Io {
        /// What was attempted.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What it said.
        source: std::io::Error,
    },
    /// There is no database yet.
    #[error("{path}: there is no advisory database", path = path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The file is something else.
    #[error("{path}: this is no advisory database", path = path.display())]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// Another version of the program wrote it.
    #[error("{path}: the database has format {found}, this program reads {expected}", path = path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What it has.
        found: u32,
        /// What is read.
        expected: u32,
    },
    /// It was damaged.
    #[error("{path}: the database is damaged: {what}", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where.
        what: String,
    },
}

impl Error {
    pub(crate) fn io(action: &'static str, path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { action, path: path.to_owned(), source }
    }
}
