//! Why a target could not be opened.

use std::io;

use crate::Digest;

/// Why a target could not be opened. What goes wrong later is a [`crate::Problem`], and the rest is walked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder could not be read.
    #[error("cannot read {path}")]
    Read {
        /// Which.
        path: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// There is no such thing.
    #[error("{what} was not found: {tried}")]
    NotFound {
        /// What was looked for.
        what: String,
        /// Where.
        tried: String,
    },
    /// A manifest, index or configuration says nonsense.
    #[error("{what}: {why}")]
    Malformed {
        /// Which.
        what: String,
        /// In words.
        why: String,
    },
    /// Content does not have the digest it is called by.
    #[error("{what} has the digest {found}, expected {expected}")]
    Digest {
        /// Which.
        what: String,
        /// What was expected.
        expected: Digest,
        /// What it is.
        found: Digest,
    },
    /// An image of several platforms has none that fits.
    #[error("no image for {wanted}; there are: {offered}")]
    Platform {
        /// Asked for.
        wanted: String,
        /// What the index has.
        offered: String,
    },
    /// An image reference that cannot be one.
    #[error("`{reference}` is no image reference: {why}")]
    Reference {
        /// As written.
        reference: String,
        /// In words.
        why: &'static str,
    },
    /// A registry refused or could not be reached.
    #[error("{url}: {why}")]
    Registry {
        /// What was asked.
        url: String,
        /// In words.
        why: String,
        /// The HTTP status, where there was an answer.
        status: Option<u16>,
    },
    /// A ceiling was passed before anything could be walked.
    #[error("{what} goes past the limit of {limit}")]
    Limit {
        /// Which.
        what: String,
        /// How much is allowed.
        limit: u64,
    },
}

impl Error {
    pub(crate) fn read(path: impl Into<String>, source: impl Into<io::Error>) -> Self {
        Self::Read { path: path.into(), source: source.into() }
    }

    pub(crate) fn malformed(what: impl Into<String>, why: impl Into<String>) -> Self {
        Self::Malformed { what: what.into(), why: why.into() }
    }

    pub(crate) fn not_found(what: impl Into<String>, tried: impl Into<String>) -> Self {
        Self::NotFound { what: what.into(), tried: tried.into() }
    }
}
