//! [`Text`]: a condition or output that remembers, through all substitution, where each part of it was written.

use std::sync::Arc;

use super::{problem::FilePlace, yaml};
use crate::diagnostic::SourceFile;

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

    /// Where the byte was written.
    pub(super) fn place(&self, byte: usize, length: usize, files: &[SourceFile]) -> FilePlace {
        let last = self.origin.len().saturating_sub(1);
        let Some((source, at)) = self.origin.get(byte.min(last)) else { return self.start() };
        let source = &self.sources[*source as usize];
        if source.text.is_empty() {
            return source.place;
        }
        let file = &files[source.place.file].text;
        let place = yaml::place_within(file, &source.place.place, &source.text, *at as usize, length);
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
