//! The one walk over a target: each file is read once and shown to every engine that wants it.

use std::{
    collections::HashSet,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Mutex,
};

use yagura_image::{Entry, EntryKind, LargeFile, Problem, ProblemKind, Visitor, Want};
use yagura_packages::{Collector, FileMeta, Want as PackageWant};
use yagura_secrets::{Scanner, Secret, Want as SecretWant};

use crate::{
    limits,
    malware::Desk,
    marks::{Marks, PathHash},
    options::Options,
    slim::{InMemory, Slim, slim},
};

/// What all layers of a walk share.
pub(crate) struct Shared<'a> {
    pub(crate) options: &'a Options,
    pub(crate) hash: PathHash,
    /// Names can come twice and layers hide each other: an archive or a store, no folder.
    pub(crate) is_image: bool,
    pub(crate) layers: usize,
    /// Looks for secrets, if that was asked for.
    pub(crate) secrets: Option<Scanner<'a>>,
    /// Takes files to be searched for malware, if that was asked for.
    pub(crate) malware: Option<&'a Desk<'a>>,
    /// Held while a large file is in memory, so that two never are.
    pub(crate) large: Mutex<()>,
}

/// Sees one layer.
pub(crate) struct LayerWalk<'a> {
    shared: &'a Shared<'a>,
    layer: u32,
    collector: Collector,
    databases: Collector,
    marks: Marks,
    secrets: Vec<Secret>,
    problems: Vec<Problem>,
    problems_lost: u64,
    files: u64,
    bytes: u64,
    forgotten: Vec<(String, u64)>,
    unsearched: u64,
    // Files handed in for malware so far.
    order: u64,
    // Files of this layer that an engine was shown.
    shown: HashSet<u64>,
    // Executables among them that say what they were built from.
    built: HashSet<u64>,
}

/// What came of a layer.
pub(crate) struct Walked {
    pub(crate) collector: Collector,
    /// Package databases only, to tell which layer brought a package.
    pub(crate) databases: Collector,
    pub(crate) marks: Marks,
    pub(crate) secrets: Vec<Secret>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) problems_lost: u64,
    pub(crate) files: u64,
    pub(crate) bytes: u64,
    /// Names that came again: what was found in them before that turn is not there any more.
    pub(crate) forgotten: Vec<(String, u64)>,
    /// Files too large to be searched for malware.
    pub(crate) unsearched: u64,
}

impl<'a> LayerWalk<'a> {
    pub(crate) fn done(self) -> Walked {
        Walked {
            collector: self.collector,
            databases: self.databases,
            marks: self.marks,
            secrets: self.secrets,
            problems: self.problems,
            problems_lost: self.problems_lost,
            files: self.files,
            bytes: self.bytes,
            forgotten: self.forgotten,
            unsearched: self.unsearched,
        }
    }

    pub(crate) fn new(shared: &'a Shared<'a>, layer: u32) -> Self {
        let collector = || Collector::new(yagura_packages::Options::default());
        Self {
            shared,
            layer,
            collector: collector(),
            databases: collector(),
            marks: Marks::default(),
            secrets: Vec::new(),
            problems: Vec::new(),
            problems_lost: 0,
            files: 0,
            bytes: 0,
            forgotten: Vec::new(),
            unsearched: 0,
            order: 0,
            shown: HashSet::new(),
            built: HashSet::new(),
        }
    }

    fn is_left_out(&self, entry: &Entry) -> bool {
        let options = self.shared.options;
        options.skip_files.fits(entry.path)
            || self.shared.is_image && options.skip_folders.fits_within(entry.path)
    }

    /// A name that came before means another file from now on.
    fn forget(&mut self, entry: &Entry) {
        let path = entry.path;
        self.collector.retain(|known, _| known != path);
        self.databases.retain(|known, _| known != path);
        self.secrets.retain(|secret| secret.path != path);
        if self.shared.malware.is_some() {
            self.forgotten.push((path.to_owned(), self.order));
        }
    }

    fn mark(&mut self, entry: &Entry) {
        let hash = self.shared.hash.of(entry.path);
        let is_mark = matches!(entry.kind, EntryKind::Whiteout | EntryKind::OpaqueDirectory);
        if !is_mark && self.shown.remove(&hash) {
            self.forget(entry);
        }
        // Nothing lies below the lowest layer.
        if self.layer > 0 {
            self.marks.add(hash, entry);
        }
    }

