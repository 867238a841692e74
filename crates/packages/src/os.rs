//! Packages of operating systems.

pub(crate) mod dpkg;
pub(crate) mod owned;
pub(crate) mod release;
