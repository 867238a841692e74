//! The database file: sections behind a checksummed header, found by positioned reads.
//!
//! ```text
//! magic, format, place of the directory, SHA-256 of the directory          64 bytes
//! blocks      one per package: its rows, versions in place                 match table
//! packages    (hash of ecosystem and name) -> block, sorted                match table
//! advisories  one record per advisory, without texts; offsets              severities, aliases
//! ids         (hash of an id or alias) -> advisories                       for `explain`
//! vulnerabilities  CVE -> KEV, EPSS, NVD's vectors and weaknesses
//! texts       descriptions, references, ranges: zstd blocks                for `explain` and reports
//! directory   JSON: where the sections lie, their SHA-256, sources, counts
//! ```
//!
//! Positioned reads and not a memory map: a map needs `unsafe`, and a file that somebody truncates would kill the process.
//! A package costs one read (its block), or two where the keys are too many for memory; the operating system's cache
//! does what a map would do. Opening reads the directory and the keys, or every 64th of them.

pub(crate) mod bytes;
pub(crate) mod file;
pub(crate) mod index;
pub(crate) mod row;
pub(crate) mod texts;
pub(crate) mod write;

/// Version of the file format that this program writes and reads.
pub const FORMAT: u32 = 1;
pub(crate) const MAGIC: &[u8; 8] = b"YAGURADB";
pub(crate) const HEADER_BYTES: u64 = 64;

/// Sixty-four bits of a key; collisions are resolved by comparing names.
pub(crate) fn hash(parts: &[&str]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in parts.iter().flat_map(|part| part.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(0xd6e8_feb8_6659_fd93);
    hash ^ (hash >> 32)
}

/// A CVE as a number that keeps its order: year, then number. Nothing for other ids.
pub(crate) fn cve_key(id: &str) -> Option<u64> {
    let (year, number) = id.strip_prefix("CVE-")?.split_once('-')?;
    Some((u64::from(year.parse::<u16>().ok()?) << 32) | u64::from(number.parse::<u32>().ok()?))
}
