//! One 512-byte header block.

/// Bytes of a block.
pub(crate) const BLOCK: usize = 512;

/// What a header announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Hardlink,
    Symlink,
    Directory,
    /// Device or pipe.
    Other,
    /// The next entry's name, in GNU's way.
    LongName,
    /// The next entry's link target, in GNU's way.
    LongLink,
    /// Extended header of the next entry.
    Pax,
    /// Extended header of all following entries.
    PaxGlobal,
    /// A file with holes, in GNU's old way.
    Sparse,
}

/// A header block that was checked: its checksum is right.
#[derive(Clone, Copy)]
pub(crate) struct Header<'a> {
    block: &'a [u8; BLOCK],
}

impl<'a> Header<'a> {
    /// `None` if the block is no header.
    pub(crate) fn parse(block: &'a [u8; BLOCK]) -> Option<Self> {
        let expected = number(&block[148..156])?;
        let blanks = 8 * u64::from(b' ');
        let outside = block[..148].iter().chain(&block[156..]);
        let unsigned: u64 = outside.clone().map(|byte| u64::from(*byte)).sum::<u64>() + blanks;
        if unsigned == expected {
            return Some(Self { block });
        }
        // Old programs summed signed bytes.
        let signed: i64 =
            outside.map(|byte| i64::from(byte.cast_signed())).sum::<i64>() + blanks.cast_signed();
        (signed == expected.cast_signed()).then_some(Self { block })
    }

    pub(crate) fn kind(&self) -> Kind {
        match self.block[156] {
            b'1' => Kind::Hardlink,
            b'2' => Kind::Symlink,
            b'3' | b'4' | b'6' => Kind::Other,
            b'5' => Kind::Directory,
            b'L' => Kind::LongName,
            b'K' => Kind::LongLink,
            b'x' | b'X' => Kind::Pax,
            b'g' => Kind::PaxGlobal,
            b'S' => Kind::Sparse,
            // Old archives mark a folder by its last slash only.
            b'0' | 0 if text(&self.block[..100]).ends_with(b"/") => Kind::Directory,
            _ => Kind::File,
        }
    }

    pub(crate) fn size(&self) -> Option<u64> {
        number(&self.block[124..136])
    }

    pub(crate) fn mode(&self) -> u32 {
        small(&self.block[100..108]) & 0o7777
    }

    pub(crate) fn uid(&self) -> u32 {
        small(&self.block[108..116])
    }

    pub(crate) fn gid(&self) -> u32 {
        small(&self.block[116..124])
    }

    /// Writes prefix and name, joined, into `out`.
    pub(crate) fn name(&self, out: &mut Vec<u8>) {
        out.clear();
        let prefix = text(&self.block[345..500]);
        // GNU's own format keeps other things where POSIX has the prefix.
        if &self.block[257..263] == b"ustar\0" && !prefix.is_empty() {
            out.extend_from_slice(prefix);
            out.push(b'/');
        }
        out.extend_from_slice(text(&self.block[..100]));
    }

    pub(crate) fn link(&self) -> &'a [u8] {
        text(&self.block[157..257])
    }

    /// Whether GNU's sparse map goes on in further blocks, each of which has the mark at another place.
    pub(crate) fn sparse_continues(&self) -> bool {
        self.block[482] != 0
    }
}

fn text(field: &[u8]) -> &[u8] {
    let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
    &field[..end]
}

fn small(field: &[u8]) -> u32 {
    number(field).and_then(|number| u32::try_from(number).ok()).unwrap_or(0)
}

/// Octal with blanks or NULs around it, or base 256 where the first bit is set.
fn number(field: &[u8]) -> Option<u64> {
    if field[0] & 0x80 != 0 {
        let first = field[0] & 0x7f;
        return field[1..].iter().try_fold(u64::from(first), |value, byte| {
            value.checked_mul(256).map(|value| value | u64::from(*byte))
        });
    }
    let mut digits =
        field.iter().skip_while(|byte| **byte == b' ').take_while(|byte| !matches!(byte, b' ' | 0));
    digits.try_fold(0u64, |value, byte| match byte {
        b'0'..=b'7' => value.checked_mul(8)?.checked_add(u64::from(byte - b'0')),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_octal_or_base_256() {
        assert_eq!(number(b"0000644\0"), Some(0o644));
        assert_eq!(number(b"   644 \0"), Some(0o644));
        assert_eq!(number(b"\0\0\0\0\0\0\0\0"), Some(0));
        assert_eq!(number(&[0x80, 0, 0, 0, 0, 0, 1, 0]), Some(256));
        assert_eq!(number(b"00x0644\0"), None);
        assert_eq!(number(&[0xff; 12]), None, "too large, or negative");
    }

    #[test]
    fn a_block_with_a_wrong_checksum_is_no_header() {
        assert!(Header::parse(&[b'7'; BLOCK]).is_none());
        assert!(Header::parse(&[0xff; BLOCK]).is_none());
    }
}
