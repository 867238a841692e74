//! OCI and Docker manifests: from an index to a platform's manifest, to configuration and layers.

use std::fmt;

use serde::Deserialize;

use crate::{Digest, Error, limits, store::Store};

/// Operating system, architecture and variant of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Platform {
    /// `linux`, `windows`.
    pub os: String,
    /// `amd64`, `arm64`, as Go names them.
    pub architecture: String,
    /// `v7`, `v8`.
    pub variant: Option<String>,
}

impl Platform {
    /// This machine's.
    pub fn host() -> Self {
        let architecture = match std::env::consts::ARCH {
            "x86_64" => "amd64",
            "aarch64" => "arm64",
            "x86" => "386",
            "powerpc64" => "ppc64le",
            other => other,
        };
        Self { os: "linux".to_owned(), architecture: architecture.to_owned(), variant: None }
    }

    /// `os/architecture[/variant]`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('/').map(str::to_owned);
        let platform = Self { os: parts.next()?, architecture: parts.next()?, variant: parts.next() };
        let good = parts.next().is_none() && !platform.os.is_empty() && !platform.architecture.is_empty();
        good.then_some(platform)
    }

    fn fits(&self, offered: &RawPlatform) -> bool {
        let variant = self.variant.as_ref().is_none_or(|wanted| offered.variant.as_ref() == Some(wanted));
        self.os == offered.os && self.architecture == offered.architecture && variant
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        self.variant.iter().try_for_each(|variant| write!(f, "/{variant}"))
    }
}

/// What an index or manifest says about a blob.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Descriptor {
    pub(crate) digest: Digest,
    #[serde(default)]
    pub(crate) size: u64,
    #[serde(default)]
    platform: Option<RawPlatform>,
    #[serde(default)]
    pub(crate) annotations: serde_json::Map<String, serde_json::Value>,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct RawPlatform {
    #[serde(default)]
    os: String,
    #[serde(default)]
    architecture: String,
    #[serde(default)]
    variant: Option<String>,
}

impl Descriptor {
    /// A descriptor that says no more than a digest.
    pub(crate) fn bare(digest: Digest) -> Self {
        Self { digest, size: 0, platform: None, annotations: serde_json::Map::new() }
    }

    fn annotation(&self, name: &str) -> Option<&str> {
        self.annotations.get(name)?.as_str()
    }

