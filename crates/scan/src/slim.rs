//! Executables made slim: only the sections that tell what a program was built from.
//!
//! A Go program has a hundred megabytes and twenty kilobytes that matter. Instead of the whole, the parsers get a small
//! ELF file with the same sections at other places.

use std::io;

use yagura_image::LargeFile;

use crate::limits;

/// Sections that the parsers of `yagura-packages` look for.
const WANTED: &[&[u8]] = &[b".go.buildinfo", b".dep-v0"];
const GO: &[u8] = b".go.buildinfo";

/// What became of an executable.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Slim {
    /// It says nothing about what it was built from.
    Nothing,
    /// These bytes tell the same as the whole.
    Bytes(Vec<u8>),
    /// The whole is needed.
    Whole,
}

/// Reads the tables of an ELF file and the sections that matter.
pub(crate) fn slim(file: &mut dyn LargeFile) -> io::Result<Slim> {
    let mut head = [0; HEADER];
    if file.read_at(0, &mut head)? < HEADER || !head.starts_with(b"\x7fELF") {
        return Ok(Slim::Nothing);
    }
    // 64 bits, little-endian: what else there is is small enough to be read whole.
    if head[4] != 2 || head[5] != 1 {
        return Ok(Slim::Whole);
    }
    let (table, size, count) =
        (u64_at(&head, 40), u64::from(u16_at(&head, 58)), u64::from(u16_at(&head, 60)));
    if table == 0 || count == 0 || size != SECTION as u64 || count > limits::ELF_SECTIONS_MAX {
        return Ok(Slim::Whole);
    }
    let Some(headers) = read(file, table, size * count)? else { return Ok(Slim::Nothing) };
    let headers: Vec<&[u8]> = headers.chunks_exact(SECTION).collect();
    let Some(names) = headers.get(usize::from(u16_at(&head, 62))) else { return Ok(Slim::Whole) };
    let Some(names) = read(file, u64_at(names, 24), u64_at(names, 32))? else { return Ok(Slim::Whole) };
    let mut found = Vec::new();
    for header in headers {
        let name = names.get(u32_at(header, 0) as usize..).unwrap_or_default();
        let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
        if !WANTED.contains(&name) {
            continue;
        }
        let Some(body) = read(file, u64_at(header, 24), u64_at(header, 32))? else { return Ok(Slim::Whole) };
        // Before Go 1.18 the section has pointers into the rest of the file.
        if name == GO && body.get(15).is_some_and(|flags| flags & 2 == 0) {
            return Ok(Slim::Whole);
        }
        found.push((name.to_vec(), header.to_vec(), body));
    }
    if found.is_empty() { Ok(Slim::Nothing) } else { Ok(Slim::Bytes(rebuild(&head, &found))) }
}

const HEADER: usize = 64;
const SECTION: usize = 64;

type Section = (Vec<u8>, Vec<u8>, Vec<u8>);

/// Header, section headers, names, bodies.
fn rebuild(head: &[u8; HEADER], found: &[Section]) -> Vec<u8> {
    let mut names = vec![0];
    let mut places = Vec::new();
    for (name, ..) in found {
        places.push(names.len());
        names.extend_from_slice(name);
        names.push(0);
    }
    let count = found.len() + 2;
    let names_at = HEADER + SECTION * count;
    let mut at = names_at + names.len();
    let mut out = head.to_vec();
    put(&mut out, 32, &[0; 8]);
    put(&mut out, 40, &(HEADER as u64).to_le_bytes());
    put(&mut out, 56, &[0; 2]);
    put(&mut out, 60, &u16::try_from(count).unwrap_or(0).to_le_bytes());
    put(&mut out, 62, &1u16.to_le_bytes());
    out.extend_from_slice(&[0; SECTION]);
    out.extend_from_slice(&header(&[0; SECTION], 0, names_at, names.len()));
    for ((_, old, body), place) in found.iter().zip(places) {
        at = at.next_multiple_of(16);
        out.extend_from_slice(&header(old, place, at, body.len()));
        at += body.len();
    }
    out.extend_from_slice(&names);
    for (_, _, body) in found {
        out.resize(out.len().next_multiple_of(16), 0);
        out.extend_from_slice(body);
    }
    out
}

