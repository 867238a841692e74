//! [`DataFile`]: a sealed Parquet file, and how its name says what it holds.
//!
//! `events/<class table>/<YYYY-MM-DDTHH>/<first>-<last>-<rows>.parquet`: the rows of the segments `first` to `last`.
//!
//! INVARIANT: the names alone decide which files count. A file of one segment whose log is still there does not (the
//! log does); a file whose segments lie within those of a neighbour does not (it was merged into that). So removing
//! the log commits a seal, and renaming the merged file commits a merge, each in one step.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use chrono::{DateTime, NaiveDateTime};
use yagura_event::OcsfClass;

use crate::LakeError;

/// Ending of a file that is not whole yet.
pub(crate) const TEMPORARY: &str = ".tmp";
const NANOS_PER_HOUR: i64 = 3_600_000_000_000;

/// Hours since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Hour(pub(crate) i64);

impl Hour {
    pub(crate) fn of(nanos: i64) -> Self {
        Self(nanos.div_euclid(NANOS_PER_HOUR))
    }

    pub(crate) fn start_nanos(self) -> i64 {
        self.0.saturating_mul(NANOS_PER_HOUR)
    }

    /// The last nanosecond.
    pub(crate) fn end_nanos(self) -> i64 {
        self.start_nanos().saturating_add(NANOS_PER_HOUR - 1)
    }

    /// The folder's name, for example `2026-11-23T14`.
    pub(crate) fn name(self) -> String {
        DateTime::from_timestamp_nanos(self.start_nanos()).format("%Y-%m-%dT%H").to_string()
    }

    fn parse(name: &str) -> Option<Self> {
        let start = NaiveDateTime::parse_from_str(&format!("{name}:00"), "%Y-%m-%dT%H:%M").ok()?;
        let hour = Self(start.and_utc().timestamp().div_euclid(3600));
        (hour.name() == name).then_some(hour)
    }
}

/// Which folder rows belong to. Ordered by time first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Partition {
    pub(crate) hour: Hour,
    pub(crate) class: OcsfClass,
}

impl Partition {
    pub(crate) fn folder(self, events: &Path) -> PathBuf {
        events.join(self.class.table()).join(self.hour.name())
    }
}

/// A sealed file. It vanishes from the disk when it is doomed and the last query that reads it is over.
#[derive(Debug)]
pub(crate) struct DataFile {
    pub(crate) partition: Partition,
    pub(crate) path: PathBuf,
    pub(crate) first: u64,
    pub(crate) last: u64,
    pub(crate) rows: u64,
    pub(crate) bytes: u64,
    doomed: AtomicBool,
}

impl DataFile {
    pub(crate) fn new(partition: Partition, path: PathBuf, name: FileName, bytes: u64) -> Self {
        let FileName { first, last, rows } = name;
        Self { partition, path, first, last, rows, bytes, doomed: AtomicBool::new(false) }
    }

    /// Removes the file once nobody reads it.
    pub(crate) fn doom(&self) {
        self.doomed.store(true, Ordering::Relaxed);
    }

    /// Whether it holds rows of this segment and of no other.
    pub(crate) fn is_of(&self, segment: u64) -> bool {
        self.first == segment && self.last == segment
    }

    fn is_within(&self, other: &Self) -> bool {
        self.partition == other.partition
            && other.first <= self.first
            && self.last <= other.last
            && (other.first, other.last) != (self.first, self.last)
    }
}

impl Drop for DataFile {
    fn drop(&mut self) {
        if self.doomed.load(Ordering::Relaxed) {
            // What stays does not count by its name, and the next start removes it.
            let _ = fs::remove_file(&self.path);
            if let Some(folder) = self.path.parent() {
                // Fails where other files are left.
                let _ = fs::remove_dir(folder);
            }
        }
    }
}

/// What a file's name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileName {
    pub(crate) first: u64,
    pub(crate) last: u64,
    pub(crate) rows: u64,
}

impl FileName {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let mut numbers = name.strip_suffix(".parquet")?.split('-').map(str::parse);
        let parsed =
            Self { first: numbers.next()?.ok()?, last: numbers.next()?.ok()?, rows: numbers.next()?.ok()? };
        (numbers.next().is_none() && parsed.first <= parsed.last).then_some(parsed)
    }
}

impl std::fmt::Display for FileName {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:012}-{:012}-{}.parquet", self.first, self.last, self.rows)
    }
}

