//! Questions to name servers (RFC 1035, section 4): the first question of a datagram.

/// Longest name (RFC 1035, section 2.3.4), as text.
const NAME_BYTES_MAX: usize = 255;
const HEADER_BYTES: usize = 12;

/// What was asked.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Question {
    /// The name in lower case, without the last dot; bytes that are no plain letters are written `\\ddd`.
    pub(super) name: String,
    /// Type of the record.
    pub(super) kind: u16,
}

/// The first question of a datagram; `None` where it is no question. Names in a question are never compressed.
pub(super) fn question(datagram: &[u8]) -> Option<Question> {
    let (header, mut rest) = datagram.split_at_checked(HEADER_BYTES)?;
    let is_answer = header[2] & 0x80 != 0;
    let questions = u16::from_be_bytes([header[4], header[5]]);
    if is_answer || questions == 0 {
        return None;
    }
    let mut name = String::new();
    let mut bytes = 0;
    loop {
        let (length, after) = rest.split_first()?;
        let length = usize::from(*length);
        // The two high bits mark a compressed name.
        if length > 63 {
            return None;
        }
        let (label, after) = after.split_at_checked(length)?;
        rest = after;
        if length == 0 {
            break;
        }
        bytes += length + 1;
        if bytes > NAME_BYTES_MAX {
            return None;
        }
        if !name.is_empty() {
            name.push('.');
        }
        label.iter().for_each(|byte| push(&mut name, *byte));
    }
    let kind = u16::from_be_bytes(*rest.first_chunk::<2>()?);
    Some(Question { name, kind })
}

// As RFC 4343 writes what is no letter, digit or other visible sign.
fn push(name: &mut String, byte: u8) {
    match byte {
        b'.' | b'\\' => {
            name.push('\\');
            name.push(char::from(byte));
        }
        b'!'..=b'~' => name.push(char::from(byte.to_ascii_lowercase())),
        _ => name.push_str(&format!("\\{byte:03}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn datagram(flags: u8, questions: u8, name: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0x12, 0x34, flags, 0, 0, questions, 0, 0, 0, 0, 0, 0];
        bytes.extend_from_slice(name);
        bytes.extend_from_slice(&[0, 16, 0, 1]);
        bytes
    }

    fn check(name: &[u8], expected: Option<&str>) {
        let found = question(&datagram(1, 1, name));
        assert_eq!(found.as_ref().map(|question| question.name.as_str()), expected, "{name:?}");
        assert!(found.is_none_or(|question| question.kind == 16));
    }

    #[test]
    fn names_are_read_and_ceilings_hold() {
        check(b"\x07Example\x03org\0", Some("example.org"));
        check(b"\0", Some(""));
        check(b"\x04a.b\\\x02\xff \0", Some("a\\.b\\\\.\\255\\032"));
        // Cut off, compressed, longer than a name may be.
        check(b"\x07exam", None);
        check(b"\xc0\x0c", None);
        check(&[&[b"\x3f".as_slice(), &[b'x'; 63]].concat().repeat(4)[..], b"\0"].concat(), None);
        check(
            &[&[b"\x3e".as_slice(), &[b'x'; 62]].concat().repeat(4)[..], b"\0"].concat(),
            Some(&vec!["x".repeat(62); 4].join(".")),
        );
    }

    #[test]
    fn answers_and_short_datagrams_are_no_questions() {
        assert_eq!(question(&datagram(0x81, 1, b"\x01a\0")), None);
        assert_eq!(question(&datagram(1, 0, b"\x01a\0")), None);
        for length in 0..18 {
            assert_eq!(question(&datagram(1, 1, b"\x01a\0")[..length.min(16)]), None, "{length}");
        }
    }
}
