//! Ceilings and rhythms of sending.

use std::time::Duration;

/// Longest one attempt may take, from the name look-up to the answer.
pub(crate) const ATTEMPT_TIME_MAX: Duration = Duration::from_secs(10);
/// Most bytes of an answer that are read; they are shown when it is a refusal.
pub(crate) const ANSWER_BYTES_MAX: u64 = 512;
/// Longest text of a finding that goes into a message.
pub(crate) const TEXT_CHARS_MAX: usize = 1_000;
/// Deliveries sent at once, one after the other for each webhook.
pub(crate) const BATCH: usize = 50;
/// How often it is looked for deliveries.
pub(crate) const LOOK_EVERY: Duration = Duration::from_secs(1);
/// After each failed attempt it is waited so long; after the last one the delivery is given up.
pub(crate) const WAITS: [Duration; 6] = [
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_secs(2 * 60),
    Duration::from_secs(10 * 60),
    Duration::from_secs(60 * 60),
    Duration::from_secs(6 * 60 * 60),
];