    fn wants_package(&self, entry: &Entry) -> PackageWant {
        if !self.shared.options.scanners.wants_packages() {
            return PackageWant::No;
        }
        self.collector.want(&meta(entry))
    }

    fn add_package(&mut self, entry: &Entry, bytes: &[u8]) {
        if self.shared.is_image {
            self.shown.insert(self.shared.hash.of(entry.path));
        }
        self.collector.add(&meta(entry), bytes);
        if self.shared.layers > 1 && is_database(entry.path) {
            self.databases.add(&meta(entry), bytes);
        }
    }

    fn add_executable(&mut self, entry: &Entry, file: &mut dyn LargeFile) {
        match slim(file) {
            Ok(Slim::Nothing) => {}
            Ok(Slim::Bytes(bytes)) => {
                if self.shared.is_image {
                    self.built.insert(self.shared.hash.of(entry.path));
                }
                self.add_package(entry, &bytes);
            }
            Ok(Slim::Whole) => self.add_whole(entry, file),
            Err(error) => self.trouble(entry, ProblemKind::Unreadable, error.to_string()),
        }
    }

    /// Reads a large file whole, if it is not too large for that.
    fn add_whole(&mut self, entry: &Entry, file: &mut dyn LargeFile) {
        if file.size() > limits::LARGE_FILE_BYTES_MAX {
            let message = format!("a file of {} bytes is too large to be read", file.size());
            return self.trouble(entry, ProblemKind::Limit, message);
        }
        self.with_whole(entry, file, |walk, bytes| walk.add_package(entry, bytes));
    }

    /// One large file in memory at a time.
    fn with_whole(&mut self, entry: &Entry, file: &mut dyn LargeFile, work: impl FnOnce(&mut Self, &[u8])) {
        let _alone = self.shared.large.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let mut bytes = vec![0; usize::try_from(file.size()).unwrap_or(0)];
        match file.read_at(0, &mut bytes) {
            Ok(count) => work(self, &bytes[..count]),
            Err(error) => self.trouble(entry, ProblemKind::Unreadable, error.to_string()),
        }
    }

    fn wants_malware(&self, entry: &Entry) -> bool {
        self.shared.malware.is_some() && (1..=limits::MALWARE_FILE_BYTES as u64).contains(&entry.size)
    }

    fn find_malware(&mut self, entry: &Entry, bytes: &[u8]) {
        let Some(desk) = self.shared.malware.filter(|_| self.wants_malware(entry)) else { return };
        if self.shared.is_image {
            self.shown.insert(self.shared.hash.of(entry.path));
        }
        desk.search(entry.path, self.layer, self.order, bytes);
        self.order += 1;
    }

    fn add_by_head(&mut self, entry: &Entry, bytes: &[u8]) {
        if self.collector.want_head(&meta(entry), bytes) {
            self.add_executable(entry, &mut InMemory(bytes));
        }
    }

    fn trouble(&mut self, entry: &Entry, kind: ProblemKind, message: String) {
        let place =
            yagura_image::Place { layer: Some(self.layer), path: Some(entry.path.to_owned()), offset: None };
        self.problem(Problem { kind, place, message });
    }

    fn wants_secrets(&self, entry: &Entry) -> SecretWant {
        match self.shared.secrets {
            Some(scanner) if entry.size <= limits::SECRET_FILE_BYTES_MAX => {
                scanner.want(entry.path, entry.size)
            }
            _ => SecretWant::No,
        }
    }

    fn find_secrets(&mut self, entry: &Entry, bytes: &[u8]) {
        let Some(scanner) = self.shared.secrets else { return };
        // A scanner that fails on one file must not end the others.
        let found = catch_unwind(AssertUnwindSafe(|| scanner.scan(entry.path, bytes)));
        let Ok(mut found) = found else {
            return self.trouble(entry, ProblemKind::Unreadable, "the search for secrets failed".to_owned());
        };
        if found.is_empty() {
            return;
        }
        if self.shared.is_image {
            self.shown.insert(self.shared.hash.of(entry.path));
        }
        found.truncate(limits::SECRETS_MAX.saturating_sub(self.secrets.len()));
        self.secrets.append(&mut found);
    }

