//! One layer: found, unpacked, its digest checked, its entries shown with what they mean for a layer.

mod links;
mod reader;

use std::{
    io::{self, Read},
    path::PathBuf,
    sync::{Arc, Mutex, atomic::Ordering},
    thread,
};

use crate::{
    Digest, Visitor,
    blob::{Blob, FileRange},
    control::Control,
    decode::{Decoder, Packing},
    digest::HashingReader,
    entry::{Problem, ProblemKind},
    folder, limits,
    pipe::PipeSource,
    store::Store,
    tar::{self, SeekSource, Source},
};

use self::{links::Links, reader::LayerReader};

/// Where a layer's entries come from.
#[derive(Clone)]
pub(crate) enum LayerSource {
    /// A part of an archive.
    Range(FileRange),
    /// A blob of a store, by digest.
    Stored(Arc<dyn Store>, Digest),
    /// A folder on disk.
    Folder(PathBuf, folder::Options),
}

/// A layer and what is known about it.
#[derive(Clone)]
pub(crate) struct Layer {
    pub(crate) source: LayerSource,
    /// Of the packed bytes.
    pub(crate) digest: Option<Digest>,
    /// Of the tar.
    pub(crate) diff_id: Option<Digest>,
    /// Reads all bytes of plain tars too, only to check their digest.
    pub(crate) verify_plain: bool,
}

/// Shows every entry of a layer to `visitor`. What goes wrong is told to it, too.
pub(crate) fn walk<V: Visitor>(layer: &Layer, index: u32, visitor: &mut V, control: &Control) {
    let links = match &layer.source {
        LayerSource::Folder(path, options) => return folder::walk(path, *options, index, visitor, control),
        _ => pass(layer, index, visitor, control, Links::default()),
    };
    // Names that were wanted for files that had another name: a second pass reads them.
    if let Some(links) = links.filter(|links| !links.is_empty()) {
        let left = pass(layer, index, visitor, control, links.second_pass());
        for target in left.into_iter().flat_map(|links| links.missing()) {
            let message = format!("hard link to `{}`, which is not in this layer", target.target);
            visitor.problem(Problem::new(ProblemKind::Corrupt, message).layer(index).path(target.path));
        }
    }
}

fn pass<V: Visitor>(
    layer: &Layer,
    index: u32,
    visitor: &mut V,
    control: &Control,
    links: Links,
) -> Option<Links> {
    let blob = match open(layer) {
        Ok(blob) => blob,
        Err(message) => {
            visitor.problem(Problem::new(ProblemKind::Unreadable, message).layer(index));
            return None;
        }
    };
    let mut reader = LayerReader::new(index, visitor, control, links);
    match blob {
        Blob::Range(range) => ranged(layer, &range, &mut reader, control),
        Blob::Stream(stream) => streamed(layer, stream, &mut reader, control),
    }
    Some(reader.into_links())
}

fn open(layer: &Layer) -> Result<Blob, String> {
    match &layer.source {
        LayerSource::Range(range) => Ok(Blob::Range(range.clone())),
        LayerSource::Stored(store, digest) => store.blob(digest).map_err(|error| sentence(&error)),
        LayerSource::Folder(..) => Err("a folder is no blob".to_owned()),
    }
}

