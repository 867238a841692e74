//! Long texts in compressed blocks; one is unpacked at a time.

use std::io::Read;

use crate::{
    error::Error,
    store::{
        bytes::{Bytes, put_number},
        file::{File, Writer},
    },
};

// Large enough to compress well, small enough to unpack in a fraction of a millisecond.
const BLOCK_BYTES: usize = 128 << 10;
const BLOCK_BYTES_MAX: u64 = 32 << 20;
const LEVEL: i32 = 9;

/// Where a text lies: block, place in it, length.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct TextPlace {
    pub(crate) block: u64,
    pub(crate) at: u64,
    pub(crate) bytes: u64,
}

/// Collects texts while a database is built; packed blocks stay in memory until it is written.
#[derive(Default)]
pub(crate) struct Texts {
    open: Vec<u8>,
    packed: Vec<Vec<u8>>,
}

impl Texts {
    pub(crate) fn add(&mut self, text: &[u8]) -> TextPlace {
        if !self.open.is_empty() && self.open.len() + text.len() > BLOCK_BYTES {
            self.pack();
        }
        let place = TextPlace {
            block: self.packed.len() as u64,
            at: self.open.len() as u64,
            bytes: text.len() as u64,
        };
        self.open.extend_from_slice(text);
        place
    }

    fn pack(&mut self) {
        let block = zstd::bulk::compress(&self.open, LEVEL).expect("compressing in memory succeeds");
        self.packed.push(block);
        self.open.clear();
    }

    pub(crate) fn write(mut self, out: &mut Writer) -> Result<(), Error> {
        if !self.open.is_empty() {
            self.pack();
        }
        out.section("texts");
        let mut places = Vec::new();
        let mut at = 0u64;
        for block in &self.packed {
            out.write(block)?;
            put_number(&mut places, block.len() as u64);
            at += block.len() as u64;
        }
        debug_assert!(at < 1 << 48);
        out.section("texts.blocks");
        out.write(&places)
    }
}

/// Reads one text.
pub(crate) fn read(file: &File, place: TextPlace) -> Result<Vec<u8>, Error> {
    let damaged = || file.damaged("a text");
    let blocks = file.section("texts.blocks");
    let mut table = Vec::new();
    file.read(blocks, 0, blocks.bytes as usize, &mut table)?;
    let mut lengths = Bytes(&table);
    let mut offset = 0u64;
    for _ in 0..place.block {
        offset = offset.checked_add(lengths.number().ok_or_else(damaged)?).ok_or_else(damaged)?;
    }
    let bytes = usize::try_from(lengths.number().ok_or_else(damaged)?).map_err(|_| damaged())?;
    let mut packed = Vec::new();
    file.read(file.section("texts"), offset, bytes, &mut packed)?;
    let mut block = Vec::new();
    let unpacked = zstd::stream::read::Decoder::with_buffer(packed.as_slice()).map_err(|_| damaged())?;
    unpacked.take(BLOCK_BYTES_MAX).read_to_end(&mut block).map_err(|_| damaged())?;
    let start = usize::try_from(place.at).map_err(|_| damaged())?;
    let end =
        usize::try_from(place.bytes).ok().and_then(|bytes| start.checked_add(bytes)).ok_or_else(damaged)?;
    block.get(start..end).map(<[u8]>::to_vec).ok_or_else(damaged)
}
