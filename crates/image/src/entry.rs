//! The words of a walk: an entry, what a visitor wants of it, a problem and its place.

use std::{fmt, io};

/// One entry of a layer or folder.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// Path below the root: clean, `/`-separated, without a leading slash; invalid UTF-8 is replaced.
    pub path: &'a str,
    /// What it is.
    pub kind: EntryKind<'a>,
    /// Bytes of its content.
    pub size: u64,
    /// Permission bits.
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Index of the layer; 0 for a folder.
    pub layer: u32,
}

/// Kinds of entries. Targets of links are as written, neither cleaned nor followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind<'a> {
    /// A regular file.
    File,
    /// A folder.
    Directory,
    /// A symbolic link.
    Symlink {
        /// Where it points, as written.
        target: &'a str,
    },
    /// Another name of a file, cleaned like a path.
    Hardlink {
        /// The file's first name.
        target: &'a str,
    },
    /// The path does not exist any more from this layer on.
    Whiteout,
    /// What lower layers have in this folder does not exist any more.
    OpaqueDirectory,
    /// A device, socket or pipe.
    Other,
}

/// What a visitor wants of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// Nothing.
    No,
    /// Its first bytes, then decide.
    Head,
    /// All of it.
    Whole,
    /// Random access where the target can seek; all of it where it comes as a stream.
    Access,
}

/// Sees what a walk finds. One visitor sees one layer, from one thread.
pub trait Visitor {
    /// Every entry, in the order of the target. What is wanted counts for files and hard links only.
    fn entry(&mut self, entry: &Entry) -> Want;
    /// The first bytes of a file asked for with [`Want::Head`]: what now?
    fn head(&mut self, entry: &Entry, head: &[u8]) -> Want;
    /// A file that was wanted.
    fn file(&mut self, entry: &Entry, bytes: &[u8]);
    /// A file that was wanted with [`Want::Access`], or has more than [`crate::limits::BODY_BYTES_MAX`] bytes.
    fn large_file(&mut self, entry: &Entry, file: &mut dyn LargeFile);
    /// Whether a folder shall be entered. Folders on disk only: what is in a tar is shown anyway.
    fn enter(&mut self, path: &str) -> bool;
    /// Something that could not be read. The walk goes on.
    fn problem(&mut self, problem: Problem);
}

/// Random access to a body that is not held in memory.
pub trait LargeFile {
    /// Fills `buffer` from `offset` on; short only at the end.
    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;
    /// Bytes in all.
    fn size(&self) -> u64;
}

/// Where a problem lies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// Index of the layer.
    pub layer: Option<u32>,
    /// Path inside the target.
    pub path: Option<String>,
    /// Byte of the (uncompressed) layer or archive.
    pub offset: Option<u64>,
}

/// What kind of problem it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    /// It could not be read.
    Unreadable,
    /// It breaks its format.
    Corrupt,
    /// It ends early.
    Truncated,
    /// Its digest is another one.
    Digest,
    /// It goes past a ceiling.
    Limit,
    /// It tries to leave its root.
    Escape,
    /// It was left out on purpose.
    Skipped,
}

impl ProblemKind {
    /// One word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Corrupt => "corrupt",
            Self::Truncated => "truncated",
            Self::Digest => "digest",
            Self::Limit => "limit",
            Self::Escape => "escape",
            Self::Skipped => "skipped",
        }
    }
}

/// Something that could not be read, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What kind.
    pub kind: ProblemKind,
    /// Where.
    pub place: Place,
    /// In words.
    pub message: String,
}

impl Problem {
    pub(crate) fn new(kind: ProblemKind, message: impl Into<String>) -> Self {
        Self { kind, place: Place::default(), message: message.into() }
    }

    pub(crate) fn layer(mut self, layer: u32) -> Self {
        self.place.layer = Some(layer);
        self
    }

    pub(crate) fn path(mut self, path: impl Into<String>) -> Self {
        self.place.path = Some(path.into());
        self
    }

    pub(crate) fn offset(mut self, offset: u64) -> Self {
        self.place.offset = Some(offset);
        self
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        parts.extend(self.layer.map(|layer| format!("layer {}", layer + 1)));
        parts.extend(self.path.clone());
        parts.extend(self.offset.map(|offset| format!("byte {offset}")));
        f.write_str(&parts.join(", "))
    }
}
