//! ELF files: sections by name, and bytes by virtual address. 32 and 64 bits, both byte orders.

use crate::bytes::Bytes;

const SECTIONS_MAX: usize = 4096;
const SEGMENTS_MAX: usize = 256;

/// An ELF file whose tables have been found; nothing is copied.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Elf<'a> {
    bytes: Bytes<'a>,
    is_64: bool,
}

/// Does a file begin like an executable or a library in ELF?
pub(crate) fn is_elf(head: &[u8]) -> bool {
    head.starts_with(b"\x7fELF")
}

/// A loaded part of the file.
pub(crate) struct Segment<'a> {
    pub(crate) address: u64,
    pub(crate) data: &'a [u8],
    pub(crate) is_writable: bool,
}

impl<'a> Elf<'a> {
    pub(crate) fn new(data: &'a [u8]) -> Option<Self> {
        if !is_elf(data) {
            return None;
        }
        let bytes = match data.get(5)? {
            1 => Bytes::little(data),
            2 => Bytes::big(data),
            _ => return None,
        };
        Some(Self { bytes, is_64: *data.get(4)? == 2 })
    }

    // A number that has the size of an address.
    fn word(&self, at_32: usize, at_64: usize) -> Option<usize> {
        if self.is_64 {
            usize::try_from(self.bytes.u64(at_64)?).ok()
        } else {
            self.bytes.u32(at_32).map(|value| value as usize)
        }
    }

    fn half(&self, at_32: usize, at_64: usize) -> Option<usize> {
        self.bytes.u16(if self.is_64 { at_64 } else { at_32 }).map(usize::from)
    }

    fn section_at(&self, index: usize) -> Option<usize> {
        let (table, size) = (self.word(32, 40)?, self.half(46, 58)?);
        let least = if self.is_64 { 64 } else { 40 };
        if size < least {
            return None;
        }
        table.checked_add(index.checked_mul(size)?)
    }

    fn contents(&self, header: usize) -> Option<&'a [u8]> {
        // A section without bits in the file (SHT_NOBITS) has none.
        if self.bytes.u32(header + 4)? == 8 {
            return Some(&[]);
        }
        let (offset, size) = (self.word(header + 16, header + 24)?, self.word(header + 20, header + 32)?);
        self.bytes.slice(offset, size)
    }

    /// The contents of a section.
    pub(crate) fn section(&self, name: &[u8]) -> Option<&'a [u8]> {
        let count = self.half(48, 60)?.min(SECTIONS_MAX);
        let names = self.contents(self.section_at(self.half(50, 62)?)?)?;
        let header = (0..count).filter_map(|index| self.section_at(index)).find(|header| {
            let at = self.bytes.u32(*header).and_then(|at| names.get(at as usize..));
            at.is_some_and(|rest| rest.strip_prefix(name).is_some_and(|rest| rest.first() == Some(&0)))
        })?;
        self.contents(header)
    }

    /// What is loaded into memory.
    pub(crate) fn segments(&self) -> impl Iterator<Item = Segment<'a>> {
        let elf = *self;
        let table = elf.word(28, 32).unwrap_or(0);
        let size = elf.half(42, 54).unwrap_or(0);
        let count = elf.half(44, 56).unwrap_or(0).min(SEGMENTS_MAX);
        (0..count).filter_map(move |index| {
            let at = table.checked_add(index * size)?;
            let at = Some(at).filter(|at| *at < elf.bytes.data.len() && elf.bytes.u32(*at) == Some(1))?;
            let flags = elf.bytes.u32(if elf.is_64 { at + 4 } else { at + 24 })?;
            let data = elf.bytes.slice(elf.word(at + 4, at + 8)?, elf.word(at + 16, at + 32)?)?;
            Some(Segment { address: elf.word(at + 8, at + 16)? as u64, data, is_writable: flags & 2 != 0 })
        })
    }

    /// The bytes at a virtual address.
    pub(crate) fn at_address(&self, address: u64, length: usize) -> Option<&'a [u8]> {
        self.segments().find_map(|segment| {
            let start = usize::try_from(address.checked_sub(segment.address)?).ok()?;
            segment.data.get(start..start.checked_add(length)?)
        })
    }
}
