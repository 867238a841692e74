//! What is wrong with a file of rules, and where.

use std::fmt;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DiagnosticSeverity {
    /// The rule works, perhaps slowly or not as meant.
    Warning,
    /// The rule, or the file, is not used.
    Error,
}

/// One thing that is wrong. A bad rule never hides the good ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Name of the file.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
    /// How bad it is.
    pub severity: DiagnosticSeverity,
    /// YARA's code for it, `E009` for instance; empty for our own.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    pub(crate) fn error(file: &str, line: u32, message: String, help: &str) -> Self {
        Self {
            file: file.to_owned(),
            line,
            column: 1,
            severity: DiagnosticSeverity::Error,
            code: String::new(),
            message,
            help: Some(help.to_owned()),
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.severity {
            DiagnosticSeverity::Warning => "warning",
            DiagnosticSeverity::Error => "error",
        };
        write!(out, "{}:{}:{}: {word}", self.file, self.line, self.column)?;
        if !self.code.is_empty() {
            write!(out, "[{}]", self.code)?;
        }
        write!(out, ": {}", self.message)?;
        match &self.help {
            Some(help) => write!(out, "\n  hint: {help}"),
            None => Ok(()),
        }
    }
}
