//! SQLite's file format, as far as needed to read all rows of the table `Packages`.
//!
//! Table b-trees only; what is still in a write-ahead log is not seen.

use super::{Corrupt, Sink};
use crate::{bytes::Bytes, limits};

const MAGIC: &[u8] = b"SQLite format 3\0";
const DEPTH_MAX: u32 = 20;

pub(super) fn is_sqlite(file: &[u8]) -> bool {
    file.starts_with(MAGIC)
}

/// Hands the blob of each row on.
pub(super) fn walk(file: &[u8], sink: Sink<'_>) -> Result<(), Corrupt> {
    let mut database = Database::new(file)?;
    let mut root = None;
    database.table(1, 0, &mut |record| {
        let is_packages = record.text(0) == Some(b"table") && record.text(1) == Some(b"Packages");
        if is_packages {
            root = record.number(3);
        }
        root.is_none()
    })?;
    let root = root.ok_or(Corrupt("the database has no table Packages"))?;
    let root = u32::try_from(root).map_err(|_| Corrupt("the table Packages lies nowhere"))?;
    database.table(root, 0, &mut |record| record.text(1).is_none_or(&mut *sink)).map(|_| ())
}

struct Database<'a> {
    bytes: Bytes<'a>,
    page_size: usize,
    // Bytes of a page that hold data.
    usable: usize,
    pages_left: usize,
    bytes_left: usize,
}

impl<'a> Database<'a> {
    fn new(file: &'a [u8]) -> Result<Self, Corrupt> {
        let bytes = Bytes::big(file);
        let page_size = match bytes.u16(16) {
            Some(1) => 65536,
            Some(size) => usize::from(size),
            None => 0,
        };
        let reserved = usize::from(bytes.u8(20).unwrap_or(0));
        let usable = page_size.saturating_sub(reserved);
        if page_size < 512 || !page_size.is_power_of_two() || usable < 480 {
            return Err(Corrupt("the database has an impossible page size"));
        }
        // Every page is visited once at most, the two for the schema twice.
        let pages_left = file.len() / page_size + 2;
        Ok(Self { bytes, page_size, usable, pages_left, bytes_left: file.len() })
    }

    // Hands each record below a page on; false: no more is wanted.
    fn table(
        &mut self,
        page: u32,
        depth: u32,
        sink: &mut dyn FnMut(&Record<'_>) -> bool,
    ) -> Result<bool, Corrupt> {
        let torn = || Corrupt("a page of the database is torn");
        self.pages_left =
            self.pages_left.checked_sub(1).ok_or(Corrupt("pages of the database form a ring"))?;
        let start = (page as usize).checked_sub(1).and_then(|page| page.checked_mul(self.page_size));
        let start = start.filter(|start| start + self.page_size <= self.bytes.data.len()).ok_or_else(torn)?;
        // The file's header stands before the first page's.
        let head = if page == 1 { start + 100 } else { start };
        let cells = usize::from(self.bytes.u16(head + 3).ok_or_else(torn)?);
        match self.bytes.u8(head) {
            Some(0x0D) => {
                for cell in 0..cells {
                    let at = self.bytes.u16(head + 8 + cell * 2).ok_or_else(torn)?;
                    let payload = self.payload(start, start + usize::from(at))?;
                    if let Some(record) = Record::new(&payload)
                        && !sink(&record)
                    {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Some(0x05) if depth < DEPTH_MAX => {
                for cell in 0..cells {
                    let at = self.bytes.u16(head + 12 + cell * 2).ok_or_else(torn)?;
                    let child = self.bytes.u32(start + usize::from(at)).ok_or_else(torn)?;
                    if !self.table(child, depth + 1, sink)? {
                        return Ok(false);
                    }
                }
                let last = self.bytes.u32(head + 8).ok_or_else(torn)?;
                self.table(last, depth + 1, sink)
            }
            _ => Err(torn()),
        }
    }

    // The payload of a leaf cell: what is on the page, then a chain of overflow pages.
    fn payload(&mut self, page: usize, at: usize) -> Result<Vec<u8>, Corrupt> {
        let torn = || Corrupt("a row of the database is torn");
        let (length, after) = varint(self.bytes.data, at).ok_or_else(torn)?;
        let (_, mut at) = varint(self.bytes.data, after).ok_or_else(torn)?;
        if length > limits::RPM_HEADER_BYTES_MAX {
            return Err(Corrupt("a row of the database is too long"));
        }
        let length = length as usize;
        self.bytes_left =
            self.bytes_left.checked_sub(length).ok_or(Corrupt("rows of the database overlap"))?;
        let local = self.local(length);
        if at + local > page + self.page_size {
            return Err(torn());
        }
        let mut payload = self.bytes.slice(at, local).ok_or_else(torn)?.to_vec();
        at += local;
        while payload.len() < length {
            let next = self.bytes.u32(at).ok_or_else(torn)? as usize;
            at = next.checked_sub(1).and_then(|page| page.checked_mul(self.page_size)).ok_or_else(torn)?;
            let part = (self.usable - 4).min(length - payload.len());
            payload.extend_from_slice(self.bytes.slice(at + 4, part).ok_or_else(torn)?);
        }
        Ok(payload)
    }

    // How much of a payload lies on the leaf itself (fileformat2, section 1.6).
    fn local(&self, length: usize) -> usize {
        let most = self.usable - 35;
        if length <= most {
            return length;
        }
        let least = (self.usable - 12) * 32 / 255 - 23;
        let local = least + (length - least) % (self.usable - 4);
        if local <= most { local } else { least }
    }
}

// Up to nine bytes, seven bits each; the ninth gives eight.
fn varint(data: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut value = 0u64;
    for index in 0..9 {
        let byte = *data.get(at.checked_add(index)?)?;
        if index == 8 {
            return Some((value << 8 | u64::from(byte), at + 9));
        }
        value = value << 7 | u64::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            return Some((value, at + index + 1));
        }
    }
    None
}

/// A row: the first columns, each with its serial type.
struct Record<'p> {
    columns: [(u64, &'p [u8]); 4],
}

impl<'p> Record<'p> {
    fn new(payload: &'p [u8]) -> Option<Self> {
        let (head, mut at) = varint(payload, 0)?;
        let head = usize::try_from(head).ok()?;
        let mut body = head;
        let mut columns = [(0, &[][..]); 4];
        for column in &mut columns {
            if at >= head {
                break;
            }
            let (kind, after) = varint(payload, at)?;
            at = after;
            let length = match kind {
                1..=4 => kind as usize,
                5 => 6,
                6 | 7 => 8,
                kind if kind >= 12 => usize::try_from((kind - 12) / 2).ok()?,
                _ => 0,
            };
            *column = (kind, payload.get(body..body.checked_add(length)?)?);
            body += length;
        }
        Some(Self { columns })
    }

    // A text or blob.
    fn text(&self, column: usize) -> Option<&'p [u8]> {
        let (kind, data) = self.columns[column];
        (kind >= 12).then_some(data)
    }

    fn number(&self, column: usize) -> Option<u64> {
        let (kind, data) = self.columns[column];
        match kind {
            1..=6 => Some(data.iter().fold(0, |value, byte| value << 8 | u64::from(*byte))),
            9 => Some(1),
            _ => None,
        }
    }
}
