//! The thread that writes events into the lake.

use std::{
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::{Duration, Instant, SystemTime},
};

use yagura_event::Event;
use yagura_lake::{Lake, StoredEvent};

/// An event to keep, and the rules it triggered.
pub struct Stored {
    /// The event.
    pub event: Event,
    /// Names of the rules it triggered.
    pub rules: Vec<String>,
}

/// Events that may wait for the writer.
pub const QUEUE_EVENTS: usize = 65_536;
/// Events written at once.
const BATCH_EVENTS: usize = 4_096;
/// Longest time an event waits to be written.
const FLUSH: Duration = Duration::from_millis(100);
/// How often the lake tidies up.
const MAINTAIN: Duration = Duration::from_secs(60);

/// Writes what arrives until the senders are gone. The lake reports what it could not keep in its statistics.
pub fn write(lake: &Lake, queue: &Receiver<Stored>) {
    let mut batch: Vec<Stored> = Vec::with_capacity(BATCH_EVENTS);
    loop {
        let open = fill(queue, &mut batch);
        if !batch.is_empty() {
            append(lake, &batch);
            batch.clear();
        }
        if !open {
            if let Err(error) = lake.flush() {
                tracing::warn!(%error, "the last events could not be written to disk");
            }
            return;
        }
    }
}

// Waits for a first event, then takes what is there until the batch is full or its time is over. False at the end.
fn fill(queue: &Receiver<Stored>, batch: &mut Vec<Stored>) -> bool {
    let deadline = Instant::now() + FLUSH;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        match queue.recv_timeout(left) {
            Ok(stored) => batch.push(stored),
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
        }
        if batch.len() >= BATCH_EVENTS {
            return true;
        }
    }
}

fn append(lake: &Lake, batch: &[Stored]) {
    let rules: Vec<Vec<&str>> =
        batch.iter().map(|stored| stored.rules.iter().map(String::as_str).collect()).collect();
    let events: Vec<StoredEvent<'_>> =
        batch.iter().zip(&rules).map(|(stored, rules)| StoredEvent { event: &stored.event, rules }).collect();
    if let Err(error) = lake.append(&events) {
        tracing::warn!(%error, events = events.len(), "events could not be stored");
    }
}

/// Merges small files and removes what is too old, until `stop` is true.
pub fn maintain(lake: &Lake, stop: &AtomicBool) {
    let mut last = Instant::now();
    while !stop.load(Ordering::Acquire) {
        std::thread::sleep(FLUSH);
        if last.elapsed() < MAINTAIN {
            continue;
        }
        last = Instant::now();
        if let Err(error) = lake.maintain(SystemTime::now()) {
            tracing::warn!(%error, "the event store could not tidy up");
        }
    }
}
