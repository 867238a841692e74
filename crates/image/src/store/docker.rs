//! Docker with overlay2: `image/overlay2` says which images there are, `overlay2` holds their layers unpacked.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use crate::{Digest, Error, folder, layer::LayerSource, manifest::Config, oci};

/// Where Docker keeps its data unless told otherwise.
pub(crate) const ROOT: &str = "/var/lib/docker";

/// An image in the store, its layers as folders.
pub(crate) struct Found {
    pub(crate) id: Digest,
    pub(crate) config: Config,
    pub(crate) layers: Vec<LayerSource>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Repositories {
    #[serde(default)]
    repositories: HashMap<String, HashMap<String, Digest>>,
}

/// An image by name or id; `None` if there is none of that name.
pub(crate) fn find(root: &Path, names: &[String]) -> Result<Option<Found>, Error> {
    let images = root.join("image/overlay2");
    if !images.join("repositories.json").exists() {
        return Ok(None);
    }
    let bytes = oci::file(&images, "repositories.json")?;
    let repositories: Repositories = serde_json::from_slice(&bytes)
        .map_err(|error| Error::malformed("Docker's repositories.json", error.to_string()))?;
    let by_name = |name: &String| repositories.repositories.values().find_map(|tags| tags.get(name)).cloned();
    let by_id = |name: &String| Digest::try_from(name.clone()).ok();
    let Some(id) = names.iter().find_map(|name| by_name(name).or_else(|| by_id(name))) else {
        return Ok(None);
    };
    let configuration = images.join("imagedb/content").join(id.algorithm());
    if !configuration.join(id.hex()).exists() {
        return Ok(None);
    }
    let config = Config::read(&oci::file(&configuration, id.hex())?, "the image's configuration")?;
    let layers = layers(root, &images, &config)?;
    Ok(Some(Found { id, config, layers }))
}

fn layers(root: &Path, images: &Path, config: &Config) -> Result<Vec<LayerSource>, Error> {
    let mut chain: Option<Digest> = None;
    let mut layers = Vec::new();
    for diff_id in config.diff_ids() {
        let id = match &chain {
            None => diff_id.clone(),
            Some(parent) => Digest::sha256(format!("{parent} {diff_id}").as_bytes()),
        };
        let folder = folder_of(root, images, &id)?;
        layers.push(LayerSource::Folder(folder, folder::Options { overlay: true, ..Default::default() }));
        chain = Some(id);
    }
    Ok(layers)
}

fn folder_of(root: &Path, images: &Path, chain: &Digest) -> Result<PathBuf, Error> {
    let record = images.join("layerdb").join(chain.algorithm()).join(chain.hex());
    let bytes = oci::file(&record, "cache-id")?;
    let name = String::from_utf8_lossy(&bytes).trim().to_owned();
    // INVARIANT: a file of the store names a folder of the store, nothing else.
    if name.is_empty() || name.contains(['/', '\0']) || name.starts_with('.') {
        return Err(Error::malformed(record.join("cache-id").display().to_string(), "is no folder's name"));
    }
    Ok(root.join("overlay2").join(name).join("diff"))
}
