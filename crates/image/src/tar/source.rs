//! What a tar is read from.

use std::io;

use crate::blob::FileRange;

/// Bytes in order, with the right to leave some out.
pub(crate) trait Source {
    /// Fills `buffer`; short only at the end.
    fn fill(&mut self, buffer: &mut [u8]) -> io::Result<usize>;
    /// Leaves bytes out; tells how many there were.
    fn skip(&mut self, count: u64) -> io::Result<u64>;
    /// Bytes read or left out so far.
    fn position(&self) -> u64;
    /// The file behind it, where bodies can be read at any place.
    fn range(&self) -> Option<&FileRange>;
}

const WINDOW_MIN: usize = 2 << 10;
const WINDOW_MAX: usize = 64 << 10;

/// A tar on disk. Reads ahead more while bodies are small, less while they are left out.
pub(crate) struct SeekSource {
    range: FileRange,
    position: u64,
    window: Vec<u8>,
    window_start: u64,
    read_ahead: usize,
}

impl SeekSource {
    pub(crate) fn new(range: FileRange) -> Self {
        Self { range, position: 0, window: Vec::new(), window_start: 0, read_ahead: WINDOW_MIN }
    }

    fn buffered(&self) -> &[u8] {
        let skipped =
            self.position.checked_sub(self.window_start).and_then(|skip| usize::try_from(skip).ok());
        skipped.and_then(|skip| self.window.get(skip..)).unwrap_or(&[])
    }

    fn refill(&mut self) -> io::Result<()> {
        let follows = self.position == self.window_start + self.window.len() as u64;
        self.read_ahead = if follows {
            (self.read_ahead * 2).min(WINDOW_MAX)
        } else {
            (self.read_ahead / 2).max(WINDOW_MIN)
        };
        self.window.resize(self.read_ahead, 0);
        let count = self.range.read_at(self.position, &mut self.window)?;
        self.window.truncate(count);
        self.window_start = self.position;
        Ok(())
    }
}

impl Source for SeekSource {
    fn fill(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let ready = self.buffered();
        let taken = ready.len().min(buffer.len());
        buffer[..taken].copy_from_slice(&ready[..taken]);
        self.position += taken as u64;
        let rest = &mut buffer[taken..];
        if rest.is_empty() {
            return Ok(taken);
        }
        if rest.len() >= WINDOW_MIN {
            let count = self.range.read_at(self.position, rest)?;
            self.position += count as u64;
            return Ok(taken + count);
        }
        self.refill()?;
        let ready = self.buffered();
        let more = ready.len().min(rest.len());
        rest[..more].copy_from_slice(&ready[..more]);
        self.position += more as u64;
        Ok(taken + more)
    }

    fn skip(&mut self, count: u64) -> io::Result<u64> {
        let count = count.min(self.range.len() - self.position);
        self.position += count;
        Ok(count)
    }

    fn position(&self) -> u64 {
        self.position
    }

    fn range(&self) -> Option<&FileRange> {
        Some(&self.range)
    }
}
