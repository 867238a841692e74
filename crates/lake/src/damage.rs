//! Files that cannot be read: how they are found, where they are put, and what is told of them.
//!
//! A damaged file must not cost the others. When a query or a merge fails on what it read, the files it touched are
//! checked, the bad ones leave the lake for the folder `damaged` beside it, and the query is asked again. Nothing in that
//! folder is read again; it is kept for people, as long as events are.

use std::{
    fs::{self, File},
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde::Serialize;

use crate::{
    column::fit,
    file::{DataFile, FileName},
    limits::{DAMAGED_SHOWN_MAX, MERGE_BATCH_ROWS},
    seal::sync_dir,
};

/// Smallest file that can be Parquet: magic at both ends and the length of the footer.
pub(crate) const PARQUET_BYTES_MIN: u64 = 12;

/// A file of the lake that could not be read and was set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DamagedFile {
    /// Where it lies now.
    pub path: PathBuf,
    /// What is wrong with it.
    pub reason: String,
    /// Events it held, where its name says so.
    pub rows: u64,
}

/// How closely a file is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// Its length, its footer and the count of its rows.
    Footer,
    /// Every row.
    Rows,
}

/// The files among these that cannot be read, and why. Reads every row only where no footer is bad.
pub(crate) fn find(files: &[Arc<DataFile>]) -> Vec<(Arc<DataFile>, String)> {
    [Depth::Footer, Depth::Rows]
        .into_iter()
        .map(|depth| {
            let check = |file: &Arc<DataFile>| Some((Arc::clone(file), fault(file, depth)?));
            files.iter().filter_map(check).collect::<Vec<_>>()
        })
        .find(|bad| !bad.is_empty())
        .unwrap_or_default()
}

// What is wrong with a file. Damaged bytes may make a decoder panic.
fn fault(file: &DataFile, depth: Depth) -> Option<String> {
    catch_unwind(AssertUnwindSafe(|| check(file, depth)))
        .unwrap_or_else(|_| Err("its content makes the reader fail".to_owned()))
        .err()
}

fn check(file: &DataFile, depth: Depth) -> Result<(), String> {
    let opened = File::open(&file.path).map_err(|error| error.to_string())?;
    let length = opened.metadata().map_err(|error| error.to_string())?.len();
    if length != file.bytes {
        return Err(format!("it has {length} bytes, not {}", file.bytes));
    }
    let builder = ParquetRecordBatchReaderBuilder::try_new(opened).map_err(|error| error.to_string())?;
    let rows = builder.metadata().file_metadata().num_rows();
    if u64::try_from(rows) != Ok(file.rows) {
        return Err(format!("it has {rows} rows, not {}", file.rows));
    }
    if depth == Depth::Footer {
        return Ok(());
    }
    let reader = builder.with_batch_size(MERGE_BATCH_ROWS).build().map_err(|error| error.to_string())?;
    for batch in reader {
        batch.and_then(|batch| fit(&batch)).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// The folder beside the events where damaged files go.
#[derive(Debug, Clone)]
pub(crate) struct Aside(PathBuf);

impl Aside {
    pub(crate) fn new(root: &Path) -> Self {
        Self(root.join("damaged"))
    }

    /// Moves a file here and returns its new place.
    pub(crate) fn take(&self, path: &Path) -> io::Result<PathBuf> {
        let place = self.place(path)?;
        fs::rename(path, &place)?;
        // The file is out of the way already; that it stays so over a loss of power is not worth an error.
        let _ = sync_dir(&self.0);
        Ok(place)
    }

    /// Keeps a copy of a file that is still needed where it is.
    pub(crate) fn copy(&self, path: &Path) -> io::Result<PathBuf> {
        let place = self.place(path)?;
        fs::hard_link(path, &place).or_else(|_| fs::copy(path, &place).map(drop))?;
        Ok(place)
    }

    /// What lies here.
    pub(crate) fn list(&self) -> Vec<DamagedFile> {
        let entries = fs::read_dir(&self.0).into_iter().flatten().flatten();
        let mut files: Vec<DamagedFile> = entries
            .map(|entry| DamagedFile {
                rows: rows(&entry.path()),
                path: entry.path(),
                reason: "found damaged in an earlier run".to_owned(),
            })
            .collect();
        files.sort_by(|left, right| left.path.cmp(&right.path));
        files
    }

    /// Removes what was set aside longer ago than `age`.
    pub(crate) fn expire(&self, now: SystemTime, age: Duration) {
        for entry in fs::read_dir(&self.0).into_iter().flatten().flatten() {
            let changed = entry.metadata().and_then(|metadata| metadata.modified());
            let is_old = changed.is_ok_and(|time| now.duration_since(time).is_ok_and(|since| since > age));
            if is_old {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    // `file_activity.2026-11-23T14.000000000003-000000000003-120.parquet`; a number follows where the name is taken.
    fn place(&self, path: &Path) -> io::Result<PathBuf> {
        fs::create_dir_all(&self.0)?;
        let part = |path: Option<&Path>| {
            path.and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
        };
        let name = match path.extension() {
            Some(extension) if extension == "parquet" => {
                let hour = path.parent();
                format!("{}.{}.{}", part(hour.and_then(Path::parent)), part(hour), part(Some(path)))
            }
            _ => part(Some(path)),
        };
        let free = (0_u32..).map(|number| match number {
            0 => self.0.join(&name),
            _ => self.0.join(format!("{name}.{number}")),
        });
        free.into_iter().find(|place| !place.exists()).ok_or_else(|| io::Error::other("no free name"))
    }
}

// The number of rows that stands in the name of a sealed file.
fn rows(path: &Path) -> u64 {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.split('.').find_map(|part| FileName::parse(&format!("{part}.parquet"))).map_or(0, |name| name.rows)
}

/// What was set aside, counted in full and remembered as far as it is shown.
#[derive(Debug, Clone, Default)]
pub(crate) struct DamageCount {
    pub(crate) files: u64,
    pub(crate) rows: u64,
    pub(crate) latest: Vec<DamagedFile>,
}

impl DamageCount {
    pub(crate) fn add(&mut self, file: DamagedFile) {
        self.files += 1;
        self.rows += file.rows;
        if self.latest.len() >= DAMAGED_SHOWN_MAX {
            self.latest.remove(0);
        }
        self.latest.push(file);
    }
}
