//! What went wrong with one file; the rest goes on.

use std::fmt;

/// A problem in one file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Diagnostic {
    /// The file.
    pub path: String,
    /// The layer the file came from.
    pub layer: u32,
    /// The line, where the format has lines. The first is 1.
    pub line: Option<u32>,
    /// What kind of problem.
    pub code: DiagnosticCode,
    /// What was found and what it means for the result.
    pub message: String,
}

/// The kinds of problem a file can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DiagnosticCode {
    /// The file does not follow its format.
    Syntax,
    /// The file ends too early.
    Truncated,
    /// A ceiling was reached; what lies beyond was not read.
    Limit,
    /// A version or feature of the format that is not read.
    Unsupported,
    /// The parser failed; a defect of ours.
    Internal,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.message)
    }
}
