//! R: installed packages and renv.

pub(crate) mod description;
pub(crate) mod renv;
