//! The HTTP surface of Yagura: operations, wire words, errors, who may do what, the live stream, the console's files.
//!
//! The only crate that names axum. Knows nothing of rules, sensors or events at rest: what it needs from the running
//! system comes through [`Service`] and the trait [`System`], which the app implements.
//!
//! Entry points: [`router`] puts everything together, [`serve`] answers connections, `routes.rs` is the one table of
//! operations and the role each asks for, [`openapi`] describes them (`docs/openapi.json` is its output).
//!
//! INVARIANT: nothing is reachable that is not in that table or one of the console's files; every operation in it
//! refuses whoever lacks its role, and every change is in the audit trail.

mod access;
mod admission;
mod app;
mod asset;
mod audit;
mod console;
mod extract;
mod finding;
mod hunt;
mod incident;
mod incident_export;
pub mod limits;
mod live;
mod meta;
mod overview;
mod package;
mod problem;
mod proof;
mod query;
mod router;
mod routes;
mod rule;
mod rule_file;
mod scan;
mod sensor;
mod serve;
mod service;
mod session;
mod setup;
mod shield;
mod stream;
mod throttle;
mod token;
mod user;
mod vulnerability;
mod webhook;
mod wire;

pub use admission::{
    AdmissionAnswer, AdmissionRequest, AdmissionResponse, AdmissionReview, AdmissionStatus, Unknown,
};
pub use console::Assets;
pub use live::Live;
pub use package::ImagePage;
pub use problem::Problem;
pub use router::{openapi, router};
pub use rule_file::{RuleFileRequest, RuleTrial, RuleTrialExample, RuleTrialMatches, RuleTrialRequest};
pub use scan::{
    AdvisoriesWire, ScanPageWire, ScanProgress, ScanRequest, ScanScheduleRequest, ScanStep, ScanWire,
};
pub use serve::{Listener, serve};
pub use service::{ApiOptions, Service, System};
pub use vulnerability::VulnerabilityDetail;
pub use wire::*;

/// What [`router`] returns.
pub use axum::Router;
/// What [`System::query`] returns.
pub use futures::future::BoxFuture;
