//! What walks share: counters for a progress bar, and when to stop.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Instant,
};

use crate::Limits;

/// Counters of a running walk; another thread may read them at any time.
#[derive(Debug, Default)]
pub struct Progress {
    /// Entries seen.
    pub entries: AtomicU64,
    /// Bytes of the target dealt with: compressed ones, where it is compressed.
    pub bytes: AtomicU64,
    /// Bytes of the target in all; 0 if not known.
    pub bytes_total: AtomicU64,
    /// Set from outside: stop soon.
    pub cancelled: AtomicBool,
}

/// Limits and counters of one walk.
pub(crate) struct Control<'a> {
    pub(crate) limits: &'a Limits,
    pub(crate) progress: &'a Progress,
}

/// Why a walk has to stop.
pub(crate) enum Stop {
    Entries,
    Deadline,
    Cancelled,
}

impl Control<'_> {
    /// Counts an entry; says when the walk is over.
    pub(crate) fn entry(&self) -> Result<(), Stop> {
        let entries = self.progress.entries.fetch_add(1, Ordering::Relaxed);
        if entries >= self.limits.entries_max {
            return Err(Stop::Entries);
        }
        if entries.is_multiple_of(1024) { self.time() } else { Ok(()) }
    }

    /// Whether time is up.
    pub(crate) fn time(&self) -> Result<(), Stop> {
        if self.progress.cancelled.load(Ordering::Relaxed) {
            return Err(Stop::Cancelled);
        }
        match self.limits.deadline {
            Some(deadline) if Instant::now() > deadline => Err(Stop::Deadline),
            _ => Ok(()),
        }
    }

    /// Counts bytes of the target.
    pub(crate) fn bytes(&self, count: u64) {
        self.progress.bytes.fetch_add(count, Ordering::Relaxed);
    }
}

impl Stop {
    pub(crate) fn message(&self, limits: &Limits) -> String {
        match self {
            Self::Entries => format!("more than {} entries: the rest was not looked at", limits.entries_max),
            Self::Deadline => "out of time: the rest was not looked at".to_owned(),
            Self::Cancelled => "stopped: the rest was not looked at".to_owned(),
        }
    }
}
