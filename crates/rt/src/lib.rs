//! What every program of Yagura starts with: [`Config`], the clock, supervised tasks and shutdown.
//!
//! Knows nothing of events, rules or HTTP.

mod clock;
mod config;
mod task;

pub use clock::now;
pub use config::{Config, ConfigError, Contain, Detect, Prevent, RuleMatching, Scan, Sensor, Server, Store};
pub use task::{Shutdown, Tasks};
