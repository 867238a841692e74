//! [`LakeStats`]: what the lake holds and what it lost.

use std::collections::BTreeMap;

use serde::Serialize;
use yagura_event::Timestamp;

use crate::{DamagedFile, DropCause, LakeError, damage::DamageCount};

/// What the lake holds, did and lost. Counts of what it did begin when it was opened.
#[derive(Debug, Clone, Default, Serialize)]
pub struct LakeStats {
    /// Events that can be queried.
    pub rows: u64,
    /// Of these, events that are not sealed yet.
    pub rows_in_memory: u64,
    /// Bytes of the sealed files.
    pub bytes: u64,
    /// Sealed files.
    pub files: u64,
    /// Bytes of memory that unsealed events take.
    pub memory_bytes: u64,
    /// Bytes of the log.
    pub wal_bytes: u64,
    /// Time of the oldest event; for sealed events the beginning of its hour.
    pub oldest: Option<Timestamp>,
    /// Time of the newest event; for sealed events the end of its hour.
    pub newest: Option<Timestamp>,
    /// Events taken in.
    pub appended: u64,
    /// Events lost, by cause.
    pub dropped: BTreeMap<DropCause, u64>,
    /// Events that wait for the disk to accept them again.
    pub unwritten: u64,
    /// Segments that became files.
    pub sealed_segments: u64,
    /// Files that were merged into larger ones.
    pub merged_files: u64,
    /// Events removed because of their age or the space they took.
    pub expired_rows: u64,
    /// Bytes removed with them.
    pub expired_bytes: u64,
    /// Parts of the log that were damaged and left out when the lake was opened.
    pub damaged_frames: u64,
    /// Bytes at the ends of segments that a crash cut off, when the lake was opened.
    pub torn_bytes: u64,
    /// Files that could not be read and were set aside in the folder `damaged`; those of earlier runs that still lie
    /// there are counted too.
    pub damaged_files: u64,
    /// Events in them, as far as their names tell.
    pub damaged_rows: u64,
    /// The latest of them.
    pub damaged: Vec<DamagedFile>,
    /// The latest failure.
    pub last_error: Option<String>,
}

/// What [`LakeStats`] counts over time.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) appended: u64,
    pub(crate) dropped: BTreeMap<DropCause, u64>,
    pub(crate) sealed_segments: u64,
    pub(crate) merged_files: u64,
    pub(crate) expired_rows: u64,
    pub(crate) expired_bytes: u64,
    pub(crate) damaged_frames: u64,
    pub(crate) torn_bytes: u64,
    pub(crate) damage: DamageCount,
    pub(crate) last_error: Option<String>,
}

impl Counters {
    pub(crate) fn new() -> Self {
        Self { dropped: DropCause::ALL.into_iter().map(|cause| (cause, 0)).collect(), ..Self::default() }
    }

    pub(crate) fn drop_events(&mut self, cause: DropCause, events: u64) {
        *self.dropped.entry(cause).or_default() += events;
    }

    pub(crate) fn failed(&mut self, error: &LakeError) {
        let text = error.full_text();
        tracing::warn!(error = %text, "lake");
        self.last_error = Some(text);
    }
}
