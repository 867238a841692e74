//! [`SensorError`]: why the sensor could not start or go on.

/// Why the sensor could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum SensorError {
    /// The way of listening that was asked for does not work here.
    #[error("{mode} cannot be used here: {reason}")]
    Unavailable {
        /// What was asked for.
        mode: &'static str,
        /// Why it does not work, and what would help.
        reason: String,
    },
    /// The kernel refused something while the sensor ran.
    #[error("{action}: {reason}")]
    Kernel {
        /// What was tried.
        action: &'static str,
        /// What the kernel said.
        reason: String,
    },
}

impl SensorError {
    pub(crate) fn kernel(action: &'static str) -> impl FnOnce(libbpf_rs::Error) -> Self {
        move |error| Self::Kernel { action, reason: error.to_string() }
    }
}
