//! The words every part of Yagura speaks: [`Event`], [`Process`], [`Container`], [`Finding`], [`Asset`].
//!
//! Does no I/O, reads no clock and starts nothing: whoever makes an event brings its time. Reading events from the
//! kernel is `yagura-sensor`, judging them `yagura-detect`, keeping them `yagura-lake` and `yagura-state`.
//!
//! An event is what a rule sees: one action of one process, with the process, its ancestors and its container as they
//! were at that moment. Numbers stay numbers (flags, user ids, addresses); text is made when a rule or a person asks.

mod asset;
mod attack;
mod audit;
mod container;
mod event;
mod explanation;
mod fd;
mod finding;
pub mod flags;
mod kind;
mod ocsf;
mod process;
mod recording;
mod rule;
mod sensor;
mod severity;
mod time;

pub use asset::{Asset, AssetKind};
pub use attack::Technique;
pub use audit::{AuditArch, AuditOptions, AuditRecord, audit_records};
pub use container::{Container, Mount};
pub use event::{Arg, ArgName, ArgValue, Event};
pub use explanation::{Explanation, ExplanationKind};
pub use fd::{Fd, FdKind, L4Protocol, Role, Socket};
pub use finding::{Evidence, Finding, FindingId, FindingKind, FindingStatus};
pub use flags::FlagSet;
pub use kind::EventKind;
pub use ocsf::{OCSF_VERSION, OcsfClass, to_ocsf};
pub use process::{Credentials, ExeFile, Parent, Process, User, UserName, capability_names};
pub use recording::{Reader as RecordingReader, RecordingError, Writer as RecordingWriter};
pub use rule::{ExceptionInfo, RuleInfo, RuleLanguage};
pub use sensor::{BlindSpot, Capability, EventRate, Loss, SensorMode, SensorStatus};
pub use severity::{Priority, Severity};
pub use time::Timestamp;
