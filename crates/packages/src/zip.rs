//! ZIP archives: the central directory is walked in place, single members are inflated up to a ceiling.
//!
//! A reader of our own, because an index of all members in memory grows with what a hostile archive claims.

use std::{borrow::Cow, io::Read};

use flate2::read::DeflateDecoder;

use crate::bytes::Bytes;

const CENTRAL: &[u8] = b"PK\x01\x02";
const LOCAL: &[u8] = b"PK\x03\x04";
const END: &[u8] = b"PK\x05\x06";
const END_SIZE: usize = 22;

/// An archive whose central directory was found.
pub(crate) struct Zip<'a> {
    bytes: Bytes<'a>,
    // Where the archive begins: something may stand before it (self-extracting archives).
    base: usize,
    directory: usize,
    end: usize,
}

/// A member: its name and where its data lies.
pub(crate) struct Member<'a> {
    pub(crate) name: Cow<'a, str>,
    method: u16,
    is_encrypted: bool,
    compressed: usize,
    local: usize,
}

impl<'a> Zip<'a> {
    pub(crate) fn new(data: &'a [u8]) -> Option<Self> {
        let bytes = Bytes::little(data);
        // The end record stands at the end, before a comment of at most 64 KiB.
        let first = data.len().saturating_sub(END_SIZE + 65535);
        let end =
            (first..=data.len().checked_sub(END_SIZE)?).rev().find(|at| data[*at..].starts_with(END))?;
        let (mut size, mut offset) = (bytes.u32(end + 12)? as usize, bytes.u32(end + 16)? as usize);
        let mut directory_end = end;
        if offset == u32::MAX as usize || size == u32::MAX as usize {
            let locator = end.checked_sub(20).filter(|at| data[*at..].starts_with(b"PK\x06\x07"))?;
            let record = usize::try_from(bytes.u64(locator + 8)?).ok()?;
            bytes.slice(record, 4).filter(|magic| *magic == b"PK\x06\x06")?;
            size = usize::try_from(bytes.u64(record.checked_add(40)?)?).ok()?;
            offset = usize::try_from(bytes.u64(record.checked_add(48)?)?).ok()?;
            directory_end = record;
        }
        let directory = directory_end.checked_sub(size)?;
        let base = directory.checked_sub(offset)?;
        Some(Self { bytes, base, directory, end: directory_end })
    }

    /// The members; ends at the first that is damaged.
    pub(crate) fn members(&self) -> impl Iterator<Item = Member<'a>> {
        let (bytes, base, end) = (self.bytes, self.base, self.end);
        let mut at = self.directory;
        let next = move || {
            let head = bytes.slice(at, 46).filter(|head| head.starts_with(CENTRAL) && at < end)?;
            let head = Bytes::little(head);
            let (name, extra) = (usize::from(head.u16(28)?), usize::from(head.u16(30)?));
            let comment = usize::from(head.u16(32)?);
            let name_bytes = bytes.slice(at + 46, name)?;
            at += 46 + name + extra + comment;
            Some(Member {
                name: String::from_utf8_lossy(name_bytes),
                method: head.u16(10)?,
                is_encrypted: head.u16(8)? & 1 != 0,
                compressed: head.u32(20)? as usize,
                local: base.checked_add(head.u32(42)? as usize)?,
            })
        };
        std::iter::from_fn(next)
    }

    /// The contents of a member; `None` if it is damaged, encrypted or would take more than `most` bytes. What is
    /// stored without compression takes none.
    pub(crate) fn read(&self, member: &Member<'a>, most: u64) -> Option<Cow<'a, [u8]>> {
        let head = self.bytes.slice(member.local, 30).filter(|head| head.starts_with(LOCAL))?;
        let head = Bytes::little(head);
        let start = member.local + 30 + usize::from(head.u16(26)?) + usize::from(head.u16(28)?);
        if member.is_encrypted {
            return None;
        }
        let data = self.bytes.slice(start, member.compressed)?;
        match member.method {
            0 => Some(Cow::Borrowed(data)),
            8 => {
                let mut out = Vec::new();
                DeflateDecoder::new(data).take(most.saturating_add(1)).read_to_end(&mut out).ok()?;
                (out.len() as u64 <= most).then_some(Cow::Owned(out))
            }
            _ => None,
        }
    }
}
