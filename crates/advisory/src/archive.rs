//! Files of a source: a folder, a zip, a tar (plain, gzip, zstd), or one file (plain, gzip, zstd).
//!
//! What an archive claims is not trusted: sizes, counts and ratios have ceilings, names stay names and are never opened,
//! and a file that is broken is reported while the others are read.

mod tar;
mod zip;

use std::{
    fs,
    io::{self, Read},
    path::Path,
};

use crate::limits::{ARCHIVE_BYTES_MAX, FILE_BYTES_MAX, FILES_MAX};

/// What happened to a file.
pub enum Item<'a> {
    /// It was read.
    File(&'a [u8]),
    /// It could not be.
    Problem(String),
}

/// Gives every wanted file below a path to a function, in the order of names (folders) or of the archive.
pub fn each(path: &Path, wants: &dyn Fn(&str) -> bool, found: &mut dyn FnMut(&str, Item)) -> io::Result<()> {
    if fs::metadata(path)?.is_dir() {
        let mut left = FILES_MAX;
        return folder(path, "", &mut left, wants, found);
    }
    let file = fs::File::open(path)?;
    let length = file.metadata()?.len();
    if length > ARCHIVE_BYTES_MAX {
        return Err(too_large(format!("{length} bytes are more than the {ARCHIVE_BYTES_MAX} that are read")));
    }
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let mut magic = [0u8; 512];
    let mut head = fs::File::open(path)?;
    let count = head.by_ref().take(512).read(&mut magic)?;
    match &magic[..count] {
        [b'P', b'K', 3 | 5, ..] => zip::each(file, length, wants, found),
        [0x1f, 0x8b, ..] => packed(
            flate2::read::MultiGzDecoder::new(io::BufReader::new(file)),
            plain_name(name),
            wants,
            found,
        ),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            packed(zstd::stream::read::Decoder::new(file)?, plain_name(name), wants, found)
        }
        head if tar::is(head) => tar::each(io::BufReader::new(file), wants, found),
        _ => single(file, name, found),
    }
}

/// Writes a file as an entry of a tar.
pub(crate) fn tar_entry(out: &mut impl io::Write, name: &str, bytes: &[u8]) -> io::Result<()> {
    tar::entry(out, name, bytes)
}

/// Ends a tar.
pub(crate) fn tar_end(out: &mut impl io::Write) -> io::Result<()> {
    tar::end(out)
}

fn plain_name(name: &str) -> &str {
    name.trim_end_matches(".gz").trim_end_matches(".zst").trim_end_matches(".tgz")
}

fn too_large(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, message)
}

// A compressed stream holds a tar or one file.
fn packed(
    mut stream: impl Read,
    name: &str,
    wants: &dyn Fn(&str) -> bool,
    found: &mut dyn FnMut(&str, Item),
) -> io::Result<()> {
    let mut head = Vec::new();
    stream.by_ref().take(512).read_to_end(&mut head)?;
    let is_tar = tar::is(&head);
    let whole = io::Cursor::new(head).chain(stream);
    if is_tar { tar::each(whole, wants, found) } else { single(whole, name, found) }
}

fn single(stream: impl Read, name: &str, found: &mut dyn FnMut(&str, Item)) -> io::Result<()> {
    match read_capped(stream) {
        Ok(bytes) => found(name, Item::File(&bytes)),
        Err(error) => found(name, Item::Problem(error.to_string())),
    }
    Ok(())
}

fn read_capped(stream: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    stream.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(too_large(format!("the file is larger than the {FILE_BYTES_MAX} bytes that are read")));
    }
    Ok(bytes)
}

// Links are not followed: a source's folder may come from anywhere.
fn folder(
    root: &Path,
    below: &str,
    left: &mut usize,
    wants: &dyn Fn(&str) -> bool,
    found: &mut dyn FnMut(&str, Item),
) -> io::Result<()> {
    if below.matches('/').count() > crate::limits::DEPTH_MAX {
        found(below, Item::Problem("nested too deeply".to_owned()));
        return Ok(());
    }
    let mut entries: Vec<fs::DirEntry> = fs::read_dir(root.join(below))?.collect::<io::Result<_>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let Some(left_over) = left.checked_sub(1) else {
            found(below, Item::Problem(format!("more than {FILES_MAX} files; the rest is left out")));
            return Ok(());
        };
        *left = left_over;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if below.is_empty() { name } else { format!("{below}/{name}") };
        let kind = entry.file_type()?;
        if kind.is_dir() {
            folder(root, &path, left, wants, found)?;
        } else if kind.is_file() && wants(&path) {
            match fs::File::open(entry.path()).and_then(read_capped) {
                Ok(bytes) => found(&path, Item::File(&bytes)),
                Err(error) => found(&path, Item::Problem(error.to_string())),
            }
        }
    }
    Ok(())
}
