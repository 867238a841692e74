//! The modules that a Go binary says it was built from (`go version -m`).
//!
//! Since Go 1.18 the text lies behind the mark; before, two pointers to Go strings do.

use crate::{
    bytes::Bytes,
    elf::Elf,
    limits,
    package::{Package, PackageType},
    parser::Found,
};

const MAGIC: &[u8] = b"\xff Go buildinf:";
const HEADER: usize = 32;
// Where the mark may stand when there is no section of its own.
const SEARCHED: usize = 1 << 20;
// Marks of 16 bytes stand around the module text.
const SENTINEL: usize = 16;

/// Adds the modules of a binary, if it is one of Go's.
pub(crate) fn read(found: &mut Found, elf: &Elf<'_>) {
    let Some((version, modules)) = build_info(elf) else { return };
    let version = String::from_utf8_lossy(version);
    let version = version.strip_prefix("go").unwrap_or(&version);
    // `1.22.1 X:boringcrypto` and the like.
    let version = version.split([' ', '-']).next().unwrap_or(version);
    let standard = Package { installed: true, ..Package::new(PackageType::Golang, "stdlib", version) };
    let standard = found.push(standard, None);
    let text = String::from_utf8_lossy(modules);
    let main = read_modules(found, &text);
    if let (Some(main), Some(standard)) = (main, standard) {
        found.item(main).needs.push(standard);
    }
}

fn build_info<'a>(elf: &Elf<'a>) -> Option<(&'a [u8], &'a [u8])> {
    let info = elf.section(b".go.buildinfo").and_then(find).or_else(|| {
        let data = elf.segments().find(|segment| segment.is_writable)?.data;
        find(&data[..data.len().min(SEARCHED)])
    })?;
    let (pointer_size, flags) = (*info.get(14)?, *info.get(15)?);
    let (version, modules) = if flags & 2 != 0 {
        let (version, rest) = inline(info.get(HEADER..)?)?;
        (version, inline(rest).map_or(&[][..], |(modules, _)| modules))
    } else {
        let read = Pointers { elf, is_64: pointer_size == 8, is_big_endian: flags & 1 != 0 };
        let second = 16 + usize::from(pointer_size);
        (read.string(info, 16)?, read.string(info, second).unwrap_or(&[]))
    };
    let modules = modules.get(SENTINEL..modules.len().saturating_sub(SENTINEL)).unwrap_or(&[]);
    Some((version, modules))
}

// The mark is aligned to 16 bytes.
fn find(data: &[u8]) -> Option<&[u8]> {
    let at = data.chunks(16).position(|chunk| chunk.starts_with(MAGIC))?;
    data.get(at * 16..)
}

// A length as varint, then so many bytes.
fn inline(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut length = 0usize;
    for (index, byte) in data.iter().take(5).enumerate() {
        length |= usize::from(byte & 0x7F) << (7 * index);
        if byte & 0x80 == 0 {
            let rest = &data[index + 1..];
            return (length <= rest.len()).then(|| rest.split_at(length));
        }
    }
    None
}

struct Pointers<'e, 'a> {
    elf: &'e Elf<'a>,
    is_64: bool,
    is_big_endian: bool,
}

impl<'a> Pointers<'_, 'a> {
    fn word(&self, data: &[u8], at: usize) -> Option<u64> {
        let bytes = Bytes { data, is_big_endian: self.is_big_endian };
        if self.is_64 { bytes.u64(at) } else { bytes.u32(at).map(u64::from) }
    }

    // A pointer to a string: its data and its length.
    fn string(&self, data: &[u8], at: usize) -> Option<&'a [u8]> {
        let size = if self.is_64 { 8 } else { 4 };
        let header = self.elf.at_address(self.word(data, at)?, 2 * size)?;
        let length = usize::try_from(self.word(header, size)?).ok()?;
        self.elf.at_address(self.word(header, 0)?, length)
    }
}

// Lines `mod|dep|=>`, module, version, sum, separated by tabs. Gives the main module.
fn read_modules(found: &mut Found, text: &str) -> Option<u32> {
    let mut main = None;
    let mut modules: Vec<(&str, &str, bool)> = Vec::new();
    for line in text.lines().take(limits::FILE_PACKAGES_MAX) {
        let mut columns = line.split('\t');
        let (kind, name) = (columns.next().unwrap_or(""), columns.next().unwrap_or(""));
        let version = columns.next().unwrap_or("");
        match kind {
            "mod" | "dep" => modules.push((name, version, kind == "mod")),
            // The line before was replaced by this one. A folder has no version: the name stays.
            "=>" => {
                if let Some(last) = modules.last_mut()
                    && !version.is_empty()
                {
                    (last.0, last.1) = (name, version);
                }
            }
            _ => {}
        }
    }
    let flags = text.lines().find_map(|line| line.strip_prefix("build\t-ldflags="));
    let mut needs = Vec::new();
    for (name, version, is_main) in modules {
        // What is built from a checkout has no version but the one that its makers had the linker put in.
        let version = match version {
            "(devel)" if is_main => flags.and_then(linked_version).unwrap_or(""),
            "(devel)" => "",
            version => version,
        };
        let package = Package { installed: true, ..Package::new(PackageType::Golang, name, version) };
        let Some(index) = found.push(package, None) else { continue };
        if is_main { main = Some(index) } else { needs.push(index) }
    }
    if let Some(main) = main {
        found.item(main).needs = needs;
    }
    main
}

// `-X main.version=1.2.3` or `-X "example.org/app/internal/version.Version=v1.2.3"`; the text may be quoted as a whole.
fn linked_version(flags: &str) -> Option<&str> {
    let assignments = flags.split("-X").skip(1).filter_map(|part| {
        let part = part.trim_start_matches([' ', '=', '"', '\'', '\\']);
        let (name, value) = part.split_once('=')?;
        let value = value.split([' ', '"', '\'', '\\']).next()?;
        Some((name.rsplit_once('.')?.1, value))
    });
    let mut versions = assignments.filter(|(name, value)| {
        let is_number =
            value.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit()) && value.contains('.');
        is_number
            && ["version", "appversion", "buildversion", "ver"].contains(&name.to_ascii_lowercase().as_str())
    });
    versions.next().map(|(_, value)| value)
}
