//! Debian's package database.

pub(crate) mod copyright;
pub(crate) mod list;
pub(crate) mod status;
