//! The one place that reads the wall clock.

use std::time::{SystemTime, UNIX_EPOCH};

use yagura_event::Timestamp;

/// The present time. A clock set before 1970 counts as 1970.
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_nanos(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}
