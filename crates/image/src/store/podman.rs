//! Podman, Buildah, CRI-O: containers-storage with the overlay driver.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use crate::{Digest, Error, folder, layer::LayerSource, oci};

/// Where root's images lie unless told otherwise.
const ROOT: &str = "/var/lib/containers/storage";

/// Where images usually are: those of root, then those of the user who calls.
pub(crate) fn roots() -> Vec<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let share = variable("XDG_DATA_HOME").or_else(|| Some(variable("HOME")?.join(".local/share")));
    let own = share.map(|share| share.join("containers/storage"));
    std::iter::once(PathBuf::from(ROOT)).chain(own).collect()
}

#[derive(Deserialize)]
struct Image {
    id: String,
    #[serde(default)]
    names: Option<Vec<String>>,
    #[serde(default)]
    layer: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Layer {
    id: String,
    #[serde(default)]
    parent: String,
    #[serde(default)]
    diff_digest: Option<Digest>,
    #[serde(default)]
    compressed_diff_digest: Option<Digest>,
}

/// A layer as a folder, with its digests.
pub(crate) struct FoundLayer {
    pub(crate) source: LayerSource,
    pub(crate) digest: Option<Digest>,
    pub(crate) diff_id: Option<Digest>,
}

/// An image in the store.
pub(crate) struct Found {
    pub(crate) id: Option<Digest>,
    pub(crate) layers: Vec<FoundLayer>,
}

/// An image by name or id; `None` if there is none of that name.
pub(crate) fn find(root: &Path, names: &[String]) -> Result<Option<Found>, Error> {
    if !root.join("overlay-images/images.json").exists() {
        return Ok(None);
    }
    let images: Vec<Image> = read(&root.join("overlay-images"), "images.json")?;
    let called = |image: &&Image| {
        names.iter().any(|name| {
            image.names.iter().flatten().any(|known| known == name)
                || image.id == name.trim_start_matches("sha256:")
        })
    };
    let Some(image) = images.iter().find(called) else { return Ok(None) };
    let layers: Vec<Layer> = read(&root.join("overlay-layers"), "layers.json")?;
    let by_id: HashMap<&str, &Layer> = layers.iter().map(|layer| (layer.id.as_str(), layer)).collect();
    let mut chain = Vec::new();
    let mut next = image.layer.as_str();
    // More steps than layers: a loop.
    while let Some(layer) = by_id.get(next).filter(|_| chain.len() <= layers.len()) {
        chain.push(found(root, layer)?);
        next = layer.parent.as_str();
    }
    chain.reverse();
    Ok(Some(Found { id: Digest::try_from(format!("sha256:{}", image.id)).ok(), layers: chain }))
}

fn found(root: &Path, layer: &Layer) -> Result<FoundLayer, Error> {
    // INVARIANT: a file of the store names a folder of the store, nothing else.
    if layer.id.is_empty() || !layer.id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Error::malformed("layers.json", "a layer's id is not hexadecimal"));
    }
    let path: PathBuf = root.join("overlay").join(&layer.id).join("diff");
    let options = folder::Options { overlay: true, ..Default::default() };
    Ok(FoundLayer {
        source: LayerSource::Folder(path, options),
        digest: layer.compressed_diff_digest.clone(),
        diff_id: layer.diff_digest.clone(),
    })
}

fn read<T: for<'de> Deserialize<'de>>(folder: &Path, name: &str) -> Result<T, Error> {
    let bytes = oci::file(folder, name)?;
    serde_json::from_slice(&bytes).map_err(|error| Error::malformed(name, error.to_string()))
}
