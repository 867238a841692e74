//! Ceilings on what advisories, archives and versions may ask for. Each is tested just past.

/// Longest version string that is compared, in bytes.
pub const VERSION_BYTES_MAX: usize = 1 << 10;
/// Largest file that is read from an archive or a folder, in bytes.
pub const FILE_BYTES_MAX: u64 = 512 << 20;
/// Largest archive or download, in bytes.
pub const ARCHIVE_BYTES_MAX: u64 = 4 << 30;
/// Most bytes one archive may unpack to.
pub const UNPACKED_BYTES_MAX: u64 = 16 << 30;
/// Most files in one archive or folder.
pub const FILES_MAX: usize = 2_000_000;
/// How many times larger than packed a file in an archive may be, once it is larger than [`RATIO_FREE_BYTES`].
pub const RATIO_MAX: u64 = 400;
/// Below this size the ratio of an archive's file is not judged.
pub const RATIO_FREE_BYTES: u64 = 1 << 20;
/// Deepest nesting of JSON, YAML, TOML and XML.
pub const DEPTH_MAX: usize = 64;
/// Most nodes of one YAML document, counting what aliases repeat.
pub const YAML_NODES_MAX: usize = 2_000_000;
/// Most packages one advisory may name.
pub const AFFECTED_MAX: usize = 100_000;
/// Most ranges of one package in one advisory.
pub const RANGES_MAX: usize = 4_096;
/// Most versions one advisory may enumerate for a package.
pub const VERSIONS_MAX: usize = 50_000;
/// Longest name of a package, an ecosystem or an advisory, in bytes.
pub const NAME_BYTES_MAX: usize = 1 << 10;
/// Longest text kept of an advisory, in bytes.
pub const TEXT_BYTES_MAX: usize = 64 << 10;
/// Most references kept of an advisory.
pub const REFERENCES_MAX: usize = 200;
/// Most aliases of an advisory.
pub const ALIASES_MAX: usize = 4_096;
/// Most diagnostics kept of one source; the counts go on.
pub const DIAGNOSTICS_MAX: usize = 1_000;
/// Most statements of one VEX document.
pub const STATEMENTS_MAX: usize = 500_000;
