//! Reading a lake beside the process that owns it.
//!
//! INVARIANT: a snapshot has every row once. The log is read first, then the files are listed; if meanwhile a segment
//! was sealed (its log is gone) or the listing changed, everything is read again.

use std::{io, sync::Arc};

use crate::{
    LakeError, LakeStats,
    file::{self, DataFile},
    limits::READER_TRIES,
    memory::MemoryBatch,
    owner::{Dirs, Snapshot},
    stats::Counters,
    wal,
};
use yagura_event::Timestamp;

/// What is on disk now: sealed files and logs. Rows of the last moments may be missing.
pub(crate) fn snapshot(dirs: &Dirs) -> Result<Snapshot, LakeError> {
    let mut tries = 1;
    loop {
        match try_snapshot(dirs) {
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
fn try_snapshot(dirs: &Dirs) -> Result<Option<Snapshot>, LakeError> {
    let ids = wal::segments(&dirs.wal)?;
    let mut batches = Vec::new();
    for id in &ids {
        let path = wal::segment_path(&dirs.wal, *id);
        match wal::replay(&path) {
            Ok(replay) => batches.extend(replay.batches.into_iter().map(MemoryBatch::new)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(LakeError::io("read", path)(error)),
        }
    }
    let files = file::list(&dirs.events, &ids)?.files;
    let again = file::list(&dirs.events, &ids)?.files;
    let names = |files: &[DataFile]| files.iter().map(|file| file.path.clone()).collect::<Vec<_>>();
    let ids_now = wal::segments(&dirs.wal)?;
    if names(&files) != names(&again) || !ids.iter().all(|id| ids_now.contains(id)) {
        return Ok(None);
    }
    Ok(Some(Snapshot { batches, files: files.into_iter().map(Arc::new).collect() }))
}

/// What is on disk, counted; what the owner counts since its start is not known here.
pub(crate) fn stats(dirs: &Dirs) -> Result<LakeStats, LakeError> {
    let snapshot = snapshot(dirs)?;
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
        ..LakeStats::default()
    })
}
