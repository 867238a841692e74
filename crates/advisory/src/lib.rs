//! Version order of every ecosystem, the advisory database, and which advisories a package matches.
//!
//! Knows no package database and no image: it is asked about names and versions. The way of an advisory: a source's
//! parser makes [`Advisory`] records of its files, [`Builder`] writes them into one file, [`Database`] answers a
//! [`Query`] with an [`Answer`], whose matches carry their proof.

pub mod archive;
mod cvss;
mod database;
pub mod ecosystem;
mod error;
mod lifecycle;
pub mod limits;
mod matching;
mod query;
mod record;
mod severity;
pub mod source;
mod store;
pub mod update;
pub mod version;
pub mod vex;

pub use database::{Database, Explained, ExplainedPackage, Status};
pub use error::Error;
pub use lifecycle::{Lifecycle, lifecycle};
pub use query::{Answer, Coverage, Epss, FixState, Kev, Kind, Match, Proof, Query};
pub use record::{Advisory, Affected, End, Range};
pub use severity::{Score, Severity};
pub use store::{
    FORMAT,
    file::{EcosystemInfo, SourceInfo},
    write::{Builder, Summary, Vulnerability},
};
