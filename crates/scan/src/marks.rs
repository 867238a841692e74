//! What upper layers do to the paths of lower ones: hashes instead of paths, so that millions fit.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher, RandomState},
};

use yagura_image::{Entry, EntryKind};

use crate::{limits, pattern::folders};

/// Hashes paths with a key that no image can know, so that nobody can make two paths look the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct PathHash(RandomState);

impl PathHash {
    pub(crate) fn of(&self, path: &str) -> u64 {
        self.0.hash_one(path) & !KIND
    }
}

const KIND: u64 = 3;
const FOLDER: u64 = 0;
const OTHER: u64 = 1;
const WHITEOUT: u64 = 2;
const OPAQUE: u64 = 3;

const CHUNK: usize = 32 << 10;

/// The entries of one layer, 8 bytes each.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    // Chunks never move, so growing costs no second copy.
    chunks: Vec<Vec<u64>>,
    /// There were more than could be remembered.
    pub(crate) overflowed: bool,
}

impl Marks {
    pub(crate) fn add(&mut self, hash: u64, entry: &Entry) {
        let kind = match entry.kind {
            EntryKind::Directory => FOLDER,
            EntryKind::Whiteout => WHITEOUT,
            EntryKind::OpaqueDirectory => OPAQUE,
            _ => OTHER,
        };
        if self.chunks.last().is_none_or(|chunk| chunk.len() == CHUNK) {
            if self.chunks.len() >= limits::MARKS_MAX / CHUNK {
                self.overflowed = true;
                return;
            }
            self.chunks.push(Vec::with_capacity(if self.chunks.is_empty() { 256 } else { CHUNK }));
        }
        if let Some(chunk) = self.chunks.last_mut() {
            chunk.push(hash | kind);
        }
    }

    fn iter(&self) -> impl Iterator<Item = u64> {
        self.chunks.iter().flatten().copied()
    }
}

/// Answers for the paths it was made for whether they are still there at the top.
pub(crate) struct View<'h> {
    hash: &'h PathHash,
    events: HashMap<u64, Vec<(u32, u64)>>,
}

impl<'h> View<'h> {
    /// `paths` are those that will be asked about; `layers` the marks of all layers, the lowest first.
    pub(crate) fn new<'p>(
        hash: &'h PathHash,
        paths: impl Iterator<Item = &'p str>,
        layers: &[Marks],
    ) -> Self {
        let asked: HashSet<u64> =
            paths.flat_map(folders).map(|path| hash.of(path)).chain([hash.of("")]).collect();
        let mut events: HashMap<u64, Vec<(u32, u64)>> = HashMap::new();
        for (layer, marks) in (0u32..).zip(layers) {
            for mark in marks.iter().filter(|mark| asked.contains(&(mark & !KIND))) {
                events.entry(mark & !KIND).or_default().push((layer, mark & KIND));
            }
        }
        Self { hash, events }
    }

    /// The lowest layer above `layer` that removed or replaced the path.
    pub(crate) fn hidden_by(&self, path: &str, layer: u32) -> Option<u32> {
        let own = self.above(path, layer).map(|(by, _)| by);
        let parents = folders(path).filter(|folder| folder.len() < path.len()).chain([""]);
        let parents = parents.flat_map(|folder| self.above(folder, layer));
        let removed = parents.filter(|(_, kind)| *kind != FOLDER).map(|(by, _)| by);
        own.chain(removed).min()
    }

    fn above(&self, path: &str, layer: u32) -> impl Iterator<Item = (u32, u64)> {
        let events = self.events.get(&self.hash.of(path)).into_iter().flatten();
        events.filter(move |(by, _)| *by > layer).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str) -> Entry<'_> {
        let (mark, path) = text.split_once(' ').expect("mark and path");
        let kind = match mark {
            "d" => EntryKind::Directory,
            "w" => EntryKind::Whiteout,
            "o" => EntryKind::OpaqueDirectory,
            "l" => EntryKind::Symlink { target: "x" },
            _ => EntryKind::File,
        };
        Entry { path, kind, size: 0, mode: 0, uid: 0, gid: 0, layer: 0 }
    }

    #[track_caller]
    fn check(layers: &[&[&str]], path: &str, expected: Option<u32>) {
        let hash = PathHash::default();
        let marks: Vec<Marks> = layers
            .iter()
            .map(|layer| {
                let mut marks = Marks::default();
                layer.iter().map(|text| entry(text)).for_each(|entry| marks.add(hash.of(entry.path), &entry));
                marks
            })
            .collect();
        let view = View::new(&hash, [path].into_iter(), &marks);
        assert_eq!(view.hidden_by(path, 0), expected, "{path} under {layers:?}");
    }

    #[test]
    fn upper_layers_hide_by_replacing_and_removing() {
        check(&[&["f a/b"], &["f a/b"]], "a/b", Some(1));
        check(&[&["f a/b"], &["w a/b"]], "a/b", Some(1));
        check(&[&["f a/b"], &["d a"], &["w a"]], "a/b", Some(2));
        check(&[&["f a/b/c"], &["o a"]], "a/b/c", Some(1));
        check(&[&["f a/b"], &["o a/b"]], "a/b", Some(1));
        check(&[&["f a/b"], &["l a"]], "a/b", Some(1));
        check(&[&["f a/b"], &["d a/b"]], "a/b", Some(1));
        check(&[&["f a"], &["o "]], "a", Some(1));
    }

    #[test]
    fn what_is_beside_below_or_before_hides_nothing() {
        check(&[&["f a/b"], &["d a", "f a/c", "w a/bb"]], "a/b", None);
        check(&[&["f a/b", "w a/b", "o a"], &[]], "a/b", None);
        check(&[&["f a/b"], &["f a/b/c"]], "a/b", None);
        check(&[&["f b"], &["o a", "w c"]], "b", None);
    }
}
