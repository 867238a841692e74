//! Tar entries as entries of a layer: white-outs, hard links, and the bodies a visitor asks for.

use std::io;

use crate::{
    Entry, EntryKind, Visitor, Want,
    blob::FileRange,
    control::Control,
    entry::{LargeFile, Problem, ProblemKind},
    layer::links::Links,
    limits, path,
    tar::{Extended, Kind, Reader, Source},
};

/// Stands between a tar and a visitor.
pub(super) struct LayerReader<'a, V> {
    index: u32,
    visitor: &'a mut V,
    control: &'a Control<'a>,
    links: Links,
    body: Vec<u8>,
    path: String,
}

impl<'a, V: Visitor> LayerReader<'a, V> {
    pub(super) fn new(index: u32, visitor: &'a mut V, control: &'a Control<'a>, links: Links) -> Self {
        Self { index, visitor, control, links, body: Vec::new(), path: String::new() }
    }

    pub(super) fn into_links(self) -> Links {
        self.links
    }

    pub(super) fn report(&mut self, problem: Problem) {
        self.visitor.problem(problem.layer(self.index));
    }

    fn first_pass<S: Source>(&mut self, extended: &Extended, source: &mut S) -> io::Result<()> {
        let mut path = std::mem::take(&mut self.path);
        let kind = match whiteout(extended.path, &mut path) {
            Some(Marker::Ignored) => None,
            Some(Marker::Is(kind)) => Some(kind),
            None => {
                path.clear();
                path.push_str(extended.path);
                Some(plain(extended.kind))
            }
        };
        let result = match kind {
            Some(kind) if !path.is_empty() || kind != EntryKind::File => {
                self.show(extended, kind, &path, source)
            }
            _ => Ok(()),
        };
        self.path = path;
        result
    }