/// What lies below `events/`.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// The files that count.
    pub(crate) files: Vec<DataFile>,
    /// Files that do not count: unfinished, merged into others, or still in the log.
    pub(crate) leftovers: Vec<PathBuf>,
}

/// Lists the files. `unsealed` are the segments whose log is still there. Files that are not ours are left alone.
pub(crate) fn list(events: &Path, unsealed: &[u64]) -> Result<Listing, LakeError> {
    let mut found = Vec::new();
    let mut leftovers = Vec::new();
    for class in OcsfClass::ALL {
        for (hour, folder) in folders(&events.join(class.table()))? {
            for (name, path, bytes) in files(&folder)? {
                if name.ends_with(TEMPORARY) {
                    leftovers.push(path);
                } else if let Some(name) = FileName::parse(&name) {
                    found.push(DataFile::new(Partition { hour, class }, path, name, bytes));
                }
            }
        }
    }
    found.sort_by_key(|file| (file.partition, file.first, std::cmp::Reverse(file.last)));
    let mut listing = Listing { files: Vec::with_capacity(found.len()), leftovers };
    for file in found {
        let is_logged = file.first == file.last && unsealed.contains(&file.first);
        // Sorted so that a merged file comes right before its parts.
        let is_merged = listing.files.last().is_some_and(|whole| file.is_within(whole));
        if is_logged || is_merged {
            listing.leftovers.push(file.path.clone());
        } else {
            listing.files.push(file);
        }
    }
    Ok(listing)
}

fn folders(class: &Path) -> Result<Vec<(Hour, PathBuf)>, LakeError> {
    let mut folders = Vec::new();
    for entry in read_dir(class)? {
        let entry = entry.map_err(LakeError::io("list", class))?;
        if let Some(hour) = entry.file_name().to_str().and_then(Hour::parse) {
            folders.push((hour, entry.path()));
        }
    }
    Ok(folders)
}

fn files(folder: &Path) -> Result<Vec<(String, PathBuf, u64)>, LakeError> {
    let mut files = Vec::new();
    for entry in read_dir(folder)? {
        let entry = entry.map_err(LakeError::io("list", folder))?;
        // A file may be merged away while a reader beside the owner lists.
        if let (Ok(metadata), Some(name)) = (entry.metadata(), entry.file_name().to_str())
            && metadata.is_file()
        {
            files.push((name.to_owned(), entry.path(), metadata.len()));
        }
    }
    Ok(files)
}

fn read_dir(path: &Path) -> Result<impl Iterator<Item = std::io::Result<fs::DirEntry>>, LakeError> {
    match fs::read_dir(path) {
        Ok(entries) => Ok(Some(entries).into_iter().flatten()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None.into_iter().flatten()),
        Err(error) => Err(LakeError::io("list", path)(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_a_file_holds() {
        let name = FileName { first: 3, last: 12, rows: 250_000 };
        assert_eq!(FileName::parse(&name.to_string()), Some(name));
        for wrong in ["a-b-c.parquet", "1-2.parquet", "2-1-5.parquet", "1-2-3-4.parquet", "1-2-3.tmp"] {
            assert_eq!(FileName::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn hours_have_the_name_of_their_folder() {
        let hour = Hour::of(1_700_000_000_000_000_000);
        assert_eq!(hour.name(), "2023-11-14T22");
        assert_eq!(Hour::parse(&hour.name()), Some(hour));
        assert_eq!(Hour::parse("2023-11-14"), None);
        assert_eq!(Hour::of(-1).end_nanos(), -1);
    }

    #[test]
    fn merged_and_logged_files_do_not_count() {
        let dir = tempfile::tempdir().expect("a directory");
        let folder = dir.path().join("file_activity/2023-11-14T22");
        fs::create_dir_all(&folder).expect("a folder");
        for name in ["1-1-5", "2-2-5", "1-2-10", "3-3-7", "4-4-1"] {
            fs::write(folder.join(format!("{name}.parquet")), b"").expect("a file");
        }
        fs::write(folder.join("5-5-1.parquet.tmp"), b"").expect("a file");
        let listing = list(dir.path(), &[4]).expect("a listing");
        let counted: Vec<(u64, u64)> = listing.files.iter().map(|file| (file.first, file.last)).collect();
        assert_eq!(counted, [(1, 2), (3, 3)]);
        assert_eq!(listing.leftovers.len(), 4);
    }
}
