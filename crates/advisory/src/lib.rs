//! Version order of every ecosystem, the advisory database, and which advisories a package matches.
//!
//! Knows no package database and no image: it is asked about names and versions.

pub mod ecosystem;
pub mod limits;
mod query;
mod severity;
pub mod version;
pub mod vex;

pub use query::{Answer, Coverage, Epss, FixState, Kev, Kind, Match, Proof, Query};
pub use severity::{Score, Severity};
