//! [`File`]: positioned reads inside a section, never outside it.

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    error::Error,
    store::{FORMAT, HEADER_BYTES, MAGIC},
};

// The directory holds one line per source and ecosystem.
const DIRECTORY_BYTES_MAX: u64 = 64 << 20;

/// Where a section lies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Section {
    pub(crate) offset: u64,
    pub(crate) bytes: u64,
}

/// One source, as `db status` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceInfo {
    /// Its name: the kind, and what was added in the configuration.
    pub name: String,
    /// The kind of source.
    pub kind: String,
    /// Where it came from.
    pub location: String,
    /// When it was fetched or read, RFC 3339.
    pub fetched: String,
    /// The newest date in its records.
    pub newest: String,
    /// Records.
    pub records: u64,
    /// Records that were taken back.
    pub withdrawn: u64,
    /// Rows of the match table.
    pub rows: u64,
    /// Records or files that could not be read.
    pub problems: u64,
    /// SHA-256 of what was read; empty for folders.
    pub digest: String,
    /// Why the last update failed; empty if it did not.
    pub failed: String,
}

/// Counts of an ecosystem.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EcosystemInfo {
    /// Packages with rows.
    pub packages: u64,
    /// Rows of the match table.
    pub rows: u64,
}

/// The directory at the end of the file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Directory {
    pub(crate) built: String,
    pub(crate) rows: u64,
    pub(crate) advisories: u64,
    pub(crate) vulnerabilities: u64,
    pub(crate) sources: Vec<SourceInfo>,
    pub(crate) ecosystems: BTreeMap<String, EcosystemInfo>,
    pub(crate) sections: BTreeMap<String, Section>,
    pub(crate) digests: BTreeMap<String, String>,
}

/// An open database file.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) path: PathBuf,
    pub(crate) directory: Directory,
    handle: fs::File,
    pub(crate) bytes: u64,
}

impl File {
    /// Opens a file and checks header and directory.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let handle = fs::File::open(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Error::Missing { path: path.to_owned() },
            _ => Error::io("opening", path)(error),
        })?;
        let bytes = handle.metadata().map_err(Error::io("reading", path))?.len();
        let mut header = [0u8; HEADER_BYTES as usize];
        let not = || Error::NotADatabase { path: path.to_owned() };
        handle.read_exact_at(&mut header, 0).map_err(|_| not())?;
        if &header[..8] != MAGIC {
            return Err(not());
        }
        let found = u32::from_le_bytes(header[8..12].try_into().expect("four bytes"));
        if found != FORMAT {
            return Err(Error::Format { path: path.to_owned(), found, expected: FORMAT });
        }
        let damaged = |what: &str| Error::Damaged { path: path.to_owned(), what: what.to_owned() };
        let offset = u64::from_le_bytes(header[16..24].try_into().expect("eight bytes"));
        let length = u64::from_le_bytes(header[24..32].try_into().expect("eight bytes"));
        if length > DIRECTORY_BYTES_MAX || offset.checked_add(length).is_none_or(|end| end > bytes) {
            return Err(damaged("its directory lies outside the file"));
        }
        let mut text = vec![0u8; length as usize];
        handle.read_exact_at(&mut text, offset).map_err(Error::io("reading", path))?;
        if Sha256::digest(&text).as_slice() != &header[32..64] {
            return Err(damaged("the checksum of its directory is wrong"));
        }
        let directory: Directory = serde_json::from_slice(&text).map_err(|_| damaged("its directory"))?;
        for (name, section) in &directory.sections {
            if section.offset.checked_add(section.bytes).is_none_or(|end| end > bytes) {
                return Err(damaged(&format!("section {name} lies outside the file")));
            }
        }
        Ok(Self { path: path.to_owned(), directory, handle, bytes })
    }

    /// A section's place; an empty one if the file has none of that name.
    pub(crate) fn section(&self, name: &str) -> Section {
        self.directory.sections.get(name).copied().unwrap_or_default()
    }

    /// Reads from a section into a buffer that is used again.
    pub(crate) fn read(
        &self,
        section: Section,
        at: u64,
        bytes: usize,
        into: &mut Vec<u8>,
    ) -> Result<(), Error> {
        if at.checked_add(bytes as u64).is_none_or(|end| end > section.bytes) {
            return Err(self.damaged("a place outside its section"));
        }
        into.resize(bytes, 0);
        self.handle.read_exact_at(into, section.offset + at).map_err(Error::io("reading", &self.path))
    }

    pub(crate) fn damaged(&self, what: &str) -> Error {
        Error::Damaged { path: self.path.clone(), what: what.to_owned() }
    }

    /// Reads every section and compares its checksum.
    pub(crate) fn verify(&self) -> Result<(), Error> {
        for (name, section) in &self.directory.sections {
            let mut digest = Sha256::new();
            let mut buffer = Vec::new();
            let mut at = 0;
            while at < section.bytes {
                let step = (section.bytes - at).min(1 << 20);
                self.read(*section, at, step as usize, &mut buffer)?;
                digest.update(&buffer);
                at += step;
            }
            if self.directory.digests.get(name) != Some(&hex(&digest.finalize())) {
                return Err(self.damaged(&format!("the checksum of section {name} is wrong")));
            }
        }
        Ok(())
    }
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        use std::fmt::Write as _;
        write!(text, "{byte:02x}").expect("a String takes everything");
        text
    })
}

