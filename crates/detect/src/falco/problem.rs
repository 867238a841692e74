//! [`Problem`]: something wrong, before it has a file's name; [`Problems`] collects them by file.

use std::collections::HashMap;

use super::yaml::Place;
use crate::{
    diagnostic::{Diagnostic, DiagnosticSeverity, FileReport, SourceFile},
    limits::{DIAGNOSTICS_MAX, EQUAL_DIAGNOSTICS_MAX},
};

/// A place in one of the files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct FilePlace {
    pub(super) file: usize,
    pub(super) place: Place,
}

/// Something wrong.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) place: FilePlace,
    pub(super) help: Option<String>,
}

impl Problem {
    pub(super) fn new(code: &'static str, message: impl Into<String>, place: FilePlace) -> Self {
        Self { code, message: message.into(), place, help: None }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// All that is wrong, by file.
pub(super) struct Problems {
    reports: Vec<FileReport>,
    // What is kept already, by file and words: where the first of them is, and how many are.
    kept: HashMap<(usize, DiagnosticSeverity, String), (usize, usize)>,
}

impl Problems {
    pub(super) fn new(files: &[SourceFile]) -> Self {
        let report = |file: &SourceFile| FileReport { file: file.name.clone(), ..FileReport::default() };
        Self { reports: files.iter().map(report).collect(), kept: HashMap::new() }
    }

    pub(super) fn error(&mut self, problem: Problem) {
        self.add(problem, DiagnosticSeverity::Error);
    }

    pub(super) fn warn(&mut self, problem: Problem) {
        self.add(problem, DiagnosticSeverity::Warning);
    }

    fn add(&mut self, problem: Problem, severity: DiagnosticSeverity) {
        let report = &mut self.reports[problem.place.file];
        match severity {
            DiagnosticSeverity::Error => report.errors += 1,
            DiagnosticSeverity::Warning => report.warnings += 1,
        }
        // A file in which one mistake is made a thousand times must not hide the other one it has.
        let words = (problem.place.file, severity, problem.message.clone());
        if let Some((first, kept)) = self.kept.get_mut(&words) {
            if *kept >= EQUAL_DIAGNOSTICS_MAX {
                if let Some(first) = report.diagnostics.get_mut(*first) {
                    first.more += 1;
                }
                return;
            }
            *kept += 1;
        } else if report.diagnostics.len() < DIAGNOSTICS_MAX {
            self.kept.insert(words, (report.diagnostics.len(), 1));
        }
        if report.diagnostics.len() >= DIAGNOSTICS_MAX {
            return;
        }
        let place = problem.place.place;
        let number = |value: usize| u32::try_from(value.max(1)).unwrap_or(u32::MAX);
        report.diagnostics.push(Diagnostic {
            file: report.file.clone(),
            line: number(place.line),
            column: number(place.column),
            length: number(place.end.saturating_sub(place.start)),
            severity,
            code: problem.code.to_owned(),
            message: problem.message,
            help: problem.help,
            more: 0,
        });
    }

    pub(super) fn into_reports(mut self) -> Vec<FileReport> {
        for report in &mut self.reports {
            report.diagnostics.sort_by_key(|diagnostic| (diagnostic.line, diagnostic.column));
        }
        self.reports
    }
}
