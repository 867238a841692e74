//! Walks a target once, feeds the engines, joins what they find, writes reports.
//!
//! [`scan`] reads a [`yagura_image::Target`] and gives a [`Report`]; [`output`] writes it in the formats people and
//! programs read. The same bytes give the same findings, whatever they came in: a folder, an archive, a registry.
//!
//! Reads no clock (the moment is told) except to measure itself, and knows no database: it asks an [`Advisor`].

mod advisor;
mod exception;
mod gather;
mod judge;
mod kernel;
pub mod limits;
mod malware;
mod marks;
mod options;
pub mod output;
mod pattern;
mod report;
mod risk;
mod scan;
mod since;
mod slim;
mod used;
mod walk;

pub use crate::{
    advisor::{Advisor, Advisories},
    exception::{ExceptionError, Exceptions},
    gather::{BroughtBy, Gathered, PackageKey},
    judge::sort,
    malware::MalwareHit,
    options::{Options, Scanners},
    pattern::Patterns,
    report::{
        BySeverity, Counts, DatabaseInfo, DistroInfo, ExceptionUse, LayerEntry, MalwareFinding,
        MalwareString, Misconfiguration, Note, PackageEntry, ProblemEntry, RemovedPackage, Report, SCHEMA,
        SecretFinding, Status, TargetInfo, Timings, Vulnerability,
    },
    risk::{Risk, Term},
    scan::{Answering, Engines, Moment, report, scan, scan_sbom},
    since::Base,
    used::Used,
};
