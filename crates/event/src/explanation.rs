//! [`Explanation`]: why a rule matched an event.

use serde::{Deserialize, Serialize};

/// A part of a rule's condition and what it came to for one event. The whole condition is the outermost part.
///
/// Only what decided is kept: of an `any` that holds the parts that hold, of an `all` that does not hold those that do
/// not. How many of them there is no room for is counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Explanation {
    /// What kind of part it is.
    pub kind: ExplanationKind,
    /// Whether it holds.
    pub holds: bool,
    /// The macro it stands for, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Of a test: what is tested, as rules write it: `proc.name`, `tolower(fd.name)`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub term: String,
    /// Of a test: what must be true of it, as rules write it: `in (sh, bash)`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub test: String,
    /// Of a test: the values the event has there; none where it has no value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Of a test with a list that holds: the item of the list that fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched: Option<String>,
    /// The parts of `all`, `any` and `not` that decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    pub parts: Vec<Explanation>,
    /// How many further parts decided that there was no room for.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub parts_left_out: u32,
}

/// What kind of part of a condition it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExplanationKind {
    /// All of its parts must hold.
    All,
    /// One of its parts must hold.
    Any,
    /// Its part must not hold.
    Not,
    /// A test of one value.
    Test,
    /// Always true or always false.
    Constant,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives references")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}
