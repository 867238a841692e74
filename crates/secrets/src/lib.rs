//! Secrets in bytes: rules, checksums, entropy, redaction.
//!
//! Knows no file system: it is given a path and bytes.
