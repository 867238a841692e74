//! A target: found out what it is, its layers known, ready to be walked.

mod image;

use std::{
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use crate::{
    Digest, Error, Limits, Platform, Progress, RegistryOptions, Visitor,
    control::Control,
    folder,
    layer::{self, Layer, LayerSource},
};

/// What a target turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetKind {
    /// The running host.
    Host,
    /// A folder or a single file.
    Folder,
    /// What a process sees as `/`.
    Process,
    /// `docker save`.
    DockerArchive,
    /// An OCI layout in a folder or a tar.
    OciLayout,
    /// A root file system in a tar.
    FileArchive,
    /// A registry.
    Registry,
    /// Docker's store on this machine.
    DockerStore,
    /// containerd's store on this machine.
    ContainerdStore,
    /// Podman's store on this machine.
    PodmanStore,
}

impl TargetKind {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Folder => "folder",
            Self::Process => "process",
            Self::DockerArchive => "docker-archive",
            Self::OciLayout => "oci-layout",
            Self::FileArchive => "archive",
            Self::Registry => "registry",
            Self::DockerStore => "docker",
            Self::ContainerdStore => "containerd",
            Self::PodmanStore => "podman",
        }
    }
}

/// How targets are opened.
#[derive(Debug, Clone, Default)]
pub struct OpenOptions {
    /// Which image of an index; this machine's if none is named.
    pub platform: Option<Platform>,
    /// How registries are spoken to.
    pub registry: RegistryOptions,
    /// Reads all bytes of uncompressed layers, only to check their digest.
    pub verify_plain: bool,
    /// Enters file systems of other machines, too.
    pub remote_filesystems: bool,
    /// Where Docker keeps its data, if not in its usual place.
    pub docker_root: Option<PathBuf>,
    /// Where containerd keeps its data, if not in its usual place.
    pub containerd_root: Option<PathBuf>,
    /// Where Podman keeps its data, if not in its usual place.
    pub podman_root: Option<PathBuf>,
}

/// What is known about a layer before it is walked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerInfo {
    /// Of the packed bytes.
    pub digest: Option<Digest>,
    /// Of the tar.
    pub diff_id: Option<Digest>,
    /// The command that made it.
    pub created_by: Option<String>,
    /// Packed bytes; 0 if not known.
    pub size: u64,
}

/// What a walk came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Entries seen, over all layers.
    pub entries: u64,
}

/// Something to scan.
pub struct Target {
    kind: TargetKind,
    name: String,
    digest: Option<Digest>,
    config_digest: Option<Digest>,
    platform: Option<String>,
    layers: Vec<(LayerInfo, Layer)>,
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Target").field("kind", &self.kind).field("name", &self.name).finish_non_exhaustive()
    }
}

impl Target {
    /// The running host: `/` without the kernel's file systems, other machines' and containers'.
    pub fn host(options: &OpenOptions) -> Self {
        let folder = folder::Options { system: true, remote: options.remote_filesystems, overlay: false };
        Self::of_folder(TargetKind::Host, "/".to_owned(), PathBuf::from("/"), folder)
    }

    /// A folder, or a single file.
    pub fn folder(path: &Path, options: &OpenOptions) -> Result<Self, Error> {
        let name = path.display().to_string();
        let real = std::fs::canonicalize(path).map_err(|source| Error::read(&name, source))?;
        let system = real == Path::new("/");
        let folder = folder::Options { system, remote: options.remote_filesystems, overlay: false };
        Ok(Self::of_folder(TargetKind::Folder, name, real, folder))
    }

    /// What a process sees as `/`: a running container's file system.
    pub fn process(id: u32, options: &OpenOptions) -> Result<Self, Error> {
        let path = PathBuf::from(format!("/proc/{id}/root"));
        let name = path.display().to_string();
        std::fs::read_dir(&path).map_err(|source| Error::read(&name, source))?;
        let folder = folder::Options { system: false, remote: options.remote_filesystems, overlay: false };
        Ok(Self::of_folder(TargetKind::Process, name, path, folder))
    }

    /// An image: a file, a folder, a name in a local store, or a name in a registry.
    ///
    /// `docker-archive:PATH`, `oci:PATH[:NAME]`, `docker:NAME`, `containerd:NAME`, `podman:NAME` and `registry:NAME` say
    /// which; otherwise a path that exists is a path, then the local stores are looked at, then the registry.
    pub fn image(spec: &str, options: &OpenOptions) -> Result<Self, Error> {
        image::open(spec, options)
    }

    /// What it turned out to be.
    pub fn kind(&self) -> TargetKind {
        self.kind
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The digest of the image's manifest, where there is one.
    pub fn digest(&self) -> Option<&Digest> {
        self.digest.as_ref()
    }

    /// The digest of the image's configuration: what container engines call the image's id.
    pub fn config_digest(&self) -> Option<&Digest> {
        self.config_digest.as_ref()
    }

    /// `os/architecture` of an image.
    pub fn platform(&self) -> Option<&str> {
        self.platform.as_deref()
    }

    /// The layers, the lowest first. A folder is one layer.
    pub fn layers(&self) -> impl ExactSizeIterator<Item = &LayerInfo> {
        self.layers.iter().map(|(info, _)| info)
    }

    /// Whether it is made of layers that may hide each other's files.
    pub fn is_image(&self) -> bool {
        !matches!(self.kind, TargetKind::Host | TargetKind::Folder | TargetKind::Process)
    }

    /// Shows every entry of every layer, several layers at once. `visitor` makes the one that sees a layer; the used ones
    /// come back in the order of the layers.
    pub fn walk<V, F>(&self, limits: &Limits, progress: &Progress, visitor: F) -> (Vec<V>, Summary)
    where
        V: Visitor + Send,
        F: Fn(u32) -> V + Sync,
    {
        let total = self.layers.iter().map(|(info, _)| info.size).sum();
        progress.bytes_total.store(total, Ordering::Relaxed);
        let control = Control { limits, progress };
        let next = AtomicUsize::new(0);
        let done: Mutex<Vec<(u32, V)>> = Mutex::new(Vec::new());
        let work = || {
            while let Some((index, (_, layer))) = pick(&next, &self.layers) {
                let mut seen = visitor(index);
                layer::walk(layer, index, &mut seen, &control);
                done.lock().unwrap_or_else(|bad| bad.into_inner()).push((index, seen));
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..limits.threads.min(self.layers.len()) {
                scope.spawn(work);
            }
            work();
        });
        let mut done = done.into_inner().unwrap_or_else(|bad| bad.into_inner());
        done.sort_by_key(|(index, _)| *index);
        let summary = Summary { entries: progress.entries.load(Ordering::Relaxed) };
        (done.into_iter().map(|(_, visitor)| visitor).collect(), summary)
    }

    fn of_folder(kind: TargetKind, name: String, path: PathBuf, options: folder::Options) -> Self {
        let source = LayerSource::Folder(path, options);
        let layer = Layer { source, digest: None, diff_id: None, verify_plain: false };
        let info = LayerInfo { digest: None, diff_id: None, created_by: None, size: 0 };
        Self { kind, name, digest: None, config_digest: None, platform: None, layers: vec![(info, layer)] }
    }
}

fn pick<'a, T>(next: &AtomicUsize, items: &'a [T]) -> Option<(u32, &'a T)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    Some((u32::try_from(index).ok()?, items.get(index)?))
}