fn header(old: &[u8], name: usize, at: usize, size: usize) -> Vec<u8> {
    let mut header = old.to_vec();
    put(&mut header, 0, &u32::try_from(name).unwrap_or(0).to_le_bytes());
    put(&mut header, 24, &(at as u64).to_le_bytes());
    put(&mut header, 32, &(size as u64).to_le_bytes());
    header
}

fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    bytes[at..at + value.len()].copy_from_slice(value);
}

/// `None` if it does not lie in the file or is larger than any real one.
fn read(file: &mut dyn LargeFile, at: u64, size: u64) -> io::Result<Option<Vec<u8>>> {
    let fits = at.checked_add(size).is_some_and(|end| end <= file.size());
    if !fits || size > limits::ELF_SECTION_BYTES_MAX {
        return Ok(None);
    }
    let mut bytes = vec![0; usize::try_from(size).unwrap_or(0)];
    let count = file.read_at(at, &mut bytes)?;
    Ok((count == bytes.len()).then_some(bytes))
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).and_then(|b| b.try_into().ok()).map_or(0, u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 8).and_then(|b| b.try_into().ok()).map_or(0, u64::from_le_bytes)
}

/// Bytes in memory as a file.
pub(crate) struct InMemory<'a>(pub(crate) &'a [u8]);

impl LargeFile for InMemory<'_> {
    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(offset).ok().and_then(|at| self.0.get(at..)).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    fn size(&self) -> u64 {
        self.0.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(sections: &[(&[u8], &[u8])]) -> Vec<u8> {
        let mut head = [0; HEADER];
        put(&mut head, 0, b"\x7fELF\x02\x01\x01");
        put(&mut head, 16, &[2, 0]);
        put(&mut head, 58, &64u16.to_le_bytes());
        let found: Vec<Section> =
            sections.iter().map(|(name, body)| (name.to_vec(), vec![0; SECTION], body.to_vec())).collect();
        rebuild(&head, &found)
    }

    fn go(body: &[u8]) -> Vec<u8> {
        let mut info = b"\xff Go buildinf:\x08\x02".to_vec();
        info.resize(32, 0);
        info.extend_from_slice(body);
        info
    }

    #[test]
    fn only_the_sections_that_matter_are_kept() {
        let info = go(b"\x06go1.22rest");
        let fat = program(&[
            (b".text", &[7; 100_000]),
            (GO, &info),
            (b".dep-v0", b"zlib"),
            (b".data", &[1; 5_000]),
        ]);
        let Slim::Bytes(thin) = slim(&mut InMemory(&fat)).expect("memory is readable") else {
            panic!("slim")
        };
        assert!(thin.len() < 1_000, "{}", thin.len());
        assert_eq!(
            slim(&mut InMemory(&thin)).expect("readable"),
            Slim::Bytes(thin.clone()),
            "nothing is lost"
        );
        assert_eq!(thin, program(&[(GO, &info), (b".dep-v0", b"zlib")]));
    }

    #[test]
    fn what_cannot_be_slimmed_is_said_to_be() {
        let check =
            |bytes: &[u8], expected| assert_eq!(slim(&mut InMemory(bytes)).expect("readable"), expected);
        check(b"#!/bin/sh", Slim::Nothing);
        check(&program(&[(b".text", b"x")]), Slim::Nothing);
        let mut old = go(b"");
        old[15] = 0;
        check(&program(&[(GO, &old)]), Slim::Whole);
        let mut cut = program(&[(GO, &go(b""))]);
        cut.truncate(cut.len() - 4);
        check(&cut, Slim::Whole);
    }

    #[test]
    fn damaged_tables_do_no_harm() {
        let good = program(&[(GO, &go(b"\x06go1.22"))]);
        for at in 0..good.len() {
            for value in [0, 0x7f, 0xff] {
                let mut bad = good.clone();
                bad[at] = value;
                let _ = slim(&mut InMemory(&bad)).expect("memory is readable");
            }
        }
    }
}
