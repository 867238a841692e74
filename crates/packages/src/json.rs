//! JSON to a tree.
//!
//! Unlike `serde_json` it gives line numbers of values, reads comments and trailing commas (`bun.lock`, `*.jsonc`),
//! returns the good part of a broken document, and has ceilings on depth and count.

use std::borrow::Cow;

use crate::{
    limits,
    tree::{Broken, Node, Value},
};

/// Reads a document; with an error, what stood before it.
pub(crate) fn read(text: &str) -> (Node<'_>, Option<Broken>) {
    read_up_to(text, limits::NODES_MAX)
}

/// Reads a document that may have more values than others.
pub(crate) fn read_up_to(text: &str, nodes_left: u32) -> (Node<'_>, Option<Broken>) {
    let mut reader =
        Reader { text, bytes: text.as_bytes(), at: 0, line: 1, depth: 0, nodes_left, broken: None };
    let node = reader.value();
    if reader.broken.is_none() {
        reader.space();
        if reader.at < reader.bytes.len() {
            reader.fail("text after the end of the document");
        }
    }
    (node, reader.broken)
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    line: u32,
    depth: u32,
    nodes_left: u32,
    broken: Option<Broken>,
}

impl<'a> Reader<'a> {
    fn fail(&mut self, reason: &'static str) {
        if self.broken.is_none() {
            self.broken = Some(Broken { line: self.line, reason: Cow::Borrowed(reason) });
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'\n' => {
                    self.at += 1;
                    self.line += 1;
                }
                b'/' if self.bytes.get(self.at + 1) == Some(&b'/') => {
                    let rest = &self.bytes[self.at..];
                    self.at += rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
                }
                b'/' if self.bytes.get(self.at + 1) == Some(&b'*') => {
                    let rest = &self.bytes[self.at + 2..];
                    let length = comment_end(rest).unwrap_or(rest.len());
                    self.line += rest[..length].iter().filter(|byte| **byte == b'\n').count() as u32;
                    self.at += 2 + length;
                }
                _ => return,
            }
        }
    }

    fn value(&mut self) -> Node<'a> {
        self.space();
        let line = self.line;
        if self.nodes_left == 0 {
            self.fail("too many values; the rest was not read");
            return Node { line, value: Value::Null };
        }
        self.nodes_left -= 1;
        let value = match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => Value::String(self.string()),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => self.word(),
            None => {
                self.fail("the document ends too early");
                Value::Null
            }
        };
        Node { line, value }
    }

    fn nested(&mut self, inner: fn(&mut Self) -> Value<'a>) -> Value<'a> {
        if self.depth == limits::DEPTH_MAX {
            self.fail("nested too deeply; the rest was not read");
            return Value::Null;
        }
        self.depth += 1;
        self.at += 1;
        let value = inner(self);
        self.depth -= 1;
        value
    }

    fn object(&mut self) -> Value<'a> {
        let mut entries = Vec::new();
        while self.more(b'}') {
            let line = self.line;
            if self.peek() != Some(b'"') {
                self.fail("expected a key");
                break;
            }
            let key = self.string();
            self.space();
            if self.broken.is_some() || self.peek() != Some(b':') {
                self.fail("expected a colon");
                break;
            }
            self.at += 1;
            let value = self.value().value;
            entries.push((key, Node { line, value }));
        }
        entries.shrink_to_fit();
        Value::Object(entries)
    }

    fn array(&mut self) -> Value<'a> {
        let mut items = Vec::new();
        while self.more(b']') {
            let item = self.value();
            items.push(item);
        }
        items.shrink_to_fit();
        Value::Array(items)
    }

    // Is there another element? Eats the comma before it, or the closing bracket.
    fn more(&mut self, close: u8) -> bool {
        if self.broken.is_some() {
            return false;
        }
        let before = self.bytes[..self.at].last().copied();
        self.space();
        let opening = matches!(before, Some(b'{' | b'['));
        match self.peek() {
            Some(byte) if byte == close => {
                self.at += 1;
                false
            }
            Some(b',') if !opening => {
                self.at += 1;
                self.space();
                if self.peek() == Some(close) {
                    self.at += 1;
                    return false;
                }
                true
            }
            Some(_) if opening => true,
            Some(_) => {
                self.fail("expected a comma");
                false
            }
            None => {
                self.fail("the document ends too early");
                false
            }
        }
    }

    fn string(&mut self) -> Cow<'a, str> {
        let start = self.at + 1;
        let Some(length) = self.bytes[start..].iter().position(|byte| matches!(byte, b'"' | b'\\')) else {
            self.at = self.bytes.len();
            self.fail("a string has no end");
            return Cow::Borrowed("");
        };
        self.at = start + length;
        if self.bytes[self.at] == b'"' {
            self.at += 1;
            return Cow::Borrowed(&self.text[start..start + length]);
        }
        self.escaped(start)
    }

    fn escaped(&mut self, start: usize) -> Cow<'a, str> {
        let mut out = String::from(&self.text[start..self.at]);
        loop {
            let rest = &self.bytes[self.at..];
            let Some(length) = rest.iter().position(|byte| matches!(byte, b'"' | b'\\')) else {
                self.at = self.bytes.len();
                self.fail("a string has no end");
                return Cow::Owned(out);
            };
            out.push_str(&self.text[self.at..self.at + length]);
            self.at += length + 1;
            if rest[length] == b'"' {
                return Cow::Owned(out);
            }
            let Some(kind) = self.peek().filter(u8::is_ascii) else {
                self.fail("a wrong escape in a string");
                return Cow::Owned(out);
            };
            self.at += 1;
            out.push(match kind {
                b'n' => '\n',
                b't' => '\t',
                b'r' => '\r',
                b'b' => '\u{8}',
                b'f' => '\u{c}',
                b'u' => self.unicode(),
                other => char::from(other),
            });
        }
    }

    fn unicode(&mut self) -> char {
        let Some(first) = self.unit() else { return char::REPLACEMENT_CHARACTER };
        if (0xD800..0xDC00).contains(&first) && self.bytes[self.at..].starts_with(b"\\u") {
            let before = self.at;
            self.at += 2;
            if let Some(second) = self.unit().filter(|unit| (0xDC00..0xE000).contains(unit)) {
                let code = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                return char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
            }
            self.at = before;
        }
        char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER)
    }

    fn unit(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        let unit = u32::from_str_radix(digits, 16).ok()?;
        self.at += 4;
        Some(unit)
    }

    fn number(&mut self) -> Value<'a> {
        let rest = &self.bytes[self.at..];
        let is_part = |byte: &u8| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9');
        let length = rest.iter().position(|byte| !is_part(byte)).unwrap_or(rest.len());
        let text = &self.text[self.at..self.at + length];
        self.at += length;
        Value::Number(Cow::Borrowed(text))
    }

    fn word(&mut self) -> Value<'a> {
        let rest = &self.bytes[self.at..];
        for (word, value) in
            [("null", Value::Null), ("true", Value::Bool(true)), ("false", Value::Bool(false))]
        {
            if rest.starts_with(word.as_bytes()) {
                self.at += word.len();
                return value;
            }
        }
        self.fail("expected a value");
        Value::Null
    }
}

// What a block comment takes, with its end.
fn comment_end(rest: &[u8]) -> Option<usize> {
    rest.windows(2).position(|pair| pair == b"*/").map(|at| at + 2)
}
