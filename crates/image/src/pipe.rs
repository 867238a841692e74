//! A decoder on a thread of its own, so that inflating and reading overlap.

use std::{
    io::{self, Read},
    sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel},
    thread::Scope,
};

use crate::{blob::FileRange, tar::Source};

const CHUNK_BYTES: usize = 256 << 10;
const CHUNKS: usize = 4;

type Chunk = io::Result<Vec<u8>>;

/// The reading end: a [`Source`] fed by another thread.
pub(crate) struct PipeSource {
    chunks: Receiver<Chunk>,
    used: Sender<Vec<u8>>,
    current: Vec<u8>,
    at: usize,
    position: u64,
    over: bool,
}

impl PipeSource {
    /// Starts reading `reader` on a thread of `scope`; `done` gets it back when it is exhausted, broken or unwanted.
    pub(crate) fn start<'scope, R, F>(scope: &'scope Scope<'scope, '_>, reader: R, done: F) -> Self
    where
        R: Read + Send + 'scope,
        F: FnOnce(R) + Send + 'scope,
    {
        let (sender, chunks) = sync_channel(CHUNKS);
        let (used, spare) = channel();
        scope.spawn(move || done(pump(reader, &sender, &spare)));
        Self { chunks, used, current: Vec::new(), at: 0, position: 0, over: false }
    }

    /// True when there is something at `at`.
    fn more(&mut self) -> io::Result<bool> {
        while self.at == self.current.len() {
            if self.over {
                return Ok(false);
            }
            match self.chunks.recv() {
                Ok(Ok(next)) => {
                    let used = std::mem::replace(&mut self.current, next);
                    self.at = 0;
                    let _ = self.used.send(used);
                }
                Ok(Err(error)) => {
                    self.over = true;
                    return Err(error);
                }
                Err(_) => self.over = true,
            }
        }
        Ok(true)
    }

    /// Reads to the end, so that the other thread can finish a digest; `seen` gets the bytes.
    pub(crate) fn drain(&mut self) -> io::Result<()> {
        self.skip(u64::MAX).map(|_| ())
    }
}

impl Source for PipeSource {
    fn fill(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() && self.more()? {
            let count = (buffer.len() - filled).min(self.current.len() - self.at);
            buffer[filled..filled + count].copy_from_slice(&self.current[self.at..self.at + count]);
            self.at += count;
            filled += count;
        }
        self.position += filled as u64;
        Ok(filled)
    }

    fn skip(&mut self, count: u64) -> io::Result<u64> {
        let mut left = count;
        while left > 0 && self.more()? {
            let step = (self.current.len() - self.at).min(usize::try_from(left).unwrap_or(usize::MAX));
            self.at += step;
            left -= step as u64;
            self.position += step as u64;
        }
        Ok(count - left)
    }

    fn position(&self) -> u64 {
        self.position
    }

    fn range(&self) -> Option<&FileRange> {
        None
    }
}

// Fills chunks until the end, an error, or until nobody listens any more.
fn pump<R: Read>(mut reader: R, chunks: &SyncSender<Chunk>, spare: &Receiver<Vec<u8>>) -> R {
    loop {
        let mut chunk = spare.try_recv().unwrap_or_default();
        chunk.resize(CHUNK_BYTES, 0);
        let (count, failed) = fill(&mut reader, &mut chunk);
        chunk.truncate(count);
        let end = count < CHUNK_BYTES;
        if count > 0 && chunks.send(Ok(chunk)).is_err() {
            return reader;
        }
        if let Some(error) = failed {
            let _ = chunks.send(Err(error));
            return reader;
        }
        if end {
            return reader;
        }
    }
}

fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> (usize, Option<io::Error>) {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (filled, Some(error)),
        }
    }
    (filled, None)
}
