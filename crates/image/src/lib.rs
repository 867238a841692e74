//! Targets of a scan as a stream of files: folders, archives, OCI layouts, registries, local stores.
//!
//! [`Target::open`] finds out what it was given; [`Target::walk`] shows every entry of every layer to a [`Visitor`], which
//! says which bodies it wants. Nothing is unpacked to disk and no entry is kept: memory does not grow with the target.
//!
//! Knows nothing of what is inside the files, and does not decide which layer's file is the one that counts: it tells
//! layers, white-outs and opaque directories as they stand, and the caller resolves them.
//!
//! *Invariant:* no path leaves its root. Folders are walked by descriptors that never follow a link; names inside
//! archives are made relative and clean before anybody sees them.

mod archive;
mod blob;
mod bolt;
mod control;
mod credentials;
mod decode;
mod digest;
mod entry;
mod error;
mod filesystem;
mod folder;
mod layer;
pub mod limits;
mod manifest;
mod oci;
mod path;
mod pipe;
mod reference;
mod registry;
mod store;
mod tar;
mod target;

pub use crate::{
    control::Progress,
    credentials::Credentials,
    digest::Digest,
    entry::{Entry, EntryKind, LargeFile, Place, Problem, ProblemKind, Visitor, Want},
    error::Error,
    limits::Limits,
    manifest::Platform,
    reference::Reference,
    registry::RegistryOptions,
    target::{LayerInfo, OpenOptions, Summary, Target, TargetKind},
};
