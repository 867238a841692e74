//! Extended headers: `length key=value` records.

/// What extended headers can say about an entry that we look at.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Pax {
    pub(crate) path: Option<Vec<u8>>,
    pub(crate) link: Option<Vec<u8>>,
    pub(crate) size: Option<u64>,
    /// The body is a map of holes and the pieces between them.
    pub(crate) sparse: bool,
}

impl Pax {
    /// Takes over what the records say; false if they are damaged (the good ones before that count).
    pub(crate) fn read(&mut self, mut records: &[u8]) -> bool {
        while !records.is_empty() {
            // Some programs pad with NULs.
            if records.iter().all(|byte| *byte == 0) {
                return true;
            }
            let Some((key, value, rest)) = record(records) else { return false };
            match key {
                b"path" => self.path = Some(value.to_vec()),
                b"linkpath" => self.link = Some(value.to_vec()),
                b"size" => self.size = decimal(value),
                b"GNU.sparse.name" => {
                    self.sparse = true;
                    self.path = Some(value.to_vec());
                }
                key if key.starts_with(b"GNU.sparse.") => self.sparse = true,
                _ => {}
            }
            records = rest;
        }
        true
    }
}

fn record(records: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let blank = records.iter().take(20).position(|byte| *byte == b' ')?;
    let length = usize::try_from(decimal(&records[..blank])?).ok()?;
    let body = records.get(blank + 1..length.checked_sub(1)?)?;
    if records.get(length - 1) != Some(&b'\n') {
        return None;
    }
    let equals = body.iter().position(|byte| *byte == b'=')?;
    Some((&body[..equals], &body[equals + 1..], &records[length..]))
}

fn decimal(text: &[u8]) -> Option<u64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_and_damaged_ones_end_it() {
        let mut pax = Pax::default();
        assert!(pax.read(b"11 path=ab\n12 size=345\n19 linkpath=x/=y\nz\n"));
        assert_eq!(pax.path.as_deref(), Some(&b"ab"[..]));
        assert_eq!(pax.size, Some(345));
        assert_eq!(pax.link.as_deref(), Some(&b"x/=y\nz"[..]));
        for bad in
            ["0 a=b\n", "5 a=b\n", "99 a=b\n", "6 a=bcd", "x", "6 abcd\n", "99999999999999999999999 a=b\n"]
        {
            assert!(!Pax::default().read(bad.as_bytes()), "{bad}");
        }
    }
}
