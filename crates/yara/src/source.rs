//! What is checked and changed in a file of rules before it is compiled.
//!
//! The compiler descends into brackets and signs by recursion, so their depth has a ceiling here. `include` is resolved
//! here too: a file that was given is a namespace of its own already, any other is refused.

use std::collections::BTreeSet;

use crate::{
    diagnostic::Diagnostic,
    limits::{NESTING_MAX, REGEX_BYTES_MAX, RULE_FILE_BYTES_MAX},
};

/// Operators without a bracket between them: `not not not …`, `a or b or …`.
const OPERATORS_MAX: usize = 5_000;

/// The text to compile; none if the file is not to be compiled.
pub(crate) fn prepared(
    name: &str,
    text: &[u8],
    given: &BTreeSet<String>,
    problems: &mut Vec<Diagnostic>,
) -> Option<Vec<u8>> {
    if text.len() > RULE_FILE_BYTES_MAX {
        let message = format!("the file has {} bytes; at most {RULE_FILE_BYTES_MAX} are read", text.len());
        problems.push(Diagnostic::error(name, 1, message, "split it into several files"));
        return None;
    }
    if let Err((line, message)) = Shape::default().check(text) {
        problems.push(Diagnostic::error(name, line, message, "no rule of this file is used"));
        return None;
    }
    Some(without_includes(name, text, given, problems))
}

/// How many rules a text seems to hold, without compiling it.
pub(crate) fn count(text: &[u8]) -> usize {
    let begins = |line: &[u8]| {
        let line = line.trim_ascii_start();
        ["rule ", "private ", "global "].iter().any(|word| line.starts_with(word.as_bytes()))
    };
    text.split(|byte| *byte == b'\n').filter(|line| begins(line)).count()
}

// Blanks lines that include a file which is there, so that lines keep their numbers.
fn without_includes(
    name: &str,
    text: &[u8],
    given: &BTreeSet<String>,
    problems: &mut Vec<Diagnostic>,
) -> Vec<u8> {
    let mut kept = Vec::with_capacity(text.len());
    for (number, line) in (1..).zip(text.split_inclusive(|byte| *byte == b'\n')) {
        let target = included(line);
        let Some(target) = target else {
            kept.extend_from_slice(line);
            continue;
        };
        kept.extend(line.iter().map(|byte| if *byte == b'\n' { b'\n' } else { b' ' }));
        if !given.contains(&base(&target)) || target.split(['/', '\\']).any(|part| part == "..") {
            let message = format!("`include` of {target:?}, which is not among the files that were given");
            problems.push(Diagnostic::error(
                name,
                number,
                message,
                "give the file, or its folder, as rules too",
            ));
        }
    }
    kept
}

fn included(line: &[u8]) -> Option<String> {
    let rest = line.trim_ascii_start().strip_prefix(b"include")?;
    let rest = rest.trim_ascii_start().strip_prefix(b"\"")?;
    let end = rest.iter().position(|byte| *byte == b'"')?;
    Some(String::from_utf8_lossy(&rest[..end]).into_owned())
}

/// The last part of a path.
pub(crate) fn base(path: &str) -> String {
    path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned()
}

// A reader that knows just enough of the language to tell brackets from text.
#[derive(Default)]
struct Shape {
    depth: usize,
    operators: usize,
    line: u32,
    // The last character that was no blank: a slash after a value divides, after anything else it begins an expression.
    before: u8,
}

impl Shape {
    fn check(mut self, text: &[u8]) -> Result<(), (u32, String)> {
        self.line = 1;
        let mut at = 0;
        while let Some(byte) = text.get(at) {
            at = match byte {
                b'/' if text.get(at + 1) == Some(&b'/') => self.past(text, at, b"\n"),
                b'/' if text.get(at + 1) == Some(&b'*') => self.past(text, at + 2, b"*/"),
                b'"' => self.quoted(text, at)?,
                b'/' if matches!(self.before, b'=' | b's') => self.quoted(text, at)?,
                _ => self.plain(*byte, text, at)?,
            };
        }
        Ok(())
    }

    fn plain(&mut self, byte: u8, text: &[u8], at: usize) -> Result<usize, (u32, String)> {
        match byte {
            b'\n' => {
                self.line += 1;
                // A rule begins: whatever was open is not its fault.
                if [&b"rule "[..], b"private ", b"global "]
                    .iter()
                    .any(|word| text[at + 1..].starts_with(word))
                {
                    (self.depth, self.operators) = (0, 0);
                }
            }
            b'(' | b'[' | b'{' => self.depth += 1,
            b')' | b']' | b'}' => self.depth = self.depth.saturating_sub(1),
            b'-' | b'~' | b'+' | b'*' | b'|' | b'&' | b'^' => self.operators += 1,
            b' ' if [&b" not "[..], b" and ", b" or "].iter().any(|word| text[at..].starts_with(word)) => {
                self.operators += 1;
            }
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            self.before = byte;
        }
        if self.depth > NESTING_MAX {
            return Err((self.line, format!("brackets are nested deeper than {NESTING_MAX}")));
        }
        if self.operators > OPERATORS_MAX {
            return Err((self.line, format!("a condition with more than {OPERATORS_MAX} operators")));
        }
        Ok(at + 1)
    }

    // Past a text or an expression; either ends with its line at the latest.
    fn quoted(&mut self, text: &[u8], start: usize) -> Result<usize, (u32, String)> {
        let quote = text[start];
        let (mut at, mut depth) = (start + 1, 0_usize);
        while let Some(byte) = text.get(at) {
            match byte {
                b'\\' => at += 1,
                b'\n' => break,
                byte if *byte == quote => break,
                b'(' if quote == b'/' => depth += 1,
                b')' if quote == b'/' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > NESTING_MAX {
                return Err((self.line, format!("an expression with groups deeper than {NESTING_MAX}")));
            }
            at += 1;
        }
        if quote == b'/' && at - start > REGEX_BYTES_MAX {
            return Err((self.line, format!("an expression of more than {REGEX_BYTES_MAX} bytes")));
        }
        self.before = quote;
        Ok(if text.get(at) == Some(&b'\n') { at } else { at + 1 })
    }

    fn past(&mut self, text: &[u8], start: usize, end: &[u8]) -> usize {
        let rest = text.get(start..).unwrap_or_default();
        let length = rest.windows(end.len()).position(|window| window == end).unwrap_or(rest.len());
        let skipped = &rest[..length];
        self.line += u32::try_from(skipped.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(0);
        if end == b"\n" { start + length } else { (start + length + end.len()).min(text.len()) }
    }
}
