//! Bytes of a layer, manifest or configuration: a range of a file, or a stream.

use std::{
    fs::File,
    io::{self, Read},
    os::unix::fs::FileExt,
    path::Path,
    sync::Arc,
};

use crate::Error;

/// A range of an open file: cheap to clone, read at any place.
#[derive(Debug, Clone)]
pub(crate) struct FileRange {
    file: Arc<File>,
    start: u64,
    len: u64,
}

impl FileRange {
    /// A whole file on disk.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let shown = path.display().to_string();
        let file = File::open(path).map_err(|source| Error::read(&shown, source))?;
        let metadata = file.metadata().map_err(|source| Error::read(&shown, source))?;
        if !metadata.is_file() {
            return Err(Error::malformed(shown, "is no regular file"));
        }
        Ok(Self { file: Arc::new(file), start: 0, len: metadata.len() })
    }

    /// A file that is open already.
    pub(crate) fn whole(file: File) -> io::Result<Self> {
        let len = file.metadata()?.len();
        Ok(Self { file: Arc::new(file), start: 0, len })
    }

    /// A part of this range; never more than there is.
    pub(crate) fn part(&self, offset: u64, len: u64) -> Self {
        let offset = offset.min(self.len);
        Self { file: Arc::clone(&self.file), start: self.start + offset, len: len.min(self.len - offset) }
    }

    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Fills `buffer` from `offset` on; short only at the end.
    pub(crate) fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.len.saturating_sub(offset).min(buffer.len() as u64);
        let buffer = &mut buffer[..usize::try_from(left).unwrap_or(usize::MAX)];
        let mut filled = 0;
        while filled < buffer.len() {
            match self.file.read_at(&mut buffer[filled..], self.start + offset + filled as u64) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }

    /// A reader from the start.
    pub(crate) fn reader(&self) -> RangeReader {
        RangeReader { range: self.clone(), position: 0 }
    }
}

/// Reads a [`FileRange`] from its start.
pub(crate) struct RangeReader {
    range: FileRange,
    position: u64,
}

impl Read for RangeReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.range.read_at(self.position, buffer)?;
        self.position += count as u64;
        Ok(count)
    }
}

/// Bytes that somebody keeps for us.
pub(crate) enum Blob {
    /// On disk, at any place.
    Range(FileRange),
    /// From the first byte to the last, once.
    Stream(Box<dyn Read + Send>),
}

impl Blob {
    /// All of it, if it is no more than `max` bytes.
    pub(crate) fn bytes(self, what: &str, max: u64) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        let reader: Box<dyn Read> = match self {
            Self::Range(range) => Box::new(range.reader()),
            Self::Stream(stream) => stream,
        };
        reader.take(max + 1).read_to_end(&mut bytes).map_err(|source| Error::read(what, source))?;
        if bytes.len() as u64 > max {
            return Err(Error::Limit { what: what.to_owned(), limit: max });
        }
        Ok(bytes)
    }
}
