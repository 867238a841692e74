//! A visitor that writes down what it sees.

use std::path::Path;

use yagura_image::{
    Entry, EntryKind, LargeFile, Limits, OpenOptions, Problem, Progress, Target, Visitor, Want,
};

/// What one layer showed.
#[derive(Debug, Default)]
pub struct Record {
    pub entries: Vec<String>,
    pub files: Vec<(String, Vec<u8>)>,
    pub problems: Vec<Problem>,
}

impl Visitor for Record {
    fn entry(&mut self, entry: &Entry) -> Want {
        let (mark, more) = match entry.kind {
            EntryKind::File => ("f", String::new()),
            EntryKind::Directory => ("d", String::new()),
            EntryKind::Symlink { target } => ("l", format!(" -> {target}")),
            EntryKind::Hardlink { target } => ("h", format!(" = {target}")),
            EntryKind::Whiteout => ("w", String::new()),
            EntryKind::OpaqueDirectory => ("o", String::new()),
            EntryKind::Other => ("?", String::new()),
        };
        self.entries.push(format!("{mark} {}{more}", entry.path));
        match entry.path.rsplit('.').next() {
            Some("txt") => Want::Whole,
            Some("bin") => Want::Head,
            _ => Want::No,
        }
    }

    fn head(&mut self, _: &Entry, head: &[u8]) -> Want {
        if head.starts_with(b"yes") { Want::Whole } else { Want::No }
    }

    fn file(&mut self, entry: &Entry, bytes: &[u8]) {
        self.files.push((entry.path.to_owned(), bytes.to_vec()));
    }

    fn large_file(&mut self, entry: &Entry, file: &mut dyn LargeFile) {
        let mut end = [0; 4];
        let count = file.read_at(file.size() - 4, &mut end).unwrap();
        self.files.push((format!("{} of {}", entry.path, file.size()), end[..count].to_vec()));
    }

    fn enter(&mut self, path: &str) -> bool {
        !path.ends_with("closed")
    }

    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }
}

impl Record {
    /// Paths of the files that were read.
    pub fn read(&self) -> Vec<&str> {
        self.files.iter().map(|(path, _)| path.as_str()).collect()
    }

    /// Kind and place of each problem.
    pub fn trouble(&self) -> Vec<String> {
        self.problems.iter().map(|problem| format!("{}: {}", problem.kind.name(), problem.place)).collect()
    }
}

/// Walks a target with the usual limits.
pub fn walk(target: &Target) -> Vec<Record> {
    walk_with(target, &Limits::default())
}

pub fn walk_with(target: &Target, limits: &Limits) -> Vec<Record> {
    target.walk(limits, &Progress::default(), |_| Record::default()).0
}

/// Opens an image and walks it.
pub fn image(path: &Path) -> Vec<Record> {
    walk(&Target::image(path.to_str().unwrap(), &OpenOptions::default()).unwrap())
}
