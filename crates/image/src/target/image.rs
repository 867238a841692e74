//! Finds an image: by prefix, by path, in local stores, in a registry.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    Credentials, Digest, Error, Platform, Reference, RegistryOptions,
    archive::{self, Archive, Content},
    layer::{Layer, LayerSource},
    limits::Limits,
    manifest::{self, Config, Parts},
    oci::{self, ArchiveStore, FolderStore},
    registry::Registry,
    store::{Store, containerd, docker, podman},
};

use super::{LayerInfo, OpenOptions, Target, TargetKind};

/// See [`Target::image`].
pub(super) fn open(spec: &str, options: &OpenOptions) -> Result<Target, Error> {
    if let Some((prefix, rest)) = spec.split_once(':') {
        match prefix {
            "docker-archive" | "oci-archive" => return at_path(rest, options),
            "oci" => return at_path(rest, options),
            "docker" if !rest.starts_with("//") => {
                return local(rest, options, Some(TargetKind::DockerStore));
            }
            "containerd" => return local(rest, options, Some(TargetKind::ContainerdStore)),
            "podman" => return local(rest, options, Some(TargetKind::PodmanStore)),
            "registry" => return remote(rest, options),
            "docker" => return remote(rest.trim_start_matches('/'), options),
            _ => {}
        }
    }
    if Path::new(spec).exists() {
        return path(Path::new(spec), None, options);
    }
    if spec.starts_with(['/', '.']) || spec.ends_with(".tar") {
        return at_path(spec, options);
    }
    match local(spec, options, None) {
        Err(Error::NotFound { .. }) => remote(spec, options),
        found => found,
    }
}

/// `PATH` or `PATH:NAME`.
fn at_path(text: &str, options: &OpenOptions) -> Result<Target, Error> {
    if !Path::new(text).exists()
        && let Some((before, name)) = text.split_once(':')
        && Path::new(before).exists()
    {
        return path(Path::new(before), Some(name), options);
    }
    path(Path::new(text), None, options)
}

fn path(at: &Path, name: Option<&str>, options: &OpenOptions) -> Result<Target, Error> {
    let shown = match name {
        Some(name) => format!("{}:{name}", at.display()),
        None => at.display().to_string(),
    };
    let metadata = std::fs::metadata(at).map_err(|source| Error::read(&shown, source))?;
    if metadata.is_dir() {
        if !at.join("index.json").exists() {
            return Err(Error::malformed(
                shown,
                "is a folder without index.json: no OCI layout; scan it as a root file system",
            ));
        }
        let store = Arc::new(FolderStore::new(at.join("blobs")));
        let from = oci::find(&oci::file(at, "index.json")?, name, &platform(options))?;
        let parts = manifest::resolve(&*store, &from, &platform(options))?;
        return stored(TargetKind::OciLayout, shown, store, parts, options);
    }
    let archive = Archive::open(at)?;
    match archive.content() {
        Content::Docker => docker_archive(shown, &archive, name, options),
        Content::Oci => {
            let from = oci::find(&archive.bytes("index.json")?, name, &platform(options))?;
            let store = Arc::new(ArchiveStore { members: archive.members });
            let parts = manifest::resolve(&*store, &from, &platform(options))?;
            stored(TargetKind::OciLayout, shown, store, parts, options)
        }
        Content::Files => {
            let size = archive.range.len();
            let layer = layer(LayerSource::Range(archive.range), None, None, options);
            let info = LayerInfo { digest: None, diff_id: None, created_by: None, size };
            Ok(image(TargetKind::FileArchive, shown, vec![(info, layer)]))
        }
    }
}

fn docker_archive(
    shown: String,
    archive: &Archive,
    name: Option<&str>,
    options: &OpenOptions,
) -> Result<Target, Error> {
    let found = archive::docker_image(&archive.bytes("manifest.json")?, name)?;
    let bytes = archive.bytes(&found.config)?;
    let config = Config::read(&bytes, &found.config)?;
    let names = found.layers.unwrap_or_default();
    ceiling(names.len())?;
    let described = describe(&config, names.len());
    let mut layers = Vec::with_capacity(names.len());
    for (member, (diff_id, created_by)) in names.iter().zip(described) {
        let range = archive.members.get(member);
        let range =
            range.ok_or_else(|| Error::not_found(format!("layer `{member}`"), "not in the archive"))?;
        let digest = archive::digest_of(member);
        let info =
            LayerInfo { digest: digest.clone(), diff_id: diff_id.clone(), created_by, size: range.len() };
        layers.push((info, layer(LayerSource::Range(range.clone()), digest, diff_id, options)));
    }
    let mut target = image(TargetKind::DockerArchive, shown, layers);
    target.config_digest = Some(Digest::sha256(&bytes));
    target.platform = platform_of(&config);
    Ok(target)
}

fn stored(
    kind: TargetKind,
    name: String,
    store: Arc<dyn Store>,
    parts: Parts,
    options: &OpenOptions,
) -> Result<Target, Error> {
    ceiling(parts.layers.len())?;
    let described = describe(&parts.config, parts.layers.len());
    let layers = parts.layers.iter().zip(described).map(|(found, (diff_id, created_by))| {
        let digest = found.digest.clone();
        let source = LayerSource::Stored(Arc::clone(&store), digest.clone());
        let info = LayerInfo {
            digest: Some(digest.clone()),
            diff_id: diff_id.clone(),
            created_by,
            size: found.size,
        };
        (info, layer(source, Some(digest), diff_id, options))
    });
    let mut target = image(kind, name, layers.collect());
    target.digest = Some(parts.manifest);
    target.config_digest = parts.config_digest;
    target.platform = platform_of(&parts.config);
    Ok(target)
}

