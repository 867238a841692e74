//! Zip archives: the central directory says what is inside; each file is stored or deflated.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
};

use super::Item;
use crate::limits::{FILE_BYTES_MAX, FILES_MAX, RATIO_FREE_BYTES, RATIO_MAX, UNPACKED_BYTES_MAX};

const END: &[u8; 4] = b"PK\x05\x06";
const END_64: &[u8; 4] = b"PK\x06\x06";
const ENTRY: &[u8; 4] = b"PK\x01\x02";
const LOCAL: &[u8; 4] = b"PK\x03\x04";
// The end record is 22 bytes and a comment of at most 65,535.
const END_BYTES_MAX: u64 = 22 + 65_535;

struct Entry {
    name: String,
    method: u16,
    encrypted: bool,
    packed: u64,
    unpacked: u64,
    crc: u32,
    offset: u64,
}

fn bad(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the zip is damaged: {message}"))
}

/// Gives every wanted file to a function.
pub(super) fn each(
    mut file: File,
    length: u64,
    wants: &dyn Fn(&str) -> bool,
    found: &mut dyn FnMut(&str, Item),
) -> io::Result<()> {
    let directory = directory(&mut file, length)?;
    let mut rest = directory.as_slice();
    let (mut count, mut total) = (0usize, 0u64);
    while rest.starts_with(ENTRY) {
        let Some((entry, after)) = entry(rest) else { return Err(bad("its directory ends inside an entry")) };
        rest = after;
        count += 1;
        if count > FILES_MAX {
            found("", Item::Problem(format!("more than {FILES_MAX} files; the rest is left out")));
            break;
        }
        if entry.name.ends_with('/') || !wants(&entry.name) {
            continue;
        }
        match read(&mut file, &entry) {
            Ok(bytes) => {
                total += bytes.len() as u64;
                found(&entry.name, Item::File(&bytes));
            }
            Err(error) => found(&entry.name, Item::Problem(error.to_string())),
        }
        if total > UNPACKED_BYTES_MAX {
            found("", Item::Problem(format!("more than {UNPACKED_BYTES_MAX} bytes; the rest is left out")));
            break;
        }
    }
    Ok(())
}

fn directory(file: &mut File, length: u64) -> io::Result<Vec<u8>> {
    let tail_bytes = length.min(END_BYTES_MAX);
    let tail = read_at(file, length - tail_bytes, tail_bytes)?;
    let at = tail.windows(4).rposition(|four| four == END).ok_or_else(|| bad("its directory is missing"))?;
    let end = &tail[at..];
    let (mut bytes, mut offset) = (
        u64::from(u32_at(end, 12).ok_or_else(|| bad("its end record is short"))?),
        u64::from(u32_at(end, 16).ok_or_else(|| bad("its end record is short"))?),
    );
    if bytes == u64::from(u32::MAX) || offset == u64::from(u32::MAX) {
        let wide =
            tail.windows(4).rposition(|four| four == END_64).ok_or_else(|| bad("its wide end record"))?;
        bytes = u64_at(&tail[wide..], 40).ok_or_else(|| bad("its wide end record"))?;
        offset = u64_at(&tail[wide..], 48).ok_or_else(|| bad("its wide end record"))?;
    }
    if offset.checked_add(bytes).is_none_or(|end| end > length) || bytes > FILE_BYTES_MAX {
        return Err(bad("its directory lies outside"));
    }
    read_at(file, offset, bytes)
}

fn read_at(file: &mut File, offset: u64, bytes: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(offset))?;
    let mut buffer = Vec::new();
    file.take(bytes).read_to_end(&mut buffer)?;
    if buffer.len() as u64 != bytes {
        return Err(bad("it ends early"));
    }
    Ok(buffer)
}

fn entry(bytes: &[u8]) -> Option<(Entry, &[u8])> {
    let names = usize::from(u16_at(bytes, 28)?);
    let extras = usize::from(u16_at(bytes, 30)?);
    let comments = usize::from(u16_at(bytes, 32)?);
    let name = bytes.get(46..46 + names)?;
    let mut extra = bytes.get(46 + names..46 + names + extras)?;
    let rest = bytes.get(46 + names + extras + comments..)?;
    let mut entry = Entry {
        name: String::from_utf8_lossy(name).replace('\\', "/"),
        method: u16_at(bytes, 10)?,
        encrypted: u16_at(bytes, 8)? & 1 != 0,
        packed: u64::from(u32_at(bytes, 20)?),
        unpacked: u64::from(u32_at(bytes, 24)?),
        crc: u32_at(bytes, 16)?,
        offset: u64::from(u32_at(bytes, 42)?),
    };
    // Sizes of four gigabytes and more stand in an extra field, in this order.
    while extra.len() >= 4 {
        let (kind, length) = (u16_at(extra, 0)?, usize::from(u16_at(extra, 2)?));
        let field = extra.get(4..4 + length)?;
        if kind == 1 {
            let mut at = 0;
            for value in [&mut entry.unpacked, &mut entry.packed, &mut entry.offset] {
                if *value == u64::from(u32::MAX) {
                    *value = u64_at(field, at)?;
                    at += 8;
                }
            }
        }
        extra = &extra[4 + length..];
    }
    Some((entry, rest))
}

fn read(file: &mut File, entry: &Entry) -> io::Result<Vec<u8>> {
    if entry.encrypted {
        return Err(bad("the file is encrypted"));
    }
    if entry.unpacked > FILE_BYTES_MAX {
        return Err(bad("the file is larger than what is read"));
    }
    let header = read_at(file, entry.offset, 30)?;
    if !header.starts_with(LOCAL) {
        return Err(bad("an entry points nowhere"));
    }
    let skip = u64::from(u16_at(&header, 26).unwrap_or(0)) + u64::from(u16_at(&header, 28).unwrap_or(0));
    file.seek(SeekFrom::Start(entry.offset.saturating_add(30 + skip)))?;
    let packed = io::BufReader::new(file.take(entry.packed));
    let ceiling = entry.packed.saturating_mul(RATIO_MAX).clamp(RATIO_FREE_BYTES, FILE_BYTES_MAX);
    let mut bytes = Vec::new();
    match entry.method {
        0 => packed.take(ceiling + 1).read_to_end(&mut bytes)?,
        8 => flate2::bufread::DeflateDecoder::new(packed).take(ceiling + 1).read_to_end(&mut bytes)?,
        _ => return Err(bad("the file is packed in a way that is not read")),
    };
    if bytes.len() as u64 > ceiling {
        return Err(bad("the file unpacks to far more than its packed size"));
    }
    let mut crc = flate2::Crc::new();
    crc.update(&bytes);
    if crc.sum() != entry.crc {
        return Err(bad("a checksum is wrong"));
    }
    Ok(bytes)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}
