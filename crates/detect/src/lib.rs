//! Detection rules over events: rule languages compiled to one form, one matcher for all of them.
//!
//! Pure: no I/O, no clock, no environment, no threads. Rules come as text, events as values; what comes out depends on
//! nothing else, so the same recording gives the same alerts everywhere. Capturing events is `yagura-sensor`; counting,
//! sending and keeping alerts is the application.
//!
//! The way of a rule: [`falco::load`] reads files into a [`RuleSet`] and says what is wrong with them;
//! [`Engine::compile`] compiles all rules together; each thread puts its events through a [`Matcher`];
//! [`Engine::alert`] makes the text of a match. [`case`] runs the test cases that stand beside every rule.
//!
//! To add a rule language is to write a module beside [`falco`] that makes [`ir`] expressions; everything behind the
//! [`RuleSet`] is shared.

pub mod case;
mod compile;
mod diagnostic;
pub mod enforce;
mod exception;
mod explain;
pub mod falco;
mod field;
pub mod ir;
pub mod limits;
mod matcher;
mod output;
mod rule;

pub use compile::{Engine, EngineOptions, RuleMatching};
pub use diagnostic::{BlindRule, Diagnostic, DiagnosticSeverity, FileReport, SourceFile};
pub use exception::{Exception, ExceptionIndex, ExceptionSet, load_exceptions};
pub use explain::Explainer;
pub use field::{Field, FieldArg, FieldRef, Scope, Type};
pub use matcher::Matcher;
pub use output::Alert;
pub use rule::{Loaded, Rule, RuleIndex, RuleSet};
