//! Reading a lake beside the process that owns it.
//!
//! INVARIANT: a snapshot has every row once. The log is read first, then the files are listed; if meanwhile a segment
//! was sealed (its log is gone) or the listing changed, everything is read again.

use std::{
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use crate::{
    DamagedFile, LakeError, LakeStats,
    damage::DamageCount,
    file::{self, DataFile},
    limits::READER_TRIES,
    memory::MemoryBatch,
    owner::{Dirs, Snapshot, lock},
    stats::Counters,
    wal,
};
use yagura_event::Timestamp;

/// A lake that is read, and what in it turned out to be unreadable. Nothing is moved: that is the owner's business.
pub(crate) struct Reader {
    pub(crate) dirs: Dirs,
    damage: Mutex<DamageCount>,
    left_out: Mutex<BTreeSet<PathBuf>>,
}

impl Reader {
    pub(crate) fn new(dirs: Dirs) -> Self {
        Self { dirs, damage: Mutex::default(), left_out: Mutex::default() }
    }

    /// What is on disk now: sealed files and logs. Rows of the last moments may be missing.
    pub(crate) fn snapshot(&self) -> Result<Snapshot, LakeError> {
        let mut snapshot = snapshot(&self.dirs, |path, reason| {
            self.leave_out(path, 0, reason);
        })?;
        let left_out = lock(&self.left_out);
        snapshot.files.retain(|file| !left_out.contains(&file.path));
        Ok(snapshot)
    }

    /// Reads these files no more; false where none of them was read.
    pub(crate) fn set_aside(&self, bad: &[(Arc<DataFile>, String)]) -> bool {
        bad.iter().fold(false, |any, (file, reason)| self.leave_out(&file.path, file.rows, reason) || any)
    }

    fn leave_out(&self, path: &Path, rows: u64, reason: &str) -> bool {
        let is_new = lock(&self.left_out).insert(path.to_owned());
        if is_new {
            let file = DamagedFile { path: path.to_owned(), reason: reason.to_owned(), rows };
            lock(&self.damage).add(file);
        }
        is_new
    }
}

fn snapshot(dirs: &Dirs, mut bad_log: impl FnMut(&Path, &str)) -> Result<Snapshot, LakeError> {
    let mut tries = 1;
    loop {
        match try_snapshot(dirs, &mut bad_log) {
            Ok(Some(snapshot)) => return Ok(snapshot),
            Err(error) if tries >= READER_TRIES => return Err(error),
            Ok(None) if tries >= READER_TRIES => {
                let reason = "the files change faster than they can be read".to_owned();
                return Err(LakeError::Corrupt { path: dirs.root.clone(), reason });
            }
            Ok(None) | Err(_) => tries += 1,
        }
    }
}

// `None` where something changed meanwhile.
fn try_snapshot(dirs: &Dirs, bad_log: &mut impl FnMut(&Path, &str)) -> Result<Option<Snapshot>, LakeError> {
    let ids = wal::segments(&dirs.wal)?;
    let mut batches = Vec::new();
    // A log that holds nothing says nothing about the files of its segment.
    let mut logged = Vec::new();
    for id in &ids {
        let path = wal::segment_path(&dirs.wal, *id);
        match wal::replay(&path) {
            Ok(replay) if replay.is_alien => bad_log(&path, "it is no log of ours"),
            Ok(replay) => {
                logged.push(*id);
                batches.extend(replay.batches.into_iter().map(MemoryBatch::new));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => bad_log(&path, &error.to_string()),
        }
    }
    let files = file::list(&dirs.events, &logged)?.files;
    let again = file::list(&dirs.events, &logged)?.files;
    let names = |files: &[DataFile]| files.iter().map(|file| file.path.clone()).collect::<Vec<_>>();
    let ids_now = wal::segments(&dirs.wal)?;
    if names(&files) != names(&again) || !ids.iter().all(|id| ids_now.contains(id)) {
        return Ok(None);
    }
    Ok(Some(Snapshot::new(batches, files.into_iter().map(Arc::new).collect())))
}

/// What is on disk, counted; what the owner counts since its start is not known here.
pub(crate) fn stats(reader: &Reader) -> Result<LakeStats, LakeError> {
    let snapshot = reader.snapshot()?;
    let damage = lock(&reader.damage).clone();
    let rows_in_memory = snapshot.batches.iter().map(|batch| batch.rows() as u64).sum::<u64>();
    let files = &snapshot.files;
    let file_start = files.first().map(|file| file.partition.hour.start_nanos());
    let file_end = files.last().map(|file| file.partition.hour.end_nanos());
    let oldest = snapshot.batches.iter().map(|batch| batch.time_min).chain(file_start).min();
    let newest = snapshot.batches.iter().map(|batch| batch.time_max).chain(file_end).max();
    Ok(LakeStats {
        rows: rows_in_memory + files.iter().map(|file| file.rows).sum::<u64>(),
        rows_in_memory,
        bytes: files.iter().map(|file| file.bytes).sum(),
        files: files.len() as u64,
        memory_bytes: snapshot.batches.iter().map(|batch| batch.bytes as u64).sum(),
        oldest: oldest.map(Timestamp::from_nanos),
        newest: newest.map(Timestamp::from_nanos),
        dropped: Counters::new().dropped,
        damaged_files: damage.files,
        damaged_rows: damage.rows,
        damaged: damage.latest,
        ..LakeStats::default()
    })
}
