//! What is wrong with a file of rules, and where.

use std::fmt;

use serde::Serialize;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DiagnosticSeverity {
    /// Worth knowing; the rule works.
    Note,
    /// A part of the rule is not used.
    Warning,
    /// The rule or the file is not used.
    Error,
}

/// One thing that is wrong. A bad rule never hides the good ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Name of the file.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
    /// How bad it is.
    pub severity: DiagnosticSeverity,
    /// The rule, where known.
    pub rule: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    pub(crate) fn error(file: &str, (line, column): (u32, u32), message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line,
            column,
            severity: DiagnosticSeverity::Error,
            rule: None,
            message: message.into(),
            help: None,
        }
    }

    pub(crate) fn warning(file: &str, place: (u32, u32), message: impl Into<String>) -> Self {
        Self { severity: DiagnosticSeverity::Warning, ..Self::error(file, place, message) }
    }

    pub(crate) fn note(file: &str, place: (u32, u32), message: impl Into<String>) -> Self {
        Self { severity: DiagnosticSeverity::Note, ..Self::error(file, place, message) }
    }

    pub(crate) fn of(mut self, rule: &str) -> Self {
        self.rule = Some(rule.to_owned());
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.severity {
            DiagnosticSeverity::Note => "note",
            DiagnosticSeverity::Warning => "warning",
            DiagnosticSeverity::Error => "error",
        };
        write!(out, "{}:{}:{}: {word}: ", self.file, self.line, self.column)?;
        if let Some(rule) = &self.rule {
            write!(out, "{rule}: ")?;
        }
        write!(out, "{}", self.message)?;
        match &self.help {
            Some(help) => write!(out, "\n  hint: {help}"),
            None => Ok(()),
        }
    }
}
