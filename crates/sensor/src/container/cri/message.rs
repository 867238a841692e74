//! Protocol buffers as far as CRI needs them: fields by number, read from bytes nobody vouches for.
//!
//! Nothing is copied until a value is asked for; damaged bytes end the message where they begin.

use crate::limits::CRI_TEXT_BYTES_MAX;

/// One encoded message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Message<'b>(pub(super) &'b [u8]);

/// The value of one field, as the wire tells kinds apart.
enum Value<'b> {
    Number(u64),
    Bytes(&'b [u8]),
    Skipped,
}

impl<'b> Message<'b> {
    /// The text of a field, `None` where it is absent or empty: the two are the same on the wire.
    pub(super) fn text(self, field: u32) -> Option<String> {
        let bytes = self.bytes(field).next().filter(|bytes| bytes.len() <= CRI_TEXT_BYTES_MAX)?;
        let text = String::from_utf8_lossy(bytes).into_owned();
        (!text.is_empty()).then_some(text)
    }

    /// The number of a field.
    pub(super) fn number(self, field: u32) -> Option<u64> {
        self.fields().find_map(|(number, value)| match value {
            Value::Number(value) if number == field => Some(value),
            _ => None,
        })
    }

    /// The first message in a field.
    pub(super) fn message(self, field: u32) -> Option<Message<'b>> {
        self.messages(field).next()
    }

    /// Every message in a repeated field.
    pub(super) fn messages(self, field: u32) -> impl Iterator<Item = Message<'b>> {
        self.bytes(field).map(Message)
    }

    fn bytes(self, field: u32) -> impl Iterator<Item = &'b [u8]> {
        self.fields().filter_map(move |(number, value)| match value {
            Value::Bytes(bytes) if number == field => Some(bytes),
            _ => None,
        })
    }

    fn fields(self) -> impl Iterator<Item = (u32, Value<'b>)> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let tag = varint(&mut rest)?;
            let number = u32::try_from(tag >> 3).ok()?;
            let value = match tag & 7 {
                0 => Value::Number(varint(&mut rest)?),
                1 => take(&mut rest, 8).map(|_| Value::Skipped)?,
                2 => {
                    let length = usize::try_from(varint(&mut rest)?).ok()?;
                    Value::Bytes(take(&mut rest, length)?)
                }
                5 => take(&mut rest, 4).map(|_| Value::Skipped)?,
                _ => return None,
            };
            Some((number, value))
        })
    }
}

/// A field with a text, encoded.
pub(super) fn text(field: u32, text: &str) -> Vec<u8> {
    nested(field, text.as_bytes())
}

/// A field with a message, encoded.
pub(super) fn nested(field: u32, message: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(message.len() + 12);
    put_varint(&mut bytes, u64::from(field) << 3 | 2);
    put_varint(&mut bytes, message.len() as u64);
    bytes.extend_from_slice(message);
    bytes
}

/// A field with a number, encoded.
#[cfg(test)]
pub(super) fn number(field: u32, number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    put_varint(&mut bytes, u64::from(field) << 3);
    put_varint(&mut bytes, number);
    bytes
}

fn put_varint(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn take<'b>(rest: &mut &'b [u8], length: usize) -> Option<&'b [u8]> {
    let (taken, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(taken)
}