    /// What a second name of a file is worth: programs were seen under their first name.
    fn wants_link(&self, target: &str, package: PackageWant) -> Want {
        let built = self.built.contains(&self.shared.hash.of(target));
        if package == PackageWant::Whole || built { Want::Whole } else { Want::No }
    }
}

impl Visitor for LayerWalk<'_> {
    fn entry(&mut self, entry: &Entry) -> Want {
        if self.shared.is_image {
            self.mark(entry);
        }
        let link = match entry.kind {
            EntryKind::File => None,
            EntryKind::Hardlink { target } => Some(target),
            _ => return Want::No,
        };
        self.files += 1;
        self.bytes += entry.size;
        if self.is_left_out(entry) {
            return Want::No;
        }
        let package = self.wants_package(entry);
        if let Some(target) = link {
            return self.wants_link(target, package);
        }
        let secrets = self.wants_secrets(entry);
        if secrets == SecretWant::Path {
            self.find_secrets(entry, b"");
        }
        if self.shared.malware.is_some() && entry.size > limits::MALWARE_FILE_BYTES as u64 {
            self.unsearched += 1;
        }
        match (package, secrets) {
            _ if self.wants_malware(entry) => Want::Whole,
            (PackageWant::Whole, _) => Want::Whole,
            // What is small is read at once; of the rest the first bytes tell whether it is text.
            (_, SecretWant::Whole) if entry.size <= SMALL_BYTES => Want::Whole,
            (PackageWant::Head, _) | (_, SecretWant::Whole) => Want::Head,
            (PackageWant::No, _) => Want::No,
        }
    }

    fn head(&mut self, entry: &Entry, head: &[u8]) -> Want {
        if self.wants_package(entry) == PackageWant::Head && self.collector.want_head(&meta(entry), head) {
            return Want::Access;
        }
        if is_text(head) && self.wants_secrets(entry) == SecretWant::Whole { Want::Whole } else { Want::No }
    }

    fn file(&mut self, entry: &Entry, bytes: &[u8]) {
        let is_searched = entry.size <= SMALL_BYTES || is_text(&bytes[..bytes.len().min(HEAD_BYTES)]);
        if is_searched && self.wants_secrets(entry) == SecretWant::Whole {
            self.find_secrets(entry, bytes);
        }
        match self.wants_package(entry) {
            PackageWant::Whole => self.add_package(entry, bytes),
            PackageWant::Head => self.add_by_head(entry, bytes),
            PackageWant::No => {}
        }
        self.find_malware(entry, bytes);
    }

    fn large_file(&mut self, entry: &Entry, file: &mut dyn LargeFile) {
        let package = self.wants_package(entry);
        if self.wants_malware(entry) {
            return self.with_whole(entry, file, |walk, bytes| {
                match package {
                    PackageWant::Whole => walk.add_package(entry, bytes),
                    PackageWant::Head => walk.add_by_head(entry, bytes),
                    PackageWant::No => {}
                }
                walk.find_malware(entry, bytes);
            });
        }
        match package {
            PackageWant::Whole => self.add_whole(entry, file),
            PackageWant::Head => self.add_executable(entry, file),
            PackageWant::No => {}
        }
    }

    fn enter(&mut self, path: &str) -> bool {
        !self.shared.options.skip_folders.fits(path)
    }

    fn problem(&mut self, problem: Problem) {
        if self.problems.len() < limits::PROBLEMS_MAX {
            self.problems.push(problem);
        } else {
            self.problems_lost += 1;
        }
    }
}

const SMALL_BYTES: u64 = 64 << 10;
const HEAD_BYTES: usize = yagura_image::limits::HEAD_BYTES;

/// No zero byte, or UTF-16 that says so.
fn is_text(head: &[u8]) -> bool {
    head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) || !head.contains(&0)
}

fn meta<'e>(entry: &Entry<'e>) -> FileMeta<'e> {
    FileMeta { path: entry.path, size: entry.size, mode: entry.mode, layer: entry.layer }
}

/// Files that hold all packages at once, so that a layer that adds one replaces the file.
fn is_database(path: &str) -> bool {
    const ENDS: &[&str] =
        &["lib/dpkg/status", "lib/apk/db/installed", "rpm/rpmdb.sqlite", "rpm/Packages", "rpm/Packages.db"];
    ENDS.iter().any(|end| path.ends_with(end))
}