fn local(name: &str, options: &OpenOptions, only: Option<TargetKind>) -> Result<Target, Error> {
    let names = match Reference::parse(name) {
        Ok(reference) => reference.local_names(name),
        Err(_) if Digest::try_from(name.to_owned()).is_ok() => vec![name.to_owned()],
        Err(error) => return Err(error),
    };
    let wanted = |kind| only.is_none_or(|only| only == kind);
    let root = |set: &Option<PathBuf>, usual: &str| set.clone().unwrap_or_else(|| PathBuf::from(usual));
    if wanted(TargetKind::DockerStore)
        && let Some(found) = docker::find(&root(&options.docker_root, docker::ROOT), &names)?
    {
        return docker_store(name, found, options);
    }
    if wanted(TargetKind::PodmanStore) {
        let roots = options.podman_root.clone().map_or_else(podman::roots, |root| vec![root]);
        for root in roots {
            if let Some(found) = podman::find(&root, &names)? {
                return podman_store(name, found, options);
            }
        }
    }
    if wanted(TargetKind::ContainerdStore)
        && let Some((store, from)) =
            containerd::find(&root(&options.containerd_root, containerd::ROOT), &names)?
    {
        let store = Arc::new(store);
        let parts = manifest::resolve(&*store, &from, &platform(options))?;
        return stored(TargetKind::ContainerdStore, name.to_owned(), store, parts, options);
    }
    let stores = only.map_or("the stores of Docker, Podman and containerd", TargetKind::name);
    Err(Error::not_found(format!("image `{name}`"), stores))
}

fn docker_store(name: &str, found: docker::Found, options: &OpenOptions) -> Result<Target, Error> {
    ceiling(found.layers.len())?;
    let described = describe(&found.config, found.layers.len());
    let layers = found.layers.into_iter().zip(described).map(|(source, (diff_id, created_by))| {
        let info = LayerInfo { digest: None, diff_id: diff_id.clone(), created_by, size: 0 };
        (info, layer(source, None, diff_id, options))
    });
    let mut target = image(TargetKind::DockerStore, name.to_owned(), layers.collect());
    target.config_digest = Some(found.id);
    target.platform = platform_of(&found.config);
    Ok(target)
}

fn podman_store(name: &str, found: podman::Found, options: &OpenOptions) -> Result<Target, Error> {
    ceiling(found.layers.len())?;
    let layers = found.layers.into_iter().map(|at| {
        let info =
            LayerInfo { digest: at.digest.clone(), diff_id: at.diff_id.clone(), created_by: None, size: 0 };
        (info, layer(at.source, at.digest, at.diff_id, options))
    });
    let mut target = image(TargetKind::PodmanStore, name.to_owned(), layers.collect());
    target.config_digest = found.id;
    Ok(target)
}

fn remote(name: &str, options: &OpenOptions) -> Result<Target, Error> {
    let reference = Reference::parse(name)?;
    let mut how: RegistryOptions = options.registry.clone();
    if how.credentials.is_none() {
        let variable = |name: &str| std::env::var(name).ok();
        how.credentials = Credentials::find(&reference.registry, &reference.repository, variable);
    }
    let shown = reference.to_string();
    let registry = Registry::new(reference, &how)?;
    let (from, bytes) = registry.manifest()?;
    let store = Arc::new(Cached { registry, digest: from.digest.clone(), bytes });
    let parts = manifest::resolve(&*store, &from, &platform(options))?;
    stored(TargetKind::Registry, shown, store, parts, options)
}

/// A registry whose first manifest is here already.
struct Cached {
    registry: Registry,
    digest: Digest,
    bytes: Vec<u8>,
}

impl Store for Cached {
    fn blob(&self, digest: &Digest) -> Result<crate::blob::Blob, Error> {
        if *digest == self.digest {
            let stream = Box::new(std::io::Cursor::new(self.bytes.clone()));
            return Ok(crate::blob::Blob::Stream(stream));
        }
        self.registry.blob(digest)
    }
}

fn image(kind: TargetKind, name: String, layers: Vec<(LayerInfo, Layer)>) -> Target {
    Target { kind, name, digest: None, config_digest: None, platform: None, layers }
}

fn layer(
    source: LayerSource,
    digest: Option<Digest>,
    diff_id: Option<Digest>,
    options: &OpenOptions,
) -> Layer {
    Layer { source, digest, diff_id, verify_plain: options.verify_plain }
}

/// Diff ids and commands of `count` layers, as far as the configuration's lists fit.
fn describe(config: &Config, count: usize) -> Vec<(Option<Digest>, Option<String>)> {
    let diff_ids = Some(config.diff_ids()).filter(|ids| ids.len() == count);
    let commands = Some(config.created_by()).filter(|commands| commands.len() == count);
    let diff_id = |index: usize| diff_ids.and_then(|ids| ids.get(index)).cloned();
    let command =
        |index: usize| commands.as_ref().and_then(|all| all.get(index)).filter(|c| !c.is_empty()).cloned();
    (0..count).map(|index| (diff_id(index), command(index))).collect()
}

fn platform(options: &OpenOptions) -> Platform {
    options.platform.clone().unwrap_or_else(Platform::host)
}

fn platform_of(config: &Config) -> Option<String> {
    let known = !config.os.is_empty() && !config.architecture.is_empty();
    known.then(|| format!("{}/{}", config.os, config.architecture))
}

fn ceiling(layers: usize) -> Result<(), Error> {
    let max = Limits::default().layers_max;
    if layers > max {
        return Err(Error::Limit { what: format!("an image of {layers} layers"), limit: max as u64 });
    }
    Ok(())
}
