//! Chooses files, reads each once, keeps what they told until [`Collector::finish`].

use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

use crate::{
    binary,
    diagnostic::DiagnosticCode,
    inventory::{self, Inventory},
    java, limits,
    parser::{Found, PARSERS, Parser, Pattern, ends_with, file_name, folder},
};

/// What is known of a file before it is read.
#[derive(Debug, Clone, Copy)]
pub struct FileMeta<'a> {
    /// Relative to the root of the target: no leading slash, no `.` or `..`, parts separated by `/`.
    pub path: &'a str,
    /// In bytes.
    pub size: u64,
    /// Permission bits.
    pub mode: u32,
    /// The layer it came from; 0 where there are none.
    pub layer: u32,
}

/// Whether a file is worth reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// It is not.
    No,
    /// The whole of it.
    Whole,
    /// Its first [`limits::HEAD_BYTES`] will tell; ask [`Collector::want_head`].
    Head,
}

/// What a collector is to look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Executables that carry a list of what they were built from (Go, cargo-auditable).
    pub binaries: bool,
    /// Java archives.
    pub archives: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { binaries: true, archives: true }
    }
}

/// Collects what files tell about packages: one for each target, or one for each layer, joined by
/// [`Collector::absorb`].
pub struct Collector {
    options: Options,
    index: Index,
    found: Vec<Found>,
    packages: usize,
    diagnostics: usize,
    lost_diagnostics: usize,
}

impl Collector {
    /// A collector that has seen nothing yet.
    pub fn new(options: Options) -> Self {
        let (found, packages, diagnostics, lost_diagnostics) = (Vec::new(), 0, 0, 0);
        Self { options, index: Index::new(options), found, packages, diagnostics, lost_diagnostics }
    }

    /// Is the file worth reading? Decided by path, size and mode; cheap enough for millions of files.
    pub fn want(&self, meta: &FileMeta<'_>) -> Want {
        match self.index.find(meta.path) {
            Some(parser) if meta.size <= parser.bytes_max => Want::Whole,
            Some(_) => Want::No,
            None if self.options.binaries && binary::is_candidate(meta.size, meta.mode) => Want::Head,
            None => Want::No,
        }
    }

    /// With the first bytes at hand: is the whole file worth reading?
    pub fn want_head(&self, meta: &FileMeta<'_>, head: &[u8]) -> bool {
        match self.want(meta) {
            Want::Whole => true,
            Want::Head => binary::is_executable(head),
            Want::No => false,
        }
    }

    /// Reads a file. What is wrong with it becomes a diagnostic.
    pub fn add(&mut self, meta: &FileMeta<'_>, bytes: &[u8]) {
        let parser = match self.index.find(meta.path) {
            Some(parser) => parser,
            None if binary::is_executable(bytes) => &binary::PARSER,
            None => return,
        };
        let mut found = Found { path: meta.path.to_owned(), layer: meta.layer, ..Found::default() };
        if catch_unwind(AssertUnwindSafe(|| (parser.parse)(&mut found, bytes))).is_err() {
            found = Found { path: meta.path.to_owned(), layer: meta.layer, ..Found::default() };
            found.problem(None, DiagnosticCode::Internal, "the parser failed; the file was left out");
        }
        self.keep(found);
    }

    /// Takes over what another collector found.
    pub fn absorb(&mut self, other: Self) {
        self.lost_diagnostics += other.lost_diagnostics;
        for found in other.found {
            self.keep(found);
        }
    }

    /// Forgets the files for which `is_left` says no: those that a later layer removed or replaced.
    pub fn retain(&mut self, mut is_left: impl FnMut(&str, u32) -> bool) {
        self.found.retain(|found| is_left(&found.path, found.layer));
    }

    /// Takes out what was found in some files, by path and layer, as a collector of its own.
    pub fn split_off(&mut self, mut is_taken: impl FnMut(&str, u32) -> bool) -> Self {
        let (taken, left) = self.found.drain(..).partition(|found| is_taken(&found.path, found.layer));
        self.found = left;
        Self { found: taken, ..Self::new(self.options) }
    }

