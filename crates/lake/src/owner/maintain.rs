//! Sealing, merging and expiring: what happens to rows behind the back of who appends.

use std::{
    collections::BTreeMap,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{Arc, PoisonError},
    time::SystemTime,
};

use super::{Owner, lock};
use crate::{
    DamagedFile, LakeError,
    compact::{self, merge_files},
    damage,
    file::{DataFile, Hour},
    seal::{seal, sync_dir},
};

impl Owner {
    /// Ends the active segment and seals everything.
    pub(crate) fn seal_all(&self) -> Result<(), LakeError> {
        self.rotate_now()?;
        while self.seal_next()? {}
        Ok(())
    }

    /// Seals the oldest segment that waits for it; false where none does.
    pub(crate) fn seal_next(&self) -> Result<bool, LakeError> {
        let _busy = lock(&self.files_busy);
        let Some(segment) = lock(&self.view).sealing.front().cloned() else { return Ok(false) };
        let files = seal(&self.dirs.events, &segment).inspect_err(|error| self.failed(error))?;
        // The files count from the moment the log is gone.
        if let Some(path) = &segment.path {
            fs::remove_file(path)
                .or_else(|error| match error.kind() {
                    std::io::ErrorKind::NotFound => Ok(()),
                    _ => Err(error),
                })
                .map_err(LakeError::io("remove", path))
                .and_then(|()| sync_dir(&self.dirs.wal))
                .inspect_err(|error| self.failed(error))?;
        }
        let mut view = lock(&self.view);
        view.sealing.pop_front();
        view.add_files(files.into_iter().map(Arc::new));
        lock(&self.counters).sealed_segments += 1;
        Ok(true)
    }

    /// Merges small files and removes what is too old or too much.
    pub(crate) fn maintain(&self, now: SystemTime) -> Result<(), LakeError> {
        let expired = self.expire(now);
        let merged = self.merge_small_files();
        expired.and(merged).inspect_err(|error| self.failed(error))
    }

    fn merge_small_files(&self) -> Result<(), LakeError> {
        loop {
            if self.is_stopping() {
                return Ok(());
            }
            let _busy = self.files_busy.lock().unwrap_or_else(PoisonError::into_inner);
            let files = lock(&self.view).files.clone();
            let Some(run) = compact::next_run(&files) else { return Ok(()) };
            let merged = match catch_unwind(AssertUnwindSafe(|| merge_files(&self.dirs.events, &run))) {
                Ok(Ok(merged)) => Arc::new(merged),
                Ok(Err(LakeError::Corrupt { path, reason })) if self.take_aside(&run, &path, &reason) => {
                    continue;
                }
                Ok(Err(error)) => return Err(error),
                // Damaged bytes made the reader panic.
                Err(_) => {
                    let bad = damage::find(&run);
                    if bad.is_empty() {
                        let reason = "merging these files fails inside".to_owned();
                        return Err(LakeError::Corrupt { path: self.dirs.events.clone(), reason });
                    }
                    for (file, reason) in &bad {
                        self.take_aside(&run, &file.path, reason);
                    }
                    continue;
                }
            };
            let mut view = lock(&self.view);
            view.files.retain(|file| !run.iter().any(|part| Arc::ptr_eq(part, file)));
            view.add_files([merged]);
            run.iter().for_each(|part| part.doom());
            lock(&self.counters).merged_files += run.len() as u64;
        }
    }

    /// Takes files that cannot be read out of the lake; false where none of them was in it.
    pub(crate) fn set_aside(&self, bad: &[(Arc<DataFile>, String)]) -> bool {
        let _busy = lock(&self.files_busy);
        let files: Vec<Arc<DataFile>> = bad.iter().map(|(file, _)| Arc::clone(file)).collect();
        bad.iter().fold(false, |any, (file, reason)| self.take_aside(&files, &file.path, reason) || any)
    }

    // `files_busy` is held by the caller. False where no file of these lies at `path`, or it is gone from the lake.
    fn take_aside(&self, files: &[Arc<DataFile>], path: &Path, reason: &str) -> bool {
        let Some(file) = files.iter().find(|file| file.path == path) else { return false };
        let mut view = lock(&self.view);
        let before = view.files.len();
        view.files.retain(|kept| !Arc::ptr_eq(kept, file));
        if view.files.len() == before {
            return false;
        }
        drop(view);
        let mut counters = lock(&self.counters);
        counters.failed(&LakeError::Corrupt { path: path.to_owned(), reason: reason.to_owned() });
        // Where it cannot be moved it stays where it is and is found again after the next start.
        let place = self.dirs.aside().take(path).unwrap_or_else(|_| path.to_owned());
        counters.damage.add(DamagedFile { path: place, reason: reason.to_owned(), rows: file.rows });
        true
    }

    fn expire(&self, now: SystemTime) -> Result<(), LakeError> {
        let _busy = lock(&self.files_busy);
        self.dirs.aside().expire(now, self.options.retention_age);
        let since_epoch = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let oldest_nanos = since_epoch.saturating_sub(self.options.retention_age).as_nanos();
        let oldest_nanos = i64::try_from(oldest_nanos).unwrap_or(i64::MAX);
        let mut view = lock(&self.view);
        let mut hours: BTreeMap<Hour, u64> = BTreeMap::new();
        for file in &view.files {
            *hours.entry(file.partition.hour).or_default() += file.bytes;
        }
        let mut bytes: u64 = hours.values().sum();
        let mut kept_from = None;
        for (hour, hour_bytes) in hours {
            if hour.end_nanos() >= oldest_nanos && bytes <= self.options.retention_bytes {
                kept_from = Some(hour);
                break;
            }
            bytes -= hour_bytes;
        }
        let is_kept = |file: &Arc<DataFile>| kept_from.is_some_and(|hour| file.partition.hour >= hour);
        let (kept, gone): (Vec<_>, Vec<_>) = std::mem::take(&mut view.files).into_iter().partition(is_kept);
        view.files = kept;
        let mut counters = lock(&self.counters);
        for file in &gone {
            file.doom();
            counters.expired_rows += file.rows;
            counters.expired_bytes += file.bytes;
        }
        Ok(())
    }
}
