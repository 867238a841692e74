//! [`Observer`]: how the runner learns what was seen. The application implements it.

use std::time::Duration;

use yagura_event::Timestamp;

/// Answers which alerts came. Implemented over a running server's stream of alerts, or over an engine in the same
/// process.
pub trait Observer {
    /// The present place in the stream of alerts.
    fn mark(&mut self) -> Mark;

    /// The first alert since `mark` by one of `rules` whose process is `root_pid` or descends from it; waits for it at
    /// most `timeout`. The process may have ended already.
    fn wait(&mut self, mark: &Mark, root_pid: u32, rules: &[&str], timeout: Duration) -> Option<Sighting>;
}

/// A place in an observer's stream of alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// When it was taken: what an emulation does happens after it.
    pub time: Timestamp,
}

/// An alert that an emulation caused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// The rule that fired.
    pub rule: String,
    /// When the act happened, by the kernel's clock.
    pub event_time: Timestamp,
    /// When the alert was there to be seen.
    pub seen_time: Timestamp,
}

impl Sighting {
    /// From act to alert, in milliseconds; never negative.
    pub fn latency_ms(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a latency is far below 2^52 nanoseconds")]
        let nanos = self.seen_time.nanos().saturating_sub(self.event_time.nanos()).max(0) as f64;
        nanos / 1e6
    }
}
