//! From rules to refusals: what this kernel can enforce of a rule, how, and why not.
//!
//! A rule is switched from `detect` to `prevent`. [`Plan`] says by which means that is done: the kernel kills the program
//! before its first instruction, an exec, an open or a connection is refused, or nothing can be done before the act.
//! [`program`] compiles the rules for the deciders in the kernel, [`Gatekeeper`] answers the gate's questions.
//!
//! INVARIANT: nothing is refused that the rule would not have found. A test counts only where every field it asks for is
//! exact at that place; what is not known never decides (`yagura_detect::enforce`).
//!
//! Does not listen to the kernel itself: the means are `yagura_sensor::prevent`. Responses after an alert are elsewhere.

mod automaton;
mod gatekeeper;
mod known;
mod means;
mod mode;
mod plan;
mod responder;
mod safe;
mod tables;

pub use gatekeeper::{Gatekeeper, Refusal};
pub use means::{Means, Offers};
pub use mode::Mode;
pub use plan::{Enforced, Plan, PlannedMeans, RulePlan};
pub use responder::{Answers, BEAT, PATIENCE, respond};
pub use safe::safe_files;
pub use tables::{Compiled, program};
