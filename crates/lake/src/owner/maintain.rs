//! Sealing, merging and expiring: what happens to rows behind the back of who appends.

use std::{
    collections::BTreeMap,
    fs,
    sync::{Arc, PoisonError},
    time::SystemTime,
};

use super::{Owner, lock};
use crate::{
    LakeError,
    compact::{self, merge_files},
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
            let merged = Arc::new(merge_files(&self.dirs.events, &run)?);
            let mut view = lock(&self.view);
            view.files.retain(|file| !run.iter().any(|part| Arc::ptr_eq(part, file)));
            view.add_files([merged]);
            run.iter().for_each(|part| part.doom());
            lock(&self.counters).merged_files += run.len() as u64;
        }
    }

    fn expire(&self, now: SystemTime) -> Result<(), LakeError> {
        let _busy = lock(&self.files_busy);
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
