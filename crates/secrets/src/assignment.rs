//! The value that a line gives to a name.
//!
//! One small grammar for what settings look like in code, shells, configuration, markup and command lines:
//! `name = "value"`, `name: value`, `"name": "value"`, `name := value`, `Name(value)`, `set("name", "value")`,
//! `<name>value</name>`, `key="name" value="value"`, `--name value`, `ENV NAME value`, `name: &str = "value"`, and the
//! `name`/`value` pairs of Kubernetes over two lines.

use memchr::{memchr, memrchr};

/// A value's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Assigned {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// It stood in quotes.
    pub(crate) quoted: bool,
}

const NAME_BYTES_MAX: usize = 60;
const VALUE_BYTES_MAX: usize = 4_096;
const TYPE_BYTES_MAX: usize = 48;

/// The value assigned to the name in which a keyword ends at `end`.
pub(crate) fn value_after(bytes: &[u8], start: usize, end: usize) -> Option<Assigned> {
    let mut at = end;
    let name_end = end + NAME_BYTES_MAX;
    while at < name_end && bytes.get(at).is_some_and(|byte| is_name(*byte)) {
        at += 1;
    }
    if at == name_end {
        return None;
    }
    let flag = is_flag(bytes, start);
    let rest = Rest { bytes, at };
    let after = rest.closing_quote();
    if matches!(after.byte(), None | Some(b'\r' | b'\n')) {
        return value_on_next_line(bytes, start, after.at);
    }
    let value = after.operator(flag, rest.at != after.at)?;
    value.value()
}

/// Where the name begins that has a keyword at `at`.
pub(crate) fn name_start(bytes: &[u8], at: usize) -> usize {
    let from = at.saturating_sub(NAME_BYTES_MAX);
    bytes[from..at].iter().rposition(|byte| !is_name(*byte)).map_or(from, |before| from + before + 1)
}

