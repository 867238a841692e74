//! Packages of operating systems.

pub(crate) mod apk;
pub(crate) mod dpkg;
pub(crate) mod owned;
pub(crate) mod pacman;
pub(crate) mod release;
pub(crate) mod rpm;