/// Writes sections one after the other, then the directory, then the header.
pub(crate) struct Writer {
    path: PathBuf,
    out: std::io::BufWriter<fs::File>,
    at: u64,
    section: Option<(String, u64, Sha256)>,
    sections: BTreeMap<String, Section>,
    digests: BTreeMap<String, String>,
}

impl Writer {
    pub(crate) fn create(path: &Path) -> Result<Self, Error> {
        let file = fs::File::create(path).map_err(Error::io("creating", path))?;
        let mut out = std::io::BufWriter::with_capacity(1 << 18, file);
        out.write_all(&[0; HEADER_BYTES as usize]).map_err(Error::io("writing", path))?;
        Ok(Self {
            path: path.to_owned(),
            out,
            at: HEADER_BYTES,
            section: None,
            sections: BTreeMap::new(),
            digests: BTreeMap::new(),
        })
    }

    /// Starts a section; the one before it ends.
    pub(crate) fn section(&mut self, name: &str) {
        self.end_section();
        self.section = Some((name.to_owned(), self.at, Sha256::new()));
    }

    fn end_section(&mut self) {
        if let Some((name, offset, digest)) = self.section.take() {
            self.sections.insert(name.clone(), Section { offset, bytes: self.at - offset });
            self.digests.insert(name, hex(&digest.finalize()));
        }
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.out.write_all(bytes).map_err(Error::io("writing", &self.path))?;
        self.at += bytes.len() as u64;
        if let Some((_, _, digest)) = &mut self.section {
            digest.update(bytes);
        }
        Ok(())
    }

    /// Writes directory and header, and everything to the disk.
    pub(crate) fn finish(mut self, mut directory: Directory) -> Result<(), Error> {
        self.end_section();
        directory.sections = std::mem::take(&mut self.sections);
        directory.digests = std::mem::take(&mut self.digests);
        let text = serde_json::to_vec(&directory).expect("a directory is plain data");
        let offset = self.at;
        self.write(&text)?;
        let mut header = Vec::with_capacity(HEADER_BYTES as usize);
        header.extend_from_slice(MAGIC);
        header.extend_from_slice(&FORMAT.to_le_bytes());
        header.extend_from_slice(&0u32.to_le_bytes());
        header.extend_from_slice(&offset.to_le_bytes());
        header.extend_from_slice(&(text.len() as u64).to_le_bytes());
        header.extend_from_slice(&Sha256::digest(&text));
        let failed = |error| Error::Io { action: "writing", path: self.path.clone(), source: error };
        let file = self.out.into_inner().map_err(|error| failed(error.into_error()))?;
        file.write_all_at(&header, 0).and_then(|()| file.sync_all()).map_err(failed)
    }
}
