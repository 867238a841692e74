//! Haskell: Stack and Cabal.

pub(crate) mod cabal;
pub(crate) mod stack;

/// `name-1.2.3`: the version follows the last dash.
pub(crate) fn split(text: &str) -> Option<(&str, &str)> {
    text.rsplit_once('-').filter(|(_, version)| version.starts_with(|c: char| c.is_ascii_digit()))
}
