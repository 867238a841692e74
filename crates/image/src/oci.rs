//! OCI layouts: a folder or a tar with `index.json` and `blobs/`.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use crate::{
    Digest, Error, Platform,
    blob::{Blob, FileRange},
    limits,
    manifest::{self, Descriptor},
    store::Store,
};

/// `blobs/<algorithm>/<hex>` in a folder.
pub(crate) struct FolderStore {
    blobs: PathBuf,
}

impl FolderStore {
    pub(crate) fn new(blobs: impl Into<PathBuf>) -> Self {
        Self { blobs: blobs.into() }
    }
}

impl Store for FolderStore {
    fn blob(&self, digest: &Digest) -> Result<Blob, Error> {
        // INVARIANT: a digest is an algorithm we know and hexadecimal, so the path stays in the folder.
        let path = self.blobs.join(digest.algorithm()).join(digest.hex());
        FileRange::open(&path).map(Blob::Range)
    }
}

/// Members of a tar by name.
pub(crate) struct ArchiveStore {
    pub(crate) members: HashMap<String, FileRange>,
}

impl Store for ArchiveStore {
    fn blob(&self, digest: &Digest) -> Result<Blob, Error> {
        let name = format!("blobs/{}/{}", digest.algorithm(), digest.hex());
        let range =
            self.members.get(&name).ok_or_else(|| Error::not_found(format!("blob {digest}"), name))?;
        Ok(Blob::Range(range.clone()))
    }
}

#[derive(Deserialize)]
struct Index {
    manifests: Vec<Descriptor>,
}

/// The image in an index that a name or, without one, the platform points at.
pub(crate) fn find(index: &[u8], name: Option<&str>, platform: &Platform) -> Result<Descriptor, Error> {
    let what = "index.json";
    let index: Index =
        serde_json::from_slice(index).map_err(|error| Error::malformed(what, error.to_string()))?;
    let Some(name) = name else { return manifest::choose(&index.manifests, platform, what).cloned() };
    let named: Vec<Descriptor> =
        index.manifests.iter().filter(|image| is_called(image, name)).cloned().collect();
    if named.is_empty() {
        let names: Vec<&str> = index.manifests.iter().filter_map(reference_name).collect();
        return Err(Error::not_found(
            format!("image `{name}`"),
            format!("the layout has: {}", names.join(", ")),
        ));
    }
    manifest::choose(&named, platform, what).cloned()
}

fn reference_name(image: &Descriptor) -> Option<&str> {
    image.annotations.get("org.opencontainers.image.ref.name")?.as_str()
}

fn is_called(image: &Descriptor, name: &str) -> bool {
    let full = image.annotations.get("io.containerd.image.name").and_then(|name| name.as_str());
    reference_name(image) == Some(name) || full == Some(name) || image.digest.as_str() == name
}

/// A file of a layout in a folder.
pub(crate) fn file(folder: &Path, name: &str) -> Result<Vec<u8>, Error> {
    Blob::Range(FileRange::open(&folder.join(name))?).bytes(name, limits::MANIFEST_BYTES_MAX)
}
