//! Records as the probes write them: a fixed head, then fields of tag, length and bytes.

use crate::skeleton::types;

/// What a record is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Call,
    Exec,
    Fork,
    Exit,
    /// A question to a name server.
    Dns,
    /// A process that was there before the probes.
    Task,
}

/// One record.
pub(crate) struct Record<'a> {
    pub(crate) head: types::head,
    pub(crate) class: Class,
    fields: &'a [u8],
}

// `enum tag` of the probes.
pub(crate) const PATH: u8 = 1;
pub(crate) const TEXT1: u8 = 2;
pub(crate) const BASE1: u8 = 3;
pub(crate) const TEXT2: u8 = 4;
pub(crate) const BASE2: u8 = 5;
pub(crate) const ARGV: u8 = 6;
pub(crate) const ENV: u8 = 7;
pub(crate) const CWD: u8 = 8;
pub(crate) const CGROUP: u8 = 9;
const SOCKET: u8 = 10;
pub(crate) const SOCKADDR: u8 = 11;
const FILE: u8 = 12;
pub(crate) const DATA: u8 = 13;
pub(crate) const TEXT3: u8 = 14;

impl<'a> Record<'a> {
    /// Reads a record; `None` where the bytes are not one.
    pub(crate) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let head: types::head = read(bytes)?;
        let fields = bytes.get(size_of::<types::head>()..)?.get(..head.size as usize)?;
        let class = match head.class {
            0 => Class::Call,
            1 => Class::Exec,
            2 => Class::Fork,
            3 => Class::Exit,
            4 => Class::Dns,
            5 => Class::Task,
            _ => return None,
        };
        Some(Self { head, class, fields })
    }

    /// A record without fields.
    #[cfg(test)]
    pub(crate) const fn of(head: types::head) -> Record<'static> {
        Record { head, class: Class::Call, fields: &[] }
    }

    /// The bytes of the first field with this tag.
    pub(crate) fn field(&self, wanted: u8) -> Option<&'a [u8]> {
        let mut rest = self.fields;
        while let [tag, _, low, high, after @ ..] = rest {
            let length = usize::from(u16::from_le_bytes([*low, *high]));
            let bytes = after.get(..length)?;
            if *tag == wanted {
                return Some(bytes);
            }
            rest = &after[length..];
        }
        None
    }

    /// A field as text; bytes that are no UTF-8 become the replacement character.
    pub(crate) fn text(&self, tag: u8) -> Option<String> {
        self.field(tag).map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    }

    /// A path told component by component.
    pub(crate) fn path(&self, tag: u8) -> Option<String> {
        self.field(tag).map(path)
    }

    pub(crate) fn socket(&self) -> Option<types::socket_ends> {
        read(self.field(SOCKET)?)
    }

    pub(crate) fn file(&self) -> Option<types::file_facts> {
        read(self.field(FILE)?)
    }

    pub(crate) fn comm(&self) -> String {
        let bytes: Vec<u8> =
            self.head.comm.iter().map(|byte| byte.cast_unsigned()).take_while(|byte| *byte != 0).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// Components from the leaf up, each with a `/` after it, as an absolute path.
pub(crate) fn path(bytes: &[u8]) -> String {
    // No directory holds a memory file, so its name is all of its path; it may hold slashes, which part nothing.
    if bytes.starts_with(b"memfd:") && !bytes.ends_with(b"/") {
        return format!("/{}", String::from_utf8_lossy(bytes));
    }
    let mut text = String::with_capacity(bytes.len() + 1);
    for component in bytes.strip_suffix(b"/").unwrap_or(bytes).split(|byte| *byte == b'/').rev() {
        if !component.is_empty() {
            text.push('/');
            text.push_str(&String::from_utf8_lossy(component));
        }
    }
    if text.is_empty() { "/".to_owned() } else { text }
}

/// Texts with a zero byte after each, at most `bytes_max` bytes of them.
pub(crate) fn texts(bytes: &[u8], bytes_max: usize) -> Vec<Box<str>> {
    let bytes = &bytes[..bytes.len().min(bytes_max)];
    let bytes = bytes.strip_suffix(&[0]).unwrap_or(bytes);
    if bytes.is_empty() {
        return Vec::new();
    }
    bytes.split(|byte| *byte == 0).map(|text| String::from_utf8_lossy(text).into()).collect()
}

#[expect(unsafe_code, reason = "the kernel writes C structures")]
pub(crate) fn read<T: Plain>(bytes: &[u8]) -> Option<T> {
    if bytes.len() < size_of::<T>() {
        return None;
    }
    // SAFETY: the length was checked, alignment does not matter to read_unaligned, and `Plain` promises that every bit
    // pattern is a value.
    Some(unsafe { std::ptr::read_unaligned(bytes.as_ptr().cast::<T>()) })
}

/// The bytes of a structure as C lays it out.
#[expect(unsafe_code, reason = "the kernel reads C structures")]
pub(crate) fn bytes_of<T: Plain>(value: &T) -> &[u8] {
    // SAFETY: `Plain` promises a structure of integers without padding, so each of its bytes is initialised.
    unsafe { std::slice::from_raw_parts(std::ptr::from_ref(value).cast::<u8>(), size_of::<T>()) }
}

/// Structures of integers only, without padding.
pub(crate) trait Plain: Copy {}

impl Plain for types::head {}
impl Plain for types::wish {}
impl Plain for types::socket_ends {}
impl Plain for types::file_facts {}
impl Plain for crate::skeleton_prevent::types::verdict {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_become_a_path() {
        assert_eq!(path(b"shadow/etc/"), "/etc/shadow");
        assert_eq!(path(b""), "/");
        assert_eq!(path(b"\xff/tmp/"), "/tmp/\u{fffd}");
        assert_eq!(path(b"memfd:a/../etc/b"), "/memfd:a/../etc/b");
        assert_eq!(path(b"memfd:a/tmp/"), "/tmp/memfd:a");
    }

    #[test]
    fn arguments_may_be_empty() {
        assert_eq!(texts(b"sh\0-c\0\0", 100), ["sh".into(), "-c".into(), Box::<str>::from("")]);
        assert_eq!(texts(b"", 100), Vec::<Box<str>>::new());
        assert_eq!(texts(b"abcdef", 3), ["abc".into()]);
    }

    #[test]
    fn damaged_records_are_no_records() {
        assert!(Record::parse(&[0; 10]).is_none());
        let mut bytes = vec![0_u8; size_of::<types::head>() + 6];
        let record = Record::parse(&bytes).expect("an empty record");
        assert_eq!(record.field(TEXT1), None);
        // The head claims more fields than there are bytes.
        bytes[std::mem::offset_of!(types::head, size)] = 200;
        assert!(Record::parse(&bytes).is_none());
        // A field claims more bytes than the record has.
        bytes[std::mem::offset_of!(types::head, size)] = 6;
        let start = size_of::<types::head>();
        bytes[start..].copy_from_slice(&[TEXT1, 0, 9, 0, b'a', b'b']);
        assert_eq!(Record::parse(&bytes).and_then(|record| record.text(TEXT1)), None);
    }
}
