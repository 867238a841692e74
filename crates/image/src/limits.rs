//! Ceilings on everything that comes from a target.

use std::time::{Duration, Instant};

/// Bytes of a body that are held in memory at once; larger ones are offered as a [`crate::LargeFile`].
pub const BODY_BYTES_MAX: u64 = 8 << 20;
/// Bytes at the start of a file shown to [`crate::Visitor::head`].
pub const HEAD_BYTES: usize = 4096;
/// Bytes of a manifest, index or configuration.
pub const MANIFEST_BYTES_MAX: u64 = 16 << 20;
/// Bytes of a path inside a target; longer ones are skipped and reported.
pub const PATH_BYTES_MAX: usize = 16 << 10;
/// Bytes of one extended header (pax) of a tar.
pub const PAX_BYTES_MAX: u64 = 1 << 20;
/// Folders in folders. Each open level costs a descriptor.
pub const DEPTH_MAX: usize = 256;
/// Indexes that point at indexes.
pub const INDEX_DEPTH_MAX: usize = 4;
/// Descriptors in one index.
pub const INDEX_ENTRIES_MAX: usize = 10_000;
/// Bytes spilt to a temporary file for one body that is too large for memory, or for a compressed archive.
pub const SPILL_BYTES_MAX: u64 = 8 << 30;
/// Window a zstd layer may ask for, as a power of two (32 MiB).
pub const ZSTD_WINDOW_LOG_MAX: u32 = 25;
/// Output of a decoder up to which any compression ratio is believed.
pub const RATIO_FREE_BYTES: u64 = 16 << 30;
/// Bytes out for each byte in that are believed past [`RATIO_FREE_BYTES`].
pub const RATIO_MAX: u64 = 100;
/// Times a broken download is taken up again.
pub const RESUMES_MAX: u32 = 5;
/// Bytes of a registry's answer that is not a blob.
pub const ANSWER_BYTES_MAX: u64 = 4 << 20;
/// Hard links whose target is read in a second pass over a layer.
pub const LINKS_MAX: usize = 50_000;

/// What a walk may cost. The defaults fit any real target; a caller may lower them.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Entries over all layers.
    pub entries_max: u64,
    /// Layers of an image.
    pub layers_max: usize,
    /// Uncompressed bytes of one layer.
    pub layer_bytes_max: u64,
    /// When to stop.
    pub deadline: Option<Instant>,
    /// Layers walked at the same time.
    pub threads: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let deadline = Instant::now().checked_add(Duration::from_secs(3600));
        Self { entries_max: 20_000_000, layers_max: 2_000, layer_bytes_max: 1 << 40, deadline, threads: 2 }
    }
}
