//! What is installed: parsers of package databases, lock files and binaries; package URLs; SBOM in and out.
//!
//! Knows no advisory, no image and no file system: it is given paths and bytes.
