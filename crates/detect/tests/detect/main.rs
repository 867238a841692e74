//! The crate from outside: rule files in, diagnostics, matches and alerts out.

mod conditions;
mod corpus;
mod exceptions;
mod falco;
mod hostile;
mod loader;
mod mutated;
