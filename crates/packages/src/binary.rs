//! Executables that carry the list of what they were built from.

use crate::{
    cargo, elf, golang, limits,
    parser::{Found, Parser},
};

/// Not in the table: executables are recognised by mode and first bytes.
pub(crate) const PARSER: Parser = Parser { patterns: &[], bytes_max: limits::FILE_BYTES_MAX, parse };

/// Is a file with this mode and size worth a look?
pub(crate) fn is_candidate(size: u64, mode: u32) -> bool {
    mode & 0o111 != 0 && (limits::BINARY_BYTES_MIN..=limits::FILE_BYTES_MAX).contains(&size)
}

/// Does a file begin like an executable that can be read?
pub(crate) fn is_executable(head: &[u8]) -> bool {
    // Executables and position-independent ones; the byte order decides which byte tells.
    elf::is_elf(head) && matches!(head.get(16..18), Some([2 | 3, 0] | [0, 2 | 3]))
}

fn parse(found: &mut Found, bytes: &[u8]) {
    let Some(elf) = elf::Elf::new(bytes) else { return };
    golang::binary::read(found, &elf);
    cargo::auditable::read(found, &elf);
}
