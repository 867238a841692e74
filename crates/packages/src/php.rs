//! PHP: Composer.

pub(crate) mod composer;
