//! Ceilings of this crate.

use std::time::Duration;

/// Longest time one emulation may run before it is ended.
pub(crate) const EMULATION_TIME_MAX: Duration = Duration::from_secs(15);

/// How often a running emulation is looked at.
pub(crate) const POLL_INTERVAL: Duration = Duration::from_millis(5);

/// Longest time an emulation keeps a harmless process alive for others to act on, in seconds as `sleep` reads them.
pub(crate) const BYSTANDER_SECONDS: &str = "10";

/// Longest reason that is read from a stage, in bytes.
pub(crate) const REASON_BYTES_MAX: u64 = 4_096;

/// Longest list of folders made outside a stage that is read back, in bytes.
pub(crate) const CLAIMS_BYTES_MAX: u64 = 65_536;

/// Longest environment that is searched for the stage's name, in bytes.
pub(crate) const ENVIRONMENT_BYTES_MAX: u64 = 1_048_576;

/// Longest wait for the lock of a stage that may be abandoned.
pub(crate) const LOCK_WAIT_MAX: Duration = Duration::from_millis(500);

/// Longest time for which a stage's processes are killed again and again.
pub(crate) const ENDING_TIME_MAX: Duration = Duration::from_secs(2);
