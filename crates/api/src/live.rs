//! [`Live`]: what happens now, for whoever listens.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use tokio::sync::broadcast;
use yagura_event::Finding;

use crate::limits::{
    STREAM_EVENTS_MAX, STREAM_EVENTS_PER_SECOND_MAX, STREAM_FINDINGS_MAX, STREAM_ITEM_BYTES_MAX,
};

/// Hands what happens now to the live streams. Clones share it.
///
/// Publishing never waits. While nobody listens it costs one atomic read: no JSON is made. A listener that is too slow
/// misses the oldest and is told how many; memory is bounded by the size of the two rings, whoever listens.
#[derive(Debug, Clone)]
pub struct Live(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    findings: broadcast::Sender<Arc<str>>,
    events: broadcast::Sender<Arc<str>>,
    started: Instant,
    second: AtomicU64,
    in_second: AtomicU64,
    events_left_out: AtomicU64,
    findings_left_out: AtomicU64,
}

impl Default for Live {
    fn default() -> Self {
        Self(Arc::new(Inner {
            findings: broadcast::Sender::new(STREAM_FINDINGS_MAX),
            events: broadcast::Sender::new(STREAM_EVENTS_MAX),
            started: Instant::now(),
            second: AtomicU64::new(0),
            in_second: AtomicU64::new(0),
            events_left_out: AtomicU64::new(0),
            findings_left_out: AtomicU64::new(0),
        }))
    }
}

impl Live {
    /// Tells of a finding that happened. Of its evidence only the latest piece goes along, and none where that is large.
    pub fn publish_finding(&self, finding: &Finding) {
        if self.0.findings.receiver_count() == 0 {
            return;
        }
        let latest = finding.evidence.last().cloned().into_iter().collect();
        let texts = [latest, Vec::new()].map(|evidence| {
            serde_json::to_string(&Finding { evidence, ..finding.clone() }).unwrap_or_default()
        });
        match texts.into_iter().find(|json| (1..=STREAM_ITEM_BYTES_MAX).contains(&json.len())) {
            Some(json) => drop(self.0.findings.send(json.into())),
            None => drop(self.0.findings_left_out.fetch_add(1, Ordering::Relaxed)),
        }
    }

    /// Tells of an event. `make` is called only while somebody listens to events, and at most 500 times a second.
    pub fn publish_event(&self, make: impl FnOnce() -> serde_json::Value) {
        if self.0.events.receiver_count() == 0 {
            return;
        }
        if !self.event_fits() {
            self.0.events_left_out.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let json = make().to_string();
        if json.len() <= STREAM_ITEM_BYTES_MAX {
            drop(self.0.events.send(json.into()));
        } else {
            self.0.events_left_out.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many streams listen to events at present.
    pub fn event_subscribers(&self) -> usize {
        self.0.events.receiver_count()
    }

    /// How many listen to anything at present; a stream that takes findings and events counts twice.
    pub fn subscribers(&self) -> usize {
        self.0.events.receiver_count() + self.0.findings.receiver_count()
    }

    pub(crate) fn findings(&self) -> broadcast::Receiver<Arc<str>> {
        self.0.findings.subscribe()
    }

    pub(crate) fn events(&self) -> broadcast::Receiver<Arc<str>> {
        self.0.events.subscribe()
    }

    /// Events and findings that no stream got, since start.
    pub(crate) fn left_out(&self) -> (u64, u64) {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        (count(&self.0.events_left_out), count(&self.0.findings_left_out))
    }

    // Two threads at the turn of a second may let a few more through; nobody minds.
    fn event_fits(&self) -> bool {
        let second = self.0.started.elapsed().as_secs() + 1;
        if self.0.second.swap(second, Ordering::Relaxed) != second {
            self.0.in_second.store(0, Ordering::Relaxed);
        }
        self.0.in_second.fetch_add(1, Ordering::Relaxed) < STREAM_EVENTS_PER_SECOND_MAX
    }
}
