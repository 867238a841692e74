//! [`Text`]: a condition or output that remembers, through all substitution, where each part of it was written.

use std::{cell::OnceCell, sync::Arc};

use super::{
    problem::FilePlace,
    yaml::{self, Characters},
};
use crate::{diagnostic::SourceFile, limits::CONDITION_BYTES_MAX};

/// The files, for whoever looks for places in them.
#[derive(Debug)]
pub(super) struct Files<'f> {
    files: &'f [SourceFile],
    characters: Vec<OnceCell<Characters>>,
}

impl<'f> Files<'f> {
    pub(super) fn new(files: &'f [SourceFile]) -> Self {
        Self { files, characters: files.iter().map(|_| OnceCell::new()).collect() }
    }

    pub(super) fn name(&self, file: usize) -> &'f str {
        &self.files[file].name
    }

    fn text(&self, file: usize) -> (&'f str, &Characters) {
        let text = &self.files[file].text;
        (text, self.characters[file].get_or_init(|| Characters::new(text)))
    }
}

/// A text of parts, each from a scalar of a file.
#[derive(Debug, Clone, Default)]
pub(super) struct Text {
    pub(super) text: String,
    // By byte of `text`: which source, and the byte in it.
    origin: Vec<(u32, u32)>,
    sources: Vec<Arc<Source>>,
}

#[derive(Debug)]
struct Source {
    place: FilePlace,
    text: String,
}

impl Text {
    /// The text of a scalar.
    pub(super) fn new(text: &str, place: FilePlace) -> Self {
        let origin = (0..text.len()).map(|byte| (0, index(byte))).collect();
        Self {
            text: text.to_owned(),
            origin,
            sources: vec![Arc::new(Source { place, text: text.to_owned() })],
        }
    }

    /// Puts another text after a blank.
    pub(super) fn append(&mut self, other: &Self) {
        let shift = index(self.sources.len());
        self.text.push(' ');
        self.origin.push(other.origin.first().map_or((0, 0), |(source, byte)| (source + shift, *byte)));
        self.text.push_str(&other.text);
        self.origin.extend(other.origin.iter().map(|(source, byte)| (source + shift, *byte)));
        self.sources.extend(other.sources.iter().cloned());
    }

    /// Puts what was written elsewhere around it; all of that points at `place`.
    pub(super) fn surround(&mut self, before: &str, after: &str, place: FilePlace) {
        let source = index(self.sources.len());
        self.sources.push(Arc::new(Source { place, text: String::new() }));
        let origin = |length: usize| std::iter::repeat_n((source, 0), length);
        self.text = format!("{before}{}{after}", self.text);
        self.origin = origin(before.len()).chain(self.origin.drain(..)).chain(origin(after.len())).collect();
    }

    /// Replaces a part; the new text points at where the old one was.
    pub(super) fn replace(&mut self, start: usize, end: usize, new: &str) {
        let origin = self.origin.get(start.min(end.saturating_sub(1))).copied().unwrap_or_default();
        self.text.replace_range(start..end, new);
        self.origin.splice(start..end, std::iter::repeat_n(origin, new.len()));
    }

    /// Puts a list's items in wherever its name stands alone, and says whether it does. An empty list takes one
    /// neighbouring comma with it. What becomes too long is left off in the middle: the caller refuses it.
    pub(super) fn put_in_list(&mut self, name: &str, items: &str) -> bool {
        let blank = |byte: &u8| b" \t\n\r".contains(byte);
        let ends = |byte: &u8| b" \t\n\r(),=".contains(byte);
        if name.is_empty() || !self.text.contains(name) {
            return false;
        }
        let old = std::mem::take(&mut self.text);
        let origin = std::mem::take(&mut self.origin);
        let bytes = old.as_bytes();
        let (mut done, mut from, mut used) = (0, 0, false);
        while let Some(found) = old.get(from..).and_then(|rest| rest.find(name)) {
            let (start, mut end) = (from + found, from + found + name.len());
            let before = if start > done { Some(bytes[start - 1]) } else { self.text.bytes().last() };
            if !(before.as_ref().is_none_or(ends) && bytes.get(end).is_none_or(ends)) {
                from = start + old[start..].chars().next().map_or(1, char::len_utf8);
                continue;
            }
            used = true;
            self.push(&old[done..start], &origin[done..start]);
            while self.text.as_bytes().last().is_some_and(blank) {
                self.pop();
            }
            while bytes.get(end).is_some_and(blank) {
                end += 1;
            }
            if items.is_empty() {
                if self.text.ends_with(',') {
                    self.pop();
                } else if bytes.get(end) == Some(&b',') {
                    end += 1;
                }
            }
            let place = origin[start];
            let lead = if self.text.is_empty() { "" } else { " " };
            for part in [lead, items, " "] {
                self.text.push_str(part);
                self.origin.extend(std::iter::repeat_n(place, part.len()));
            }
            (done, from) = (end, end);
            if self.text.len() > CONDITION_BYTES_MAX {
                break;
            }
        }
        self.push(&old[done..], &origin[done..]);
        used
    }

    fn push(&mut self, text: &str, origin: &[(u32, u32)]) {
        self.text.push_str(text);
        self.origin.extend_from_slice(origin);
    }

    // The last byte, which is one of ASCII.
    fn pop(&mut self) {
        self.text.pop();
        self.origin.pop();
    }

    /// Where the byte was written.
    pub(super) fn place(&self, byte: usize, length: usize, files: &Files<'_>) -> FilePlace {
        let last = self.origin.len().saturating_sub(1);
        let Some((source, at)) = self.origin.get(byte.min(last)) else { return self.start() };
        let source = &self.sources[*source as usize];
        if source.text.is_empty() {
            return source.place;
        }
        let text = files.text(source.place.file);
        let place = yaml::place_within(text, &source.place.place, &source.text, *at as usize, length);
        FilePlace { place, ..source.place }
    }

    /// Where it begins.
    pub(super) fn start(&self) -> FilePlace {
        self.sources.first().map(|source| source.place).unwrap_or_default()
    }
}

fn index(number: usize) -> u32 {
    u32::try_from(number).expect("limits.rs bounds files and conditions")
}
