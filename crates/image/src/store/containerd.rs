//! containerd: images by name in `meta.db`, blobs in the content store.

use std::path::Path;

use crate::{
    Digest, Error,
    blob::FileRange,
    bolt::{Bolt, Bucket},
    manifest::Descriptor,
    oci::FolderStore,
};

/// Where containerd keeps its data unless told otherwise.
pub(crate) const ROOT: &str = "/var/lib/containerd";
const METADATA: &str = "io.containerd.metadata.v1.bolt/meta.db";
const CONTENT: &str = "io.containerd.content.v1.content/blobs";

/// An image by name, in any namespace; `None` if there is none of that name.
pub(crate) fn find(root: &Path, names: &[String]) -> Result<Option<(FolderStore, Descriptor)>, Error> {
    let path = root.join(METADATA);
    if !path.exists() {
        return Ok(None);
    }
    let digest = lookup(&path, names).map_err(|source| Error::read(path.display().to_string(), source))?;
    Ok(digest.map(|digest| (FolderStore::new(root.join(CONTENT)), Descriptor::bare(digest))))
}

fn lookup(path: &Path, names: &[String]) -> std::io::Result<Option<Digest>> {
    let range = FileRange::open(path).map_err(std::io::Error::other)?;
    let bolt = Bolt::open(range)?;
    let Some(version) = child(&bolt, &bolt.root(), b"v1")? else { return Ok(None) };
    for namespace in bolt.items(&version)?.iter().filter_map(super::super::bolt::Item::bucket) {
        let Some(images) = child(&bolt, &namespace, b"images")? else { continue };
        for name in names {
            let Some(image) = child(&bolt, &images, name.as_bytes())? else { continue };
            let Some(target) = child(&bolt, &image, b"target")? else { continue };
            let digest = bolt.get(&target, b"digest")?;
            let text = digest.as_ref().and_then(|item| item.value()).map(String::from_utf8_lossy);
            if let Some(digest) = text.and_then(|text| Digest::try_from(text.into_owned()).ok()) {
                return Ok(Some(digest));
            }
        }
    }
    Ok(None)
}

fn child(bolt: &Bolt, bucket: &Bucket, key: &[u8]) -> std::io::Result<Option<Bucket>> {
    Ok(bolt.get(bucket, key)?.and_then(|item| item.bucket()))
}
