//! Go: module files and binaries.

pub(crate) mod binary;
pub(crate) mod module;
pub(crate) mod sum;