#[derive(Debug, Clone, Copy)]
struct Rest<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Rest<'_> {
    fn byte(self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn starts(self, with: &[u8]) -> bool {
        self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(with))
    }

    fn skip(self, count: usize) -> Self {
        Self { at: self.at + count, ..self }
    }

    fn blanks(mut self) -> Self {
        while matches!(self.byte(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
        self
    }

    // A quote and brackets that end a name: `"name"`, `['name']`, `\"name\"`.
    fn closing_quote(mut self) -> Self {
        for _ in 0..3 {
            match self.byte() {
                Some(b'"' | b'\'' | b'`' | b']') => self.at += 1,
                Some(b'\\') if matches!(self.bytes.get(self.at + 1), Some(b'"' | b'\'')) => self.at += 2,
                _ => break,
            }
        }
        self
    }

    // Past the sign between name and value.
    fn operator(self, flag: bool, quoted: bool) -> Option<Self> {
        let here = self.blanks();
        let spaced = here.at > self.at;
        for sign in [&b":="[..], b"=>", b"?=", b"==", b"||=", b"::="] {
            if here.starts(sign) {
                return Some(here.skip(sign.len()));
            }
        }
        match here.byte()? {
            b'=' => Some(here.skip(1)),
            b':' => Some(here.skip(1).past_type()),
            b'>' | b'(' if !quoted => Some(here.skip(1)),
            b',' if quoted => here.skip(1).past_value_name().or(Some(here.skip(1))),
            b'v' if quoted && spaced => here.past_value_name(),
            b'"' | b'\'' if flag && spaced => Some(here),
            _ if flag && spaced => Some(here),
            _ => None,
        }
    }

    // `value=`, `"value":`, `Value =` after a quoted name.
    fn past_value_name(self) -> Option<Self> {
        let mut here = self.blanks();
        if matches!(here.byte(), Some(b'"' | b'\'')) {
            here = here.skip(1);
        }
        if !here.bytes.get(here.at..here.at + 5)?.eq_ignore_ascii_case(b"value") {
            return None;
        }
        let here = here.skip(5).closing_quote().blanks();
        matches!(here.byte(), Some(b'=' | b':')).then(|| here.skip(1))
    }

    // In `name: &'static str = "…"` and `name: string = '…'` the value stands behind the type.
    fn past_type(self) -> Self {
        let here = self.blanks();
        let end = (here.at + TYPE_BYTES_MAX).min(self.bytes.len());
        let Some(slice) = self.bytes.get(here.at..end) else { return self };
        let stop = slice.iter().position(|byte| !is_type(*byte)).unwrap_or(slice.len());
        let sign = Self { at: here.at + stop, ..self };
        if stop == 0 || sign.byte() != Some(b'=') || matches!(sign.skip(1).byte(), Some(b'=' | b'>')) {
            return self;
        }
        let value = sign.skip(1).blanks();
        if matches!(value.byte(), Some(b'"' | b'\'' | b'`')) { value } else { self }
    }

    fn value(self) -> Option<Assigned> {
        let mut here = self.blanks();
        if here.byte() == Some(b'(') || here.byte() == Some(b'[') {
            here = here.skip(1).blanks();
        }
        // b"…", r"…", @"…", $"…", u'…'
        if matches!(here.byte(), Some(b'b' | b'r' | b'u' | b'@' | b'L'))
            && matches!(here.skip(1).byte(), Some(b'"' | b'\''))
        {
            here = here.skip(1);
        }
        let escaped = here.starts(b"\\\"") || here.starts(b"\\'");
        if escaped {
            here = here.skip(1);
        }
        match here.byte()? {
            quote @ (b'"' | b'\'' | b'`') => here.skip(1).until_quote(quote, escaped),
            _ => here.until_blank(),
        }
    }

    fn until_quote(self, quote: u8, escaped: bool) -> Option<Assigned> {
        let end = (self.at + VALUE_BYTES_MAX).min(self.bytes.len());
        let slice = self.bytes.get(self.at..end)?;
        let mut at = 0;
        while let Some(byte) = slice.get(at) {
            match byte {
                b'\\' if escaped && slice.get(at + 1) == Some(&quote) => break,
                b'\\' => at += 2,
                b'\n' => return None,
                byte if *byte == quote => break,
                _ => at += 1,
            }
        }
        let length = at.min(slice.len());
        (length > 0 && length < slice.len()).then_some(Assigned {
            start: self.at,
            end: self.at + length,
            quoted: true,
        })
    }

    fn until_blank(self) -> Option<Assigned> {
        let end = (self.at + VALUE_BYTES_MAX).min(self.bytes.len());
        let slice = self.bytes.get(self.at..end)?;
        let stop = |byte: &u8| {
            matches!(
                byte,
                b' ' | b'\t' | b'\r' | b'\n' | b'"' | b'\'' | b'`' | b',' | b';' | b'<' | b'>' | b'|'
            )
        };
        let length = slice.iter().position(stop).unwrap_or(slice.len());
        let trimmed = slice[..length].iter().rposition(|byte| !matches!(byte, b')' | b']' | b'\\'))? + 1;
        Some(Assigned { start: self.at, end: self.at + trimmed, quoted: false })
    }
}

// `- name: API_TOKEN` and below it `value: …`.
fn value_on_next_line(bytes: &[u8], start: usize, end: usize) -> Option<Assigned> {
    let line = memrchr(b'\n', &bytes[..start]).map_or(0, |at| at + 1);
    if start - line > 200 {
        return None;
    }
    let head: &[u8] = bytes[line..start].trim_ascii_start();
    let head = head.strip_prefix(b"- ").unwrap_or(head);
    let head = head.strip_prefix(b"\"").unwrap_or(head);
    if !head.starts_with(b"name") && !head.starts_with(b"key") && !head.starts_with(b"Name") {
        return None;
    }
    let next = end + memchr(b'\n', bytes.get(end..(end + 4).min(bytes.len()))?)? + 1;
    Rest { bytes, at: next }.past_value_name()?.value()
}

// `--password VALUE`, `ENV PASSWORD VALUE`, `-p VALUE` are words apart.
fn is_flag(bytes: &[u8], start: usize) -> bool {
    let from = start.saturating_sub(NAME_BYTES_MAX);
    let head = &bytes[from..start];
    let name = head.iter().rposition(|byte| !is_name(*byte)).map_or(0, |at| at + 1);
    let word = &bytes[from + name..];
    if word.starts_with(b"--") {
        return true;
    }
    let before = head[..name].trim_ascii_end();
    [&b"ENV"[..], b"ARG", b"setx", b"password"]
        .iter()
        .any(|word| before.ends_with(word) && before.len() < name)
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

fn is_type(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'_' | b'&' | b'\'' | b' ' | b'<' | b'>' | b':' | b'?' | b'[' | b']' | b'*')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::value_after;

    fn value(text: &str) -> Option<&str> {
        let start = text.to_ascii_lowercase().find("token").expect("the line has the keyword");
        let found = value_after(text.as_bytes(), start, start + 5)?;
        Some(&text[found.start..found.end])
    }

    #[test]
    fn every_way_to_write_a_setting_is_read() {
        let cases = [
            "token = \"V4lue\"",
            "token=V4lue",
            "export TOKEN='V4lue'",
            "MY_TOKEN_KEY: V4lue",
            "\"token\": \"V4lue\",",
            "{\\\"token\\\": \\\"V4lue\\\"}",
            "token := `V4lue`",
            "'token' => 'V4lue',",
            "config['token'] = 'V4lue'",
            "setToken(\"V4lue\")",
            "set(\"token\", \"V4lue\")",
            "<token>V4lue</token>",
            "<add key=\"Token\" value=\"V4lue\" />",
            "{\"name\":\"TOKEN\",\"value\":\"V4lue\"}",
            "--token V4lue --other",
            "--token=V4lue",
            "ENV TOKEN V4lue",
            "const TOKEN: &'static str = \"V4lue\";",
            "let token: string = 'V4lue';",
            "  - name: TOKEN\n    value: V4lue\n",
            "\"name\": \"TOKEN\",\n\"value\": \"V4lue\"\n",
            "token = b'V4lue'",
            "token(V4lue)",
        ];
        for text in cases {
            let found = value(text);
            let next = text.contains('\n') && found.is_none() && text.starts_with('"');
            assert!(found == Some("V4lue") || next, "{text}: {found:?}");
        }
    }

    #[test]
    fn what_assigns_nothing_yields_nothing() {
        for text in
            ["token", "token\n= 3", "the token is here", "x = \"my token\"", "token.kind;", "token = \"\""]
        {
            assert_eq!(value(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken(bytes in proptest::collection::vec(prop::sample::select(b"tokenvalue=:\"'\\ \n,(<>[]-".to_vec()), 0..200), at in 0_usize..200) {
            let start = at.min(bytes.len());
            let end = (start + 3).min(bytes.len());
            if let Some(found) = value_after(&bytes, start, end) {
                prop_assert!(found.start <= found.end && found.end <= bytes.len());
            }
        }
    }
}
