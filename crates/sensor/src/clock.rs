//! Turns the kernel's time since boot into time of day.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustix::time::{ClockId, clock_gettime};
use yagura_event::Timestamp;

/// Time of day at boot, measured again now and then because the time of day may be set.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    offset: i64,
    measured: Instant,
}

const MEASURE_AGAIN: Duration = Duration::from_secs(10);

impl Clock {
    pub(crate) fn new() -> Self {
        Self { offset: offset(), measured: Instant::now() }
    }

    /// The time of day of a moment told in nanoseconds since boot.
    pub(crate) fn at_boot(&self, nanos: u64) -> Timestamp {
        Timestamp::from_nanos(self.offset.saturating_add_unsigned(nanos))
    }

    /// Measures again, if the last time is long ago.
    pub(crate) fn refresh(&mut self) {
        if self.measured.elapsed() > MEASURE_AGAIN {
            *self = Self::new();
        }
    }
}

fn offset() -> i64 {
    now().nanos().saturating_sub_unsigned(boot_nanos())
}

/// Nanoseconds since boot, as the probes stamp their records.
pub(crate) fn boot_nanos() -> u64 {
    let boot = clock_gettime(ClockId::Boottime);
    boot.tv_sec.unsigned_abs().saturating_mul(1_000_000_000).saturating_add(boot.tv_nsec.unsigned_abs())
}

/// The time of day.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_nanos(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}