    fn show<S: Source>(
        &mut self,
        extended: &Extended,
        kind: EntryKind,
        path: &str,
        source: &mut S,
    ) -> io::Result<()> {
        let mut target = String::new();
        let kind = match kind {
            EntryKind::Symlink { .. } => EntryKind::Symlink { target: extended.link },
            EntryKind::Hardlink { .. } => {
                path::clean(extended.link.as_bytes(), &mut target);
                EntryKind::Hardlink { target: &target }
            }
            other => other,
        };
        let entry = Entry {
            path,
            kind,
            size: extended.size,
            mode: extended.mode,
            uid: extended.uid,
            gid: extended.gid,
            layer: self.index,
        };
        let want = self.visitor.entry(&entry);
        match (kind, want) {
            (_, Want::No) => Ok(()),
            (EntryKind::File, _) if extended.kind == Kind::Sparse => {
                let message = "a file with holes inside a tar is not read";
                self.report(Problem::new(ProblemKind::Skipped, message).path(path));
                Ok(())
            }
            (EntryKind::File, want) => self.body(&entry, want, source),
            (EntryKind::Hardlink { target }, want) => {
                if !self.links.add(target, path, want, entry.mode) {
                    let message = "too many hard links: this one's content was not read";
                    self.report(Problem::new(ProblemKind::Limit, message).path(path));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn body<S: Source>(&mut self, entry: &Entry, mut want: Want, source: &mut S) -> io::Result<()> {
        self.body.clear();
        if want == Want::Head {
            let head = entry.size.min(limits::HEAD_BYTES as u64);
            read(source, &mut self.body, head)?;
            want = self.visitor.head(entry, &self.body);
        }
        if matches!(want, Want::No | Want::Head) {
            return Ok(());
        }
        if entry.size > limits::BODY_BYTES_MAX || want == Want::Access && source.range().is_some() {
            return self.large(entry, source);
        }
        let rest = entry.size - self.body.len() as u64;
        read(source, &mut self.body, rest)?;
        self.visitor.file(entry, &self.body);
        Ok(())
    }

    /// A body too large for memory: read where it lies, or from a temporary file without a name.
    fn large<S: Source>(&mut self, entry: &Entry, source: &mut S) -> io::Result<()> {
        let start = source.position() - self.body.len() as u64;
        let mut file = match source.range() {
            Some(range) => {
                let part = range.part(start, entry.size);
                if part.len() < entry.size {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                part
            }
            None => spill(&self.body, entry.size, source, self.control)?,
        };
        self.visitor.large_file(entry, &mut file);
        Ok(())
    }

    fn second_pass<S: Source>(&mut self, extended: &Extended, source: &mut S) -> io::Result<()> {
        if extended.kind != Kind::File {
            return Ok(());
        }
        let Some(wanted) = self.links.take(extended.path) else { return Ok(()) };
        let start = source.position();
        for link in wanted {
            let entry = Entry {
                path: &link.path,
                kind: EntryKind::File,
                size: extended.size,
                mode: link.mode,
                uid: extended.uid,
                gid: extended.gid,
                layer: self.index,
            };
            if source.position() == start {
                self.body(&entry, Want::Whole, source)?;
            } else if entry.size <= limits::BODY_BYTES_MAX {
                self.visitor.file(&entry, &self.body);
            }
        }
        Ok(())
    }
}

impl<S: Source, V: Visitor> Reader<S> for LayerReader<'_, V> {
    fn entry(&mut self, entry: &Extended, source: &mut S) -> io::Result<()> {
        if self.links.is_second_pass() {
            self.second_pass(entry, source)
        } else {
            self.first_pass(entry, source)
        }
    }

    fn problem(&mut self, problem: Problem) {
        if !self.links.is_second_pass() {
            self.report(problem);
        }
    }
}

impl LargeFile for FileRange {
    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        FileRange::read_at(self, offset, buffer)
    }

    fn size(&self) -> u64 {
        self.len()
    }
}

enum Marker {
    Is(EntryKind<'static>),
    Ignored,
}

/// What a name that starts with `.wh.` means; `path` becomes what it is about.
fn whiteout(name: &str, path: &mut String) -> Option<Marker> {
    let (folder, last) = path::split(name);
    let hidden = last.strip_prefix(".wh.")?;
    path.clear();
    path.push_str(folder);
    if hidden == ".wh..opq" {
        return Some(Marker::Is(EntryKind::OpaqueDirectory));
    }
    // Book-keeping of an old union file system.
    if hidden.starts_with(".wh.") || hidden.is_empty() || hidden == "." || hidden == ".." {
        return Some(Marker::Ignored);
    }
    if !path.is_empty() {
        path.push('/');
    }
    path.push_str(hidden);
    Some(Marker::Is(EntryKind::Whiteout))
}

fn plain(kind: Kind) -> EntryKind<'static> {
    match kind {
        Kind::File | Kind::Sparse => EntryKind::File,
        Kind::Directory => EntryKind::Directory,
        Kind::Symlink => EntryKind::Symlink { target: "" },
        Kind::Hardlink => EntryKind::Hardlink { target: "" },
        _ => EntryKind::Other,
    }
}

fn read<S: Source>(source: &mut S, into: &mut Vec<u8>, count: u64) -> io::Result<()> {
    let start = into.len();
    let count = usize::try_from(count).map_err(|_| io::ErrorKind::FileTooLarge)?;
    into.resize(start + count, 0);
    if source.fill(&mut into[start..])? < count {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(())
}

fn spill<S: Source>(head: &[u8], size: u64, source: &mut S, control: &Control) -> io::Result<FileRange> {
    use std::io::Write;
    if size > limits::SPILL_BYTES_MAX {
        let message = format!("a file of {size} bytes is too large to be read from a packed layer");
        return Err(io::Error::new(io::ErrorKind::QuotaExceeded, message));
    }
    let mut file = tempfile::tempfile()?;
    file.write_all(head)?;
    let mut left = size - head.len() as u64;
    let mut buffer = vec![0; 64 << 10];
    while left > 0 {
        control.time().map_err(|stop| io::Error::other(stop.message(control.limits)))?;
        let step = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let count = source.fill(&mut buffer[..step])?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        file.write_all(&buffer[..count])?;
        left -= count as u64;
    }
    FileRange::whole(file)
}
