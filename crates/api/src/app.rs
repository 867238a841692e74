//! [`App`]: what every handler is given.

use std::sync::{
    Arc,
    atomic::{AtomicU64, AtomicUsize, Ordering},
};

use tokio::sync::Semaphore;
use yagura_event::Timestamp;
use yagura_state::State;

use crate::{
    limits::{HUNTS_MAX, STREAMS_MAX},
    service::{Service, System},
    throttle::Throttle,
};

#[derive(Clone)]
pub(crate) struct App(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) service: Service,
    pub(crate) started: Timestamp,
    pub(crate) sign_ins: Throttle,
    pub(crate) hunts: Arc<Semaphore>,
    /// Held while rule files change.
    pub(crate) rule_files: tokio::sync::Mutex<()>,
    pub(crate) streams: Arc<Semaphore>,
    pub(crate) counters: Counters,
}

/// What the API counts of itself.
#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) requests: AtomicU64,
    pub(crate) refused: AtomicU64,
    pub(crate) panics: AtomicU64,
    pub(crate) sign_ins_failed: AtomicU64,
    pub(crate) streams: AtomicUsize,
    pub(crate) stream_missed: AtomicU64,
}

impl App {
    pub(crate) fn new(service: Service) -> Self {
        let started = service.system.now();
        Self(Arc::new(Inner {
            service,
            started,
            sign_ins: Throttle::default(),
            hunts: Arc::new(Semaphore::new(HUNTS_MAX)),
            rule_files: tokio::sync::Mutex::new(()),
            streams: Arc::new(Semaphore::new(STREAMS_MAX)),
            counters: Counters::default(),
        }))
    }

    pub(crate) fn state(&self) -> &State {
        &self.0.service.state
    }

    pub(crate) fn system(&self) -> &dyn System {
        &*self.0.service.system
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.system().now()
    }
}

impl std::ops::Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
