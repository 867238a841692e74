//! Compressed bytes to plain ones: gzip (several members), zstd, or as they are. Found by content, not by name.

use std::io::{self, BufReader, Read};

use flate2::bufread::GzDecoder;

use crate::limits;

/// How a layer is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    Plain,
    Gzip,
    Zstd,
}

impl Packing {
    /// By the first bytes.
    pub(crate) fn of(head: &[u8]) -> Self {
        match head {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            // Skippable frames of zstd: zstd:chunked may start with one.
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            _ => Self::Plain,
        }
    }
}

const READ_BYTES: usize = 128 << 10;

/// Unpacks a stream.
pub(crate) enum Decoder<R: Read> {
    Plain(R),
    Gzip(Members<R>),
    Zstd(Box<zstd::stream::read::Decoder<'static, BufReader<R>>>),
}

impl<R: Read> Decoder<R> {
    pub(crate) fn new(packing: Packing, reader: R) -> io::Result<Self> {
        Ok(match packing {
            Packing::Plain => Self::Plain(reader),
            Packing::Gzip => Self::Gzip(Members::new(reader)),
            Packing::Zstd => {
                let buffered = BufReader::with_capacity(READ_BYTES, reader);
                let mut decoder = zstd::stream::read::Decoder::with_buffer(buffered)?;
                decoder.window_log_max(limits::ZSTD_WINDOW_LOG_MAX)?;
                Self::Zstd(Box::new(decoder))
            }
        })
    }

    /// The packed bytes again, where the decoder stands.
    pub(crate) fn into_inner(self) -> Option<R> {
        match self {
            Self::Plain(reader) => Some(reader),
            Self::Gzip(members) => members.into_inner(),
            Self::Zstd(decoder) => Some(decoder.finish().into_inner()),
        }
    }
}

impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(reader) => reader.read(buffer),
            Self::Gzip(members) => members.read(buffer),
            Self::Zstd(decoder) => decoder.read(buffer),
        }
    }
}

/// Gzip members one after the other; zeros behind the last are padding, anything else is damage.
pub(crate) enum Members<R: Read> {
    In(Box<GzDecoder<BufReader<R>>>),
    Over(BufReader<R>),
    /// Only while one state becomes the next.
    Between,
}

impl<R: Read> Members<R> {
    fn new(reader: R) -> Self {
        Self::In(Box::new(GzDecoder::new(BufReader::with_capacity(READ_BYTES, reader))))
    }

    fn into_inner(self) -> Option<R> {
        match self {
            Self::In(member) => Some(member.into_inner().into_inner()),
            Self::Over(reader) => Some(reader.into_inner()),
            Self::Between => None,
        }
    }

    /// A member is over: the next begins, or the stream ends. Tells whether there is more.
    fn next(&mut self) -> io::Result<bool> {
        let mut reader = match std::mem::replace(self, Self::Between) {
            Self::In(member) => member.into_inner(),
            Self::Over(reader) => reader,
            Self::Between => return Ok(false),
        };
        let found = pass_padding(&mut reader);
        *self = match found {
            Ok(true) => Self::In(Box::new(GzDecoder::new(reader))),
            _ => Self::Over(reader),
        };
        found
    }
}

/// Whether another member follows.
fn pass_padding(reader: &mut impl io::BufRead) -> io::Result<bool> {
    loop {
        let ready = reader.fill_buf()?;
        if ready.is_empty() {
            return Ok(false);
        }
        let zeros = ready.iter().take_while(|byte| **byte == 0).count();
        match ready.get(zeros) {
            None => reader.consume(zeros),
            Some(0x1f) => {
                reader.consume(zeros);
                return Ok(true);
            }
            Some(_) => {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "bytes behind the end of gzip"));
            }
        }
    }
}

impl<R: Read> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let Self::In(member) = self else { return Ok(0) };
            let count = member.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            if !self.next()? {
                return Ok(0);
            }
        }
    }
}