    fn is_attestation(&self) -> bool {
        self.annotation("vnd.docker.reference.type") == Some("attestation-manifest")
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    #[serde(default)]
    manifests: Option<Vec<Descriptor>>,
    #[serde(default)]
    config: Option<Descriptor>,
    #[serde(default)]
    layers: Vec<Descriptor>,
    #[serde(default)]
    schema_version: u32,
}

/// What an image's configuration tells.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Config {
    #[serde(default)]
    pub(crate) architecture: String,
    #[serde(default)]
    pub(crate) os: String,
    #[serde(default)]
    rootfs: RootFs,
    #[serde(default)]
    history: Vec<History>,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct RootFs {
    #[serde(default)]
    diff_ids: Vec<Digest>,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct History {
    #[serde(default)]
    created_by: String,
    #[serde(default)]
    empty_layer: bool,
}

impl Config {
    pub(crate) fn read(bytes: &[u8], what: &str) -> Result<Self, Error> {
        serde_json::from_slice(bytes).map_err(|error| Error::malformed(what, error.to_string()))
    }

    /// Digests of the unpacked layers, from the lowest on.
    pub(crate) fn diff_ids(&self) -> &[Digest] {
        &self.rootfs.diff_ids
    }

    /// The commands that made the layers that have files.
    pub(crate) fn created_by(&self) -> Vec<String> {
        let full = self.history.iter().filter(|step| !step.empty_layer);
        full.map(|step| step.created_by.clone()).collect()
    }
}

/// An image found: what it is made of.
pub(crate) struct Parts {
    pub(crate) manifest: Digest,
    pub(crate) config_digest: Option<Digest>,
    pub(crate) config: Config,
    pub(crate) layers: Vec<Descriptor>,
}

/// Follows indexes to the manifest of a platform and reads it.
pub(crate) fn resolve(store: &dyn Store, from: &Descriptor, platform: &Platform) -> Result<Parts, Error> {
    let mut at = from.clone();
    for _ in 0..limits::INDEX_DEPTH_MAX {
        let what = format!("manifest {}", at.digest);
        let bytes = read(store, &at.digest, &what)?;
        let document: Document =
            serde_json::from_slice(&bytes).map_err(|error| Error::malformed(&what, error.to_string()))?;
        match (document.manifests, document.config) {
            (Some(manifests), _) => at = choose(&manifests, platform, &what)?.clone(),
            (None, Some(config)) => return parts(store, at.digest, config, document.layers),
            (None, None) if document.schema_version == 1 => {
                return Err(Error::malformed(
                    what,
                    "is in Docker's first format, which has not been made since 2017",
                ));
            }
            (None, None) => return Err(Error::malformed(what, "is neither an index nor an image manifest")),
        }
    }
    Err(Error::Limit {
        what: "an index that points at an index".to_owned(),
        limit: limits::INDEX_DEPTH_MAX as u64,
    })
}

fn parts(
    store: &dyn Store,
    manifest: Digest,
    config: Descriptor,
    layers: Vec<Descriptor>,
) -> Result<Parts, Error> {
    let what = format!("configuration {}", config.digest);
    let bytes = read(store, &config.digest, &what)?;
    // Artefacts other than images have any JSON here, or none.
    let read = Config::read(&bytes, &what).unwrap_or_default();
    Ok(Parts { manifest, config_digest: Some(config.digest), config: read, layers })
}

/// A small blob, its digest checked.
fn read(store: &dyn Store, digest: &Digest, what: &str) -> Result<Vec<u8>, Error> {
    let bytes = store.blob(digest)?.bytes(what, limits::MANIFEST_BYTES_MAX)?;
    let found = digest.same_kind(&bytes);
    if found != *digest {
        return Err(Error::Digest { what: what.to_owned(), expected: digest.clone(), found });
    }
    Ok(bytes)
}

/// The manifest that fits a platform; the only one, if it names none.
pub(crate) fn choose<'a>(
    manifests: &'a [Descriptor],
    platform: &Platform,
    what: &str,
) -> Result<&'a Descriptor, Error> {
    if manifests.len() > limits::INDEX_ENTRIES_MAX {
        return Err(Error::Limit { what: what.to_owned(), limit: limits::INDEX_ENTRIES_MAX as u64 });
    }
    let images: Vec<&Descriptor> = manifests.iter().filter(|image| !image.is_attestation()).collect();
    let fits = |image: &&&Descriptor| image.platform.as_ref().is_some_and(|offered| platform.fits(offered));
    if let Some(image) = images.iter().find(fits) {
        return Ok(image);
    }
    // What names no platform is somebody's only image.
    if let Some(image) = images.iter().find(|image| image.platform.as_ref().is_none_or(|p| p.os.is_empty())) {
        return Ok(image);
    }
    let offered = images.iter().filter_map(|image| image.platform.as_ref()).map(|platform| {
        let variant = platform.variant.as_ref().map(|variant| format!("/{variant}")).unwrap_or_default();
        format!("{}/{}{variant}", platform.os, platform.architecture)
    });
    let offered: Vec<String> = offered.collect();
    let offered = if offered.is_empty() { "none".to_owned() } else { offered.join(", ") };
    Err(Error::Platform { wanted: platform.to_string(), offered })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn descriptor(platform: &str, digit: char) -> Descriptor {
        let digest = Digest::try_from(format!("sha256:{}", digit.to_string().repeat(64))).expect("a digest");
        let platform = Platform::parse(platform).map(|platform| RawPlatform {
            os: platform.os,
            architecture: platform.architecture,
            variant: platform.variant,
        });
        Descriptor { platform, ..Descriptor::bare(digest) }
    }

    #[track_caller]
    fn check(offered: &[&str], wanted: &str, expected: Option<usize>) {
        let digits = "0123456789".chars();
        let manifests: Vec<_> = offered.iter().zip(digits).map(|(p, digit)| descriptor(p, digit)).collect();
        let chosen = choose(&manifests, &Platform::parse(wanted).expect("a platform"), "index");
        let chosen = chosen.ok().and_then(|c| manifests.iter().position(|m| m.digest == c.digest));
        assert_eq!(chosen, expected, "{wanted} of {offered:?}");
    }

    #[test]
    fn the_manifest_of_the_platform_is_chosen() {
        check(&["linux/amd64", "linux/arm64/v8"], "linux/arm64", Some(1));
        check(&["linux/arm/v6", "linux/arm/v7"], "linux/arm/v7", Some(1));
        check(&["linux/arm/v6", "linux/arm/v7"], "linux/arm", Some(0));
        check(&["linux/amd64"], "linux/s390x", None);
        check(&["none"], "linux/s390x", Some(0));
        check(&[], "linux/amd64", None);
    }
}