/// An error and its causes in one line.
pub(crate) fn sentence(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

fn ranged<V: Visitor>(layer: &Layer, range: &FileRange, reader: &mut LayerReader<V>, control: &Control) {
    let mut head = [0; 8];
    let packing = match range.read_at(0, &mut head) {
        Ok(count) => Packing::of(&head[..count]),
        Err(error) => {
            return reader.report(Problem::new(ProblemKind::Unreadable, error.to_string()).offset(0));
        }
    };
    if packing == Packing::Plain && !layer.verify_plain {
        let mut source = SeekSource::new(range.clone());
        tar::walk(&mut source, reader, control);
        control.bytes(range.len());
    } else {
        decoded(layer, packing, range.reader(), reader, control);
    }
}

fn streamed<V: Visitor>(
    layer: &Layer,
    mut stream: Box<dyn Read + Send>,
    reader: &mut LayerReader<V>,
    control: &Control,
) {
    let mut head = Vec::with_capacity(8);
    if let Err(error) = stream.by_ref().take(8).read_to_end(&mut head) {
        return reader.report(Problem::new(ProblemKind::Unreadable, error.to_string()).offset(0));
    }
    let packing = Packing::of(&head);
    decoded(layer, packing, io::Cursor::new(head).chain(stream), reader, control);
}

/// What the unpacking thread found out when it was done.
#[derive(Default)]
struct Verdict {
    problems: Vec<Problem>,
}

fn decoded<V: Visitor, R: Read + Send>(
    layer: &Layer,
    packing: Packing,
    raw: R,
    reader: &mut LayerReader<V>,
    control: &Control,
) {
    let verdict = Mutex::new(Verdict::default());
    let digest = layer.digest.as_ref();
    // One digest is enough to know that the bytes are the right ones; hashing both would cost twice.
    let diff_id = layer.diff_id.as_ref().filter(|_| digest.is_none());
    let packed = HashingReader::new(Counted { inner: raw, control }, digest);
    let decoder = match Decoder::new(packing, packed) {
        Ok(decoder) => decoder,
        Err(error) => return reader.report(Problem::new(ProblemKind::Corrupt, error.to_string()).offset(0)),
    };
    let plain = HashingReader::new(Guarded::new(decoder, control), diff_id);
    thread::scope(|scope| {
        let mut source = PipeSource::start(scope, plain, |plain| {
            let mut verdict = verdict.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            check(plain, digest, diff_id, &mut verdict);
        });
        let ended = tar::walk(&mut source, reader, control);
        if ended == tar::Ended::Whole || digest.is_some() {
            let at = source.position();
            if let Err(error) = source.drain() {
                reader.report(Problem::new(ProblemKind::Corrupt, error.to_string()).offset(at));
            }
        }
    });
    let verdict = verdict.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    verdict.problems.into_iter().for_each(|problem| reader.report(problem));
}

fn check<R: Read>(
    plain: HashingReader<Guarded<'_, HashingReader<R>>>,
    digest: Option<&Digest>,
    diff_id: Option<&Digest>,
    verdict: &mut Verdict,
) {
    let (guarded, found) = plain.into_parts();
    let mut compare = |what: &str, expected: Option<&Digest>, found: Option<Digest>| {
        if let (Some(expected), Some(found)) = (expected, found)
            && *expected != found
        {
            let message =
                format!("{what} is {found}, expected {expected}: its content was changed or damaged");
            verdict.problems.push(Problem::new(ProblemKind::Digest, message));
        }
    };
    if !guarded.stopped {
        compare("the digest of the unpacked layer", diff_id, found);
        if let Some(packed) = guarded.inner.into_inner() {
            match packed.finish() {
                Ok(found) => compare("the layer's digest", digest, found),
                Err(error) => {
                    verdict.problems.push(Problem::new(ProblemKind::Unreadable, error.to_string()));
                }
            }
        }
    }
}

/// Counts for the progress bar.
struct Counted<'a, R> {
    inner: R,
    control: &'a Control<'a>,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.control.bytes(count as u64);
        Ok(count)
    }
}

/// Ends a decoder that gives more than is believed, or is out of time.
struct Guarded<'a, R: Read> {
    inner: Decoder<R>,
    control: &'a Control<'a>,
    packed_before: u64,
    bytes: u64,
    stopped: bool,
}

impl<'a, R: Read> Guarded<'a, R> {
    fn new(inner: Decoder<R>, control: &'a Control<'a>) -> Self {
        let packed_before = control.progress.bytes.load(Ordering::Relaxed);
        Self { inner, control, packed_before, bytes: 0, stopped: false }
    }

    fn refusal(&self) -> Option<String> {
        if let Err(stop) = self.control.time() {
            return Some(stop.message(self.control.limits));
        }
        let max = self.control.limits.layer_bytes_max;
        if self.bytes > max {
            return Some(format!("the layer has more than {max} bytes: the rest was not looked at"));
        }
        let packed = self.control.progress.bytes.load(Ordering::Relaxed) - self.packed_before;
        let ratio = self.bytes / packed.max(1);
        (self.bytes > limits::RATIO_FREE_BYTES && ratio > limits::RATIO_MAX)
            .then(|| format!("the layer unpacks to {ratio} times its size: the rest was not looked at"))
    }
}

impl<R: Read> Read for Guarded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(message) = self.refusal() {
            self.stopped = true;
            return Err(io::Error::new(io::ErrorKind::QuotaExceeded, message));
        }
        let count = self.inner.read(buffer)?;
        self.bytes += count as u64;
        Ok(count)
    }
}
