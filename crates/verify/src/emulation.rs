//! [`Emulation`]: one safe imitation of one attack technique.

use crate::stage::{Failure, Stage};

/// One safe imitation of one attack technique. Each stands in its own file under `emulations/`.
#[derive(Debug)]
pub struct Emulation {
    /// Its name, the same as its file's, with hyphens.
    pub id: &'static str,
    /// What it does, in a few words.
    pub title: &'static str,
    /// The technique it imitates, by its id in ATT&CK 19.
    pub technique: &'static str,
    /// The technique's id before ATT&CK 19, where it had another.
    pub technique_v18: Option<&'static str>,
    /// What must be there for it to run.
    pub needs: &'static [Need],
    /// Rules that fire for it; seeing any of them is enough. Our own come first.
    pub rules: &'static [&'static str],
    pub(crate) act: fn(&Stage) -> Result<(), Failure>,
}

/// Something an emulation needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// User 0.
    Root,
    /// A program of this name in the usual folders.
    Tool(&'static str),
    /// Mount namespaces (and root).
    MountNamespace,
    /// Network namespaces (and root).
    NetworkNamespace,
}
