//! What exists and what was decided: findings, assets, people and their keys, settings, proofs, the audit trail.
//!
//! The only crate that names sqlx. Knows nothing of HTTP, rules or events at rest (`yagura-lake` keeps those). Reads no
//! clock: whoever calls brings the time. Every function that changes a decision takes [`By`] and writes the audit
//! trail in the same transaction, so there is no change without its record.
//!
//! INVARIANT: what a function returned as done survives `kill -9` and power loss (write-ahead log, `synchronous =
//! FULL`). Secrets (session ids, API tokens, set-up tokens) are stored as SHA-256 only, passwords as argon2id.

mod asset;
mod audit;
mod delivery;
mod entity;
mod error;
mod finding;
mod finding_list;
mod image;
mod incident;
mod incident_graph;
mod incident_join;
mod incident_list;
mod invitation;
pub mod limits;
mod package;
mod password;
mod proof;
mod query;
mod rule_file;
mod scan;
mod scan_schedule;
mod secret;
mod session;
mod setting;
mod setup;
mod state;
mod token;
mod user;
mod vulnerability;
mod webhook;

pub use asset::AssetSummary;
pub use audit::{AuditEntry, AuditVerdict, By};
pub use delivery::{Delivery, DeliveryOutcome, DeliveryStatus, DueDelivery};
pub use entity::EntityKind;
pub use error::StateError;
pub use finding::FindingChange;
pub use finding_list::{
    FindingCounts, FindingFilter, FindingOrder, FindingPage, HourCount, RuleCount, SeverityCount, StatusCount,
};
pub use image::ScannedImage;
pub use incident::{Incident, IncidentChange, IncidentStatus, Verdict};
pub use incident_graph::{GraphEdge, GraphNode, GraphRelation, IncidentDay, IncidentGraph, IncidentMetrics};
pub use incident_list::{IncidentComment, IncidentDetail, IncidentEntity, IncidentLink, IncidentPage};
pub use invitation::Invitation;
pub use package::{InstalledPackage, PackageFilter, PackagePage, PackageUse};
pub use password::Password;
pub use proof::{Proof, ProofSummary};
pub use query::SavedQuery;
pub use rule_file::{RuleFile, RuleFileVersion};
pub use scan::{Scan, ScanPage, ScanResult, ScanStatus, ScannedVulnerability};
pub use scan_schedule::ScanSchedule;
pub use secret::Secret;
pub use session::Session;
pub use state::State;
pub use token::ApiToken;
pub use user::{Role, User, UserChange};
pub use vulnerability::{
    Vulnerability, VulnerabilityCounts, VulnerabilityFilter, VulnerabilityGroup, VulnerabilityGrouping,
    VulnerabilityPage,
};
pub use webhook::{Webhook, WebhookChange, WebhookShape};
