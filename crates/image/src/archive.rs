//! Image archives: `docker save` (old and new), OCI layouts in a tar, a plain root file system in a tar.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, Read, Write},
    path::Path,
};

use serde::Deserialize;

use crate::{
    Digest, Error, Limits, Progress,
    blob::{Blob, FileRange},
    control::Control,
    decode::{Decoder, Packing},
    entry::Problem,
    limits, path,
    tar::{self, Extended, Kind, SeekSource},
};

/// A tar's members that an image is made of, by name.
pub(crate) struct Archive {
    pub(crate) members: HashMap<String, FileRange>,
    /// The whole tar.
    pub(crate) range: FileRange,
}

/// What an archive holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    /// `manifest.json` and what it names.
    Docker,
    /// `index.json` and blobs.
    Oci,
    /// Files: no image at all.
    Files,
}

impl Archive {
    /// Reads the names of a tar. A compressed one is unpacked to a temporary file first.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let shown = path.display().to_string();
        let mut range = FileRange::open(path)?;
        let mut head = [0; 8];
        let count = range.read_at(0, &mut head).map_err(|source| Error::read(&shown, source))?;
        let packing = Packing::of(&head[..count]);
        if packing != Packing::Plain {
            range = unpack(packing, &range).map_err(|source| Error::read(&shown, source))?;
        }
        let mut members = Members::default();
        let (limits, progress) = (Limits::default(), Progress::default());
        let control = Control { limits: &limits, progress: &progress };
        tar::walk(&mut SeekSource::new(range.clone()), &mut members, &control);
        if members.seen == 0 {
            return Err(Error::malformed(shown, "is no tar archive"));
        }
        Ok(Self { members: members.resolve(&range), range })
    }

    pub(crate) fn content(&self) -> Content {
        if self.members.contains_key("manifest.json") {
            Content::Docker
        } else if self.members.contains_key("index.json") {
            Content::Oci
        } else {
            Content::Files
        }
    }

    /// A small member.
    pub(crate) fn bytes(&self, name: &str) -> Result<Vec<u8>, Error> {
        let range = self.members.get(name).ok_or_else(|| Error::not_found(name, "not in the archive"))?;
        Blob::Range(range.clone()).bytes(name, limits::MANIFEST_BYTES_MAX)
    }
}

/// One image of `manifest.json`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DockerImage {
    pub(crate) config: String,
    #[serde(default)]
    pub(crate) repo_tags: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) layers: Option<Vec<String>>,
}

/// The image called `name`, or the first.
pub(crate) fn docker_image(manifest: &[u8], name: Option<&str>) -> Result<DockerImage, Error> {
    let what = "manifest.json";
    let images: Vec<DockerImage> =
        serde_json::from_slice(manifest).map_err(|error| Error::malformed(what, error.to_string()))?;
    let called = |image: &&DockerImage| match name {
        Some(name) => image.repo_tags.iter().flatten().any(|tag| tag == name),
        None => true,
    };
    let found = images.iter().find(called).cloned();
    found.ok_or_else(|| match name {
        Some(name) => Error::not_found(format!("image `{name}`"), "not in the archive's manifest.json"),
        None => Error::malformed(what, "names no image"),
    })
}

/// The digest in a member's name, where the name is one.
pub(crate) fn digest_of(name: &str) -> Option<Digest> {
    let (algorithm, hex) = name.strip_prefix("blobs/")?.split_once('/')?;
    Digest::try_from(format!("{algorithm}:{hex}")).ok()
}

fn unpack(packing: Packing, range: &FileRange) -> io::Result<FileRange> {
    let mut file: File = tempfile::tempfile()?;
    let mut decoder = Decoder::new(packing, range.reader())?.take(limits::SPILL_BYTES_MAX + 1);
    let bytes = io::copy(&mut decoder, &mut file)?;
    file.flush()?;
    if bytes > limits::SPILL_BYTES_MAX {
        return Err(io::Error::new(io::ErrorKind::QuotaExceeded, "the archive unpacks to too many bytes"));
    }
    FileRange::whole(file)
}

const MEMBERS_MAX: usize = 50_000;

/// Names an image archive can have; files of a root file system are let go.
#[derive(Default)]
struct Members {
    seen: u64,
    places: HashMap<String, (u64, u64)>,
    links: HashMap<String, String>,
}

impl Members {
    fn resolve(self, range: &FileRange) -> HashMap<String, FileRange> {
        let mut members: HashMap<String, FileRange> = HashMap::new();
        for name in self.links.keys() {
            let mut end = name;
            for _ in 0..16 {
                let Some(next) = self.links.get(end) else { break };
                end = next;
            }
            if let Some((offset, size)) = self.places.get(end) {
                members.insert(name.clone(), range.part(*offset, *size));
            }
        }
        let places = self.places.into_iter();
        members.extend(places.map(|(name, (offset, size))| (name, range.part(offset, size))));
        members
    }
}

impl tar::Reader<SeekSource> for Members {
    fn entry(&mut self, entry: &Extended, _: &mut SeekSource) -> io::Result<()> {
        self.seen += 1;
        let name = entry.path;
        let depth = name.bytes().filter(|byte| *byte == b'/').count();
        if depth > 2 || name.len() > 255 || self.places.len() + self.links.len() >= MEMBERS_MAX {
            return Ok(());
        }
        match entry.kind {
            Kind::File => {
                self.places.insert(name.to_owned(), (entry.offset, entry.size));
            }
            // Old `docker save` links a layer that several images share.
            Kind::Symlink => {
                let (folder, _) = path::split(name);
                let mut target = String::new();
                path::clean(format!("{folder}/{}", entry.link).as_bytes(), &mut target);
                self.links.insert(name.to_owned(), target);
            }
            Kind::Hardlink => {
                let mut target = String::new();
                path::clean(entry.link.as_bytes(), &mut target);
                self.links.insert(name.to_owned(), target);
            }
            _ => {}
        }
        Ok(())
    }

    // Damage shows again, with its place, when the members are read.
    fn problem(&mut self, _: Problem) {}
}
