//! Tar archives: regular files with GNU's and pax's long names.

use std::io::{self, Read, Write};

use super::Item;
use crate::limits::{FILE_BYTES_MAX, FILES_MAX, UNPACKED_BYTES_MAX};

const BLOCK: u64 = 512;
// A path is not longer; nor is a header that says more about a file.
const NAME_BYTES_MAX: u64 = 64 << 10;

/// Whether these are the first bytes of a tar.
pub(super) fn is(head: &[u8]) -> bool {
    head.len() >= BLOCK as usize && &head[257..262] == b"ustar"
}

/// Gives every wanted file to a function.
pub(super) fn each(
    stream: impl Read,
    wants: &dyn Fn(&str) -> bool,
    found: &mut dyn FnMut(&str, Item),
) -> io::Result<()> {
    let mut stream = stream.take(UNPACKED_BYTES_MAX);
    let mut long_name: Option<String> = None;
    for _ in 0..FILES_MAX {
        let mut header = [0u8; BLOCK as usize];
        if let Err(error) = stream.read_exact(&mut header) {
            return if error.kind() == io::ErrorKind::UnexpectedEof { Ok(()) } else { Err(error) };
        }
        if header.iter().all(|byte| *byte == 0) {
            return Ok(());
        }
        let size = octal(&header[124..136]).ok_or_else(bad)?;
        let padding = size.next_multiple_of(BLOCK) - size;
        match header[156] {
            b'L' | b'x' if size <= NAME_BYTES_MAX => {
                let bytes = take(&mut stream, size)?;
                long_name =
                    if header[156] == b'L' { Some(text(&bytes)) } else { pax_path(&bytes).or(long_name) };
            }
            b'0' | 0 => {
                let name = long_name.take().unwrap_or_else(|| plain_name(&header));
                let name = name.trim_start_matches("./").to_owned();
                if !wants(&name) {
                    skip(&mut stream, size)?;
                } else if size > FILE_BYTES_MAX {
                    found(
                        &name,
                        Item::Problem(format!(
                            "{size} bytes are more than the {FILE_BYTES_MAX} that are read"
                        )),
                    );
                    skip(&mut stream, size)?;
                } else {
                    let bytes = take(&mut stream, size)?;
                    found(&name, Item::File(&bytes));
                }
            }
            _ => skip(&mut stream, size)?,
        }
        skip(&mut stream, padding)?;
    }
    found("", Item::Problem(format!("more than {FILES_MAX} files; the rest is left out")));
    Ok(())
}

fn bad() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the tar is damaged")
}

fn take(stream: &mut impl Read, bytes: u64) -> io::Result<Vec<u8>> {
    let mut buffer = Vec::new();
    stream.take(bytes).read_to_end(&mut buffer)?;
    if buffer.len() as u64 == bytes { Ok(buffer) } else { Err(bad()) }
}

fn skip(stream: &mut impl Read, bytes: u64) -> io::Result<()> {
    if io::copy(&mut stream.take(bytes), &mut io::sink())? == bytes { Ok(()) } else { Err(bad()) }
}

fn octal(field: &[u8]) -> Option<u64> {
    // Sizes past eight gigabytes are binary; none is read.
    if field.first()? & 0x80 != 0 {
        return None;
    }
    let text = std::str::from_utf8(field).ok()?;
    let text = text.trim_matches(['\0', ' ']);
    if text.is_empty() { Some(0) } else { u64::from_str_radix(text, 8).ok() }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end_matches('\0').to_owned()
}

fn plain_name(header: &[u8]) -> String {
    let until_zero = |bytes: &[u8]| text(bytes.split(|byte| *byte == 0).next().unwrap_or_default());
    let (name, prefix) = (until_zero(&header[..100]), until_zero(&header[345..500]));
    if prefix.is_empty() { name } else { format!("{prefix}/{name}") }
}

// `LENGTH path=VALUE\n`
fn pax_path(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    text.lines().find_map(|line| line.split_once(" path=").map(|(_, path)| path.to_owned()))
}

/// Writes a file as an entry.
pub(super) fn entry(out: &mut impl Write, name: &str, bytes: &[u8]) -> io::Result<()> {
    if name.len() > 100 {
        header(out, "long", b'L', name.len() as u64)?;
        body(out, name.as_bytes())?;
    }
    header(out, name, b'0', bytes.len() as u64)?;
    body(out, bytes)
}

/// Ends an archive.
pub(super) fn end(out: &mut impl Write) -> io::Result<()> {
    out.write_all(&[0; BLOCK as usize * 2])
}

fn header(out: &mut impl Write, name: &str, kind: u8, size: u64) -> io::Result<()> {
    let mut header = [0u8; BLOCK as usize];
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &name.as_bytes()[..name.len().min(100)]);
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{size:011o}\0").as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, &[kind]);
    put(257, b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    out.write_all(&header)
}

fn body(out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    out.write_all(bytes)?;
    let size = bytes.len() as u64;
    let padding = (size.next_multiple_of(BLOCK) - size) as usize;
    out.write_all(&[0; BLOCK as usize][..padding])
}
