//! Places that keep blobs by digest, and the local stores of container engines.

pub(crate) mod containerd;
pub(crate) mod docker;
pub(crate) mod podman;

use crate::{Digest, Error, blob::Blob};

/// Gives blobs by digest. What it gives is not trusted: the reader checks the digest.
pub(crate) trait Store: Send + Sync {
    /// The blob, from its start.
    fn blob(&self, digest: &Digest) -> Result<Blob, Error>;
}
