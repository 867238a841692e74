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
/// A store that refuses is told of at most this often.
const TELL: Duration = Duration::from_secs(10);
/// How often the lake tidies up.
const MAINTAIN: Duration = Duration::from_secs(60);

/// Writes what arrives until the senders are gone. The lake reports what it could not keep in its statistics.
pub fn write(lake: &Lake, queue: &Receiver<Stored>) {
    let mut batch: Vec<Stored> = Vec::with_capacity(BATCH_EVENTS);
    let mut refusals = Refusals::default();
    loop {
        let open = fill(queue, &mut batch);
        if !batch.is_empty() {
            append(lake, &batch, &mut refusals);
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

/// What the lake refused since that was last told.
#[derive(Default)]
struct Refusals {
    batches: u64,
    told: Option<Instant>,
}

impl Refusals {
    // How many batches were refused since the last time, where it is time to tell.
    fn add(&mut self, now: Instant) -> Option<u64> {
        self.batches += 1;
        if self.told.is_some_and(|told| now.duration_since(told) < TELL) {
            return None;
        }
        self.told = Some(now);
        Some(std::mem::take(&mut self.batches))
    }
}

fn append(lake: &Lake, batch: &[Stored], refusals: &mut Refusals) {
    let rules: Vec<Vec<&str>> =
        batch.iter().map(|stored| stored.rules.iter().map(String::as_str).collect()).collect();
    let events: Vec<StoredEvent<'_>> =
        batch.iter().zip(&rules).map(|(stored, rules)| StoredEvent { event: &stored.event, rules }).collect();
    if let Err(error) = lake.append(&events)
        && let Some(batches) = refusals.add(Instant::now())
    {
        tracing::warn!(%error, batches, "events could not be stored; they are counted as lost");
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_refuses_again_and_again_is_told_of_now_and_then() {
        let mut refusals = Refusals::default();
        let begin = Instant::now();
        assert_eq!(refusals.add(begin), Some(1));
        assert_eq!(refusals.add(begin + Duration::from_secs(1)), None);
        assert_eq!(refusals.add(begin + Duration::from_secs(2)), None);
        assert_eq!(refusals.add(begin + TELL), Some(3));
        assert_eq!(refusals.add(begin + TELL), None);
    }
}
