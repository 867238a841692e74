//! [`LakeError`]: what can go wrong, by what a caller can do about it.

use std::{io, path::PathBuf, time::Duration};

use serde::Serialize;

/// Why the lake could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// Another process writes to this lake.
    #[error("the lake {dir} is in use by process {holder}", dir = dir.display())]
    Locked {
        /// The lake's directory.
        dir: PathBuf,
        /// Process id of the holder as it wrote it down, or `unknown`.
        holder: String,
    },
    /// A file or directory could not be used.
    #[error("could not {action} {path}", path = path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// Events could not be written to disk. They are kept in memory as far as its limit allows, and the lake tries
    /// again by itself.
    #[error("events not on disk ({cause}): {kept} kept in memory, {dropped} dropped by this call: {reason}")]
    NotWritten {
        /// Why.
        cause: DropCause,
        /// Events in memory that wait to be written.
        kept: u64,
        /// Events of this call that were lost.
        dropped: u64,
        /// The system's words.
        reason: String,
    },
    /// The lake was opened for reading.
    #[error("the lake was opened for reading only")]
    ReadOnly,
    /// The SQL is wrong: its author can mend it.
    #[error("{message}{}", hint.as_ref().map(|hint| format!("\nhint: {hint}")).unwrap_or_default())]
    Sql {
        /// What is wrong.
        message: String,
        /// What may be meant.
        hint: Option<String>,
    },
    /// The statement does something else than read.
    #[error("only SELECT, EXPLAIN, SHOW and DESCRIBE are allowed: {0}")]
    NotAllowed(String),
    /// The query took too long and was stopped.
    #[error("the query was stopped after {} ms\nhint: narrow it by time, for example time > now() - interval '1 hour'", .0.as_millis())]
    TimedOut(Duration),
    /// The query needed more memory than it may have.
    #[error(
        "the query needs more than its {bytes_max} bytes of memory\nhint: narrow it by time or class, or select fewer columns"
    )]
    TooMuchMemory {
        /// The limit.
        bytes_max: usize,
    },
    /// The query failed while it ran.
    #[error("the query failed: {0}")]
    Query(String),
    /// A part of the stored events cannot be read.
    #[error("{path}: {reason}", path = path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

impl LakeError {
    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }

    /// The cause under which events are counted that this error loses.
    pub(crate) fn cause(&self) -> DropCause {
        match self {
            Self::Io { source, .. } => DropCause::from_io(source),
            _ => DropCause::Other,
        }
    }

    /// The error with its sources, on one line.
    pub(crate) fn full_text(&self) -> String {
        match self {
            Self::Io { source, .. } => format!("{self}: {source}"),
            _ => self.to_string(),
        }
    }
}

/// Why events were dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DropCause {
    /// No space or no quota is left.
    DiskFull,
    /// The file system is mounted read-only.
    ReadOnlyFileSystem,
    /// The process may not write there.
    Permission,
    /// Events came faster than they could be written; memory was full.
    Memory,
    /// Any other failure of the disk.
    Other,
}

impl DropCause {
    pub(crate) const ALL: [Self; 5] =
        [Self::DiskFull, Self::ReadOnlyFileSystem, Self::Permission, Self::Memory, Self::Other];

    fn from_io(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnlyFileSystem,
            io::ErrorKind::PermissionDenied => Self::Permission,
            _ => Self::Other,
        }
    }

    /// The word used in JSON and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DiskFull => "disk_full",
            Self::ReadOnlyFileSystem => "read_only_file_system",
            Self::Permission => "permission",
            Self::Memory => "memory",
            Self::Other => "other",
        }
    }
}

impl std::fmt::Display for DropCause {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.pad(self.name())
    }
}
