//! Berkeley DB's hash tables (`Packages`): values lie on overflow pages.

use super::{Corrupt, Sink};
use crate::{bytes::Bytes, limits};

const HASH_MAGIC: u32 = 0x0006_1561;
const PAGE_HEADER: usize = 26;
const OVERFLOW: u8 = 7;

pub(super) fn is_hash(file: &[u8]) -> bool {
    endian(file).is_some()
}

fn endian(file: &[u8]) -> Option<Bytes<'_>> {
    [Bytes::little(file), Bytes::big(file)].into_iter().find(|bytes| bytes.u32(12) == Some(HASH_MAGIC))
}

/// Hands each value on.
pub(super) fn walk(file: &[u8], sink: Sink<'_>) -> Result<(), Corrupt> {
    let bytes = endian(file).ok_or(Corrupt("no Berkeley DB hash table"))?;
    let size = bytes.u32(20).unwrap_or(0) as usize;
    if !(512..=65536).contains(&size) || !size.is_power_of_two() {
        return Err(Corrupt("the database has an impossible page size"));
    }
    if bytes.u8(24) != Some(0) {
        return Err(Corrupt("the database is encrypted"));
    }
    let mut store = Store { bytes, size, budget: file.len() };
    let mut broken = None;
    for page in 1..file.len() / size {
        // Hash pages: unsorted (2) of old versions, sorted (13).
        if !matches!(store.bytes.u8(page * size + 25), Some(2 | 13)) {
            continue;
        }
        match store.page(page * size, sink) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) => broken = Some(error),
        }
    }
    broken.map_or(Ok(()), Err)
}

struct Store<'a> {
    bytes: Bytes<'a>,
    size: usize,
    budget: usize,
}

impl Store<'_> {
    fn page(&mut self, start: usize, sink: Sink<'_>) -> Result<bool, Corrupt> {
        let torn = || Corrupt("a page of the database is torn");
        let entries = self.bytes.u16(start + 20).ok_or_else(torn)? as usize;
        if PAGE_HEADER + entries * 2 > self.size {
            return Err(torn());
        }
        let offset = |entry: usize| self.bytes.u16(start + PAGE_HEADER + entry * 2).map(usize::from);
        // Keys and values alternate. Items grow from the end of the page: one ends where the one before begins.
        let values: Vec<_> =
            (1..entries).step_by(2).map(|entry| (offset(entry), offset(entry - 1))).collect();
        for (at, end) in values {
            let (Some(at), Some(end)) = (at, end) else { return Err(torn()) };
            let kind = self.bytes.u8(start + at);
            let value = match kind {
                Some(3) => self.overflow(start + at)?,
                Some(1) if at < end && end <= self.size => {
                    self.bytes.slice(start + at + 1, end - at - 1).ok_or_else(torn)?.to_vec()
                }
                _ => return Err(torn()),
            };
            // The counter under key 0 is four bytes long.
            if value.len() > 16 && !sink(&value) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn overflow(&mut self, at: usize) -> Result<Vec<u8>, Corrupt> {
        let torn = || Corrupt("a value of the database is torn");
        let mut page = self.bytes.u32(at + 4).ok_or_else(torn)? as usize;
        let length = self.bytes.u32(at + 8).ok_or_else(torn)? as usize;
        if length as u64 > limits::RPM_HEADER_BYTES_MAX {
            return Err(Corrupt("a value of the database is too long"));
        }
        self.budget = self.budget.checked_sub(length).ok_or(Corrupt("values of the database overlap"))?;
        let mut value = Vec::with_capacity(length.min(self.bytes.data.len()));
        while value.len() < length {
            let start = page.checked_mul(self.size).filter(|_| page != 0).ok_or_else(torn)?;
            let used = self.bytes.u16(start + 22).ok_or_else(torn)? as usize;
            if self.bytes.u8(start + 25) != Some(OVERFLOW) || used == 0 || used + PAGE_HEADER > self.size {
                return Err(torn());
            }
            let part = self.bytes.slice(start + PAGE_HEADER, used).ok_or_else(torn)?;
            value.extend_from_slice(&part[..used.min(length - value.len())]);
            page = self.bytes.u32(start + 16).ok_or_else(torn)? as usize;
        }
        Ok(value)
    }
}