    /// Joins what all files told: who owns which file, who needs whom; each package once, in a fixed order.
    pub fn finish(self) -> Inventory {
        inventory::join(self.found, self.lost_diagnostics, &[])
    }

    /// The same, and which OS package owns each of these paths of the target ([`Inventory::owners`]).
    pub fn finish_owning(self, paths: &[String]) -> Inventory {
        inventory::join(self.found, self.lost_diagnostics, paths)
    }

    fn keep(&mut self, mut found: Found) {
        let room = limits::PACKAGES_MAX.saturating_sub(self.packages);
        if found.items.len() > room {
            found = Found { path: found.path, layer: found.layer, ..Found::default() };
            found.problem(None, DiagnosticCode::Limit, "too many packages in all; the file was left out");
        }
        let room = limits::DIAGNOSTICS_MAX.saturating_sub(self.diagnostics);
        self.lost_diagnostics += found.diagnostics.len().saturating_sub(room);
        found.diagnostics.truncate(room);
        self.diagnostics += found.diagnostics.len();
        self.packages += found.items.len();
        if !found.is_empty() {
            self.found.push(found);
        }
    }
}

impl std::fmt::Debug for Collector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Collector")
            .field("files", &self.found.len())
            .field("packages", &self.packages)
            .finish()
    }
}

// Finds the parser of a path with one or two look-ups.
struct Index {
    names: HashMap<&'static str, Vec<(Pattern, &'static Parser)>>,
    extensions: HashMap<&'static str, Vec<(Pattern, &'static Parser)>>,
    folders: Vec<(&'static str, &'static Parser)>,
}

impl Index {
    fn new(options: Options) -> Self {
        let mut index = Self { names: HashMap::new(), extensions: HashMap::new(), folders: Vec::new() };
        let is_archive = |parser: &Parser| std::ptr::fn_addr_eq(parser.parse, java::jar::PARSER.parse);
        for parser in PARSERS.iter().filter(|parser| options.archives || !is_archive(parser)) {
            for pattern in parser.patterns {
                match *pattern {
                    Pattern::Name(name)
                    | Pattern::Project(name)
                    | Pattern::In(_, name)
                    | Pattern::Below(_, name) => {
                        index.names.entry(name).or_default().push((*pattern, parser));
                    }
                    Pattern::Extension(extension, _) => {
                        index.extensions.entry(extension).or_default().push((*pattern, parser));
                    }
                    Pattern::Folder(name) => index.folders.push((name, parser)),
                }
            }
        }
        index
    }

    fn find(&self, path: &str) -> Option<&'static Parser> {
        let (folder, name) = (folder(path), file_name(path));
        let fits = |pattern: &Pattern| match pattern {
            Pattern::Name(_) => true,
            Pattern::Project(_) => !path.contains("node_modules/"),
            Pattern::In(parts, _) => ends_with(folder, parts),
            Pattern::Below(parts, _) => ends_with(self::folder(folder), parts),
            Pattern::Extension(_, condition) => condition(path),
            Pattern::Folder(_) => false,
        };
        let by_name = self.names.get(name).into_iter();
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        let by_extension = self.extensions.get(extension).into_iter();
        let mut candidates = by_name.chain(by_extension).flatten();
        if let Some((_, parser)) = candidates.find(|(pattern, _)| fits(pattern)) {
            return Some(parser);
        }
        self.folders.iter().find(|(parts, _)| ends_with(folder, parts)).map(|(_, parser)| *parser)
    }
}

impl Found {
    fn is_empty(&self) -> bool {
        self.items.is_empty()
            && self.files.is_empty()
            && self.licences.is_none()
            && self.distro.is_none()
            && self.hints.is_empty()
            && !self.wants_fallback
            && self.diagnostics.is_empty()
    }
}
