//! Rust: lock files and audited binaries.

pub(crate) mod auditable;
pub(crate) mod lock;
