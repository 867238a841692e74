//! Ceilings for everything that comes from outside.

/// The largest file that is ever wanted whole: binaries, archives, package databases.
pub const FILE_BYTES_MAX: u64 = 512 << 20;
/// The largest text file (lock file, manifest, package metadata) that is wanted.
pub const TEXT_BYTES_MAX: u64 = 64 << 20;
/// The largest YAML file that is wanted: its reader is slower and needs more memory.
pub const YAML_BYTES_MAX: u64 = 32 << 20;
/// The largest bill of materials that is read.
pub const SBOM_BYTES_MAX: u64 = 256 << 20;
/// What is looked at before a file of unknown kind is wanted.
pub const HEAD_BYTES: usize = 4096;
/// How deep JSON, YAML, TOML and XML may nest.
pub const DEPTH_MAX: u32 = 100;
/// How many values one JSON, YAML or XML document may have.
pub const NODES_MAX: u32 = 600_000;
/// How many values or elements a bill of materials may have.
pub const SBOM_NODES_MAX: u32 = 8_000_000;
/// How many elements and attributes one XML document may have.
pub const XML_ELEMENTS_MAX: u32 = 200_000;
/// How many properties of a Maven project may be put in for one value.
pub const PROPERTY_STEPS_MAX: usize = 32;
/// The largest header of one RPM package.
pub const RPM_HEADER_BYTES_MAX: u64 = 64 << 20;
/// The smallest executable that is looked at for a list of what it was built from.
pub const BINARY_BYTES_MIN: u64 = 64 << 10;
/// The list of crates in an executable, decompressed.
pub const AUDITABLE_BYTES_MAX: u64 = 16 << 20;
/// How deep archives may lie in archives.
pub const ARCHIVE_DEPTH_MAX: u32 = 4;
/// How many members of one file are looked at, archives inside it included.
pub const ARCHIVE_MEMBERS_MAX: usize = 1_000_000;
/// How many projects one archive may say it holds.
pub const ARCHIVE_PROJECTS_MAX: usize = 10_000;
/// How deep in `node_modules` a dependency is looked for.
pub const MODULE_DEPTH_MAX: usize = 64;
/// How many builds of one gem (one a platform) are told apart.
pub const PLATFORMS_MAX: usize = 64;
/// What archives inside one file may take in memory at a time.
pub const ARCHIVE_HELD_BYTES_MAX: u64 = 32 << 20;
/// What is inflated of one file in all.
pub const ARCHIVE_INFLATED_BYTES_MAX: u64 = 1 << 30;
/// A manifest or other description inside an archive.
pub const ARCHIVE_TEXT_BYTES_MAX: u64 = 1 << 20;
/// How many packages one file may name.
pub const FILE_PACKAGES_MAX: usize = 200_000;
/// How many packages one collector keeps.
pub const PACKAGES_MAX: usize = 2_000_000;
/// How many diagnostics one file may cause.
pub const FILE_DIAGNOSTICS_MAX: usize = 20;
/// How many diagnostics one collector keeps; the rest is counted.
pub const DIAGNOSTICS_MAX: usize = 2_000;
/// The longest name, version or other value of a package; a longer one is no package.
pub const FIELD_BYTES_MAX: usize = 4096;
/// How many files of OS packages one collector remembers (16 bytes each).
pub const OWNED_FILES_MAX: usize = 4_000_000;
/// How many dependencies of one package are kept.
pub const DEPENDENCIES_MAX: usize = 4096;
/// How many licences one file may name for a package.
pub const LICENCES_MAX: usize = 200;
