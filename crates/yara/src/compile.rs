//! Files to rules: every file in its own namespace, every problem at its place.

use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
};

use yara_x::{Compiler, Rules, SourceCode};

use crate::{
    diagnostic::{Diagnostic, DiagnosticSeverity},
    limits::{DIAGNOSTICS_MAX, RULE_BYTES_MAX, RULE_FILES_MAX, RULES_MAX},
    ruleset::Ruleset,
    source,
};

const STACK_BYTES: usize = 64 << 20;
/// Variables that communities' rules expect to be defined.
pub(crate) const VARIABLES: [&str; 5] = ["filename", "filepath", "extension", "filetype", "owner"];

type File = (String, Vec<u8>);

/// Compiles on a stack that the deepest rule we take does not overflow.
pub(crate) fn on_its_own_stack(files: Vec<File>) -> (Ruleset, Vec<Diagnostic>) {
    let work = move || checked(files);
    let thread = thread::Builder::new().name("yara-compile".to_owned()).stack_size(STACK_BYTES).spawn(work);
    let failed = |message: &str| {
        let problem = Diagnostic::error("", 1, message.to_owned(), "no rule is used");
        (Ruleset { rules: Compiler::new().build() }, vec![problem])
    };
    match thread.map(thread::JoinHandle::join) {
        Ok(Ok(compiled)) => compiled,
        Ok(Err(_)) => failed("the compiler of rules panicked"),
        Err(error) => failed(&format!("no thread to compile rules on: {error}")),
    }
}

fn checked(files: Vec<File>) -> (Ruleset, Vec<Diagnostic>) {
    let mut problems = Vec::new();
    let files = within_limits(files, &mut problems);
    let attempt = catch_unwind(AssertUnwindSafe(|| compiled(&files)));
    let (rules, found) = attempt.unwrap_or_else(|_| {
        // One of them makes the compiler panic: it is found by compiling each alone, and left out.
        let (good, bad): (Vec<File>, Vec<File>) = files.into_iter().partition(|file| {
            catch_unwind(AssertUnwindSafe(|| compiled(std::slice::from_ref(file)))).is_ok()
        });
        let message = "the compiler panicked on this file".to_owned();
        problems.extend(
            bad.iter().map(|(name, _)| Diagnostic::error(name, 1, message.clone(), "it is not used")),
        );
        catch_unwind(AssertUnwindSafe(|| compiled(&good)))
            .unwrap_or_else(|_| (Compiler::new().build(), Vec::new()))
    });
    problems.extend(found);
    problems.truncate(DIAGNOSTICS_MAX);
    (Ruleset { rules }, problems)
}

fn within_limits(files: Vec<File>, problems: &mut Vec<Diagnostic>) -> Vec<File> {
    let given: BTreeSet<String> = files.iter().map(|(name, _)| source::base(name)).collect();
    let (mut bytes, mut rules) = (0, 0);
    let mut kept = Vec::new();
    for (name, text) in files {
        let Some(text) = source::prepared(&name, &text, &given, problems) else { continue };
        bytes += text.len();
        rules += source::count(&text);
        let over = if kept.len() >= RULE_FILES_MAX {
            Some(format!("more than {RULE_FILES_MAX} files of rules"))
        } else if bytes > RULE_BYTES_MAX {
            Some(format!("more than {RULE_BYTES_MAX} bytes of rules"))
        } else if rules > RULES_MAX {
            Some(format!("more than {RULES_MAX} rules"))
        } else {
            None
        };
        if let Some(message) = over {
            problems.push(Diagnostic::error(&name, 1, message, "this file and those after it are not used"));
            break;
        }
        kept.push((name, text));
    }
    kept
}

fn compiled(files: &[File]) -> (Rules, Vec<Diagnostic>) {
    let mut compiler = Compiler::new();
    compiler.enable_includes(false).relaxed_re_syntax(true).max_warnings(DIAGNOSTICS_MAX);
    for name in VARIABLES {
        // The name is an identifier and new: it cannot be refused.
        let _ = compiler.define_global(name, "");
    }
    let mut problems = Vec::new();
    for (name, text) in files {
        compiler.new_namespace(name);
        let before = (compiler.errors().len(), compiler.warnings().len());
        // Errors are read below; the good rules of the file stay.
        let _ = compiler.add_source(SourceCode::from(text.as_slice()).with_origin(name));
        for error in &compiler.errors()[before.0..] {
            let place = error.labels().next().map_or(0, |label| label.span().start());
            let message = said(error.title(), error.labels().map(|label| label.text().to_owned()));
            let said = Said { code: error.code(), message, help: notes(&error.to_string()) };
            problems.push(diagnostic(name, text, place, said, DiagnosticSeverity::Error));
        }
        for warning in &compiler.warnings()[before.1..] {
            let place = warning.labels().next().map_or(0, |label| label.span().start());
            let message = said(warning.title(), warning.labels().map(|label| label.text().to_owned()));
            let said = Said { code: warning.code(), message, help: notes(&warning.to_string()) };
            problems.push(diagnostic(name, text, place, said, DiagnosticSeverity::Warning));
        }
    }
    (compiler.build(), problems)
}

fn said(title: &str, labels: impl Iterator<Item = String>) -> String {
    let labels: Vec<String> = labels.filter(|text| !text.is_empty()).collect();
    if labels.is_empty() { title.to_owned() } else { format!("{title}: {}", labels.join("; ")) }
}

// The lines of a report that say what to do about it.
fn notes(report: &str) -> Option<String> {
    let lines = report.lines().map(str::trim_start);
    let notes =
        lines.filter_map(|line| line.strip_prefix("= help: ").or_else(|| line.strip_prefix("= note: ")));
    let notes: Vec<&str> = notes.collect();
    (!notes.is_empty()).then(|| notes.join("; "))
}

struct Said<'s> {
    code: &'s str,
    message: String,
    help: Option<String>,
}

fn diagnostic(
    file: &str,
    text: &[u8],
    offset: usize,
    said: Said<'_>,
    severity: DiagnosticSeverity,
) -> Diagnostic {
    let before = &text[..offset.min(text.len())];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let column = String::from_utf8_lossy(&before[start..]).chars().count() + 1;
    Diagnostic {
        file: file.to_owned(),
        line: u32::try_from(line).unwrap_or(u32::MAX),
        column: u32::try_from(column).unwrap_or(u32::MAX),
        severity,
        code: said.code.to_owned(),
        message: said.message,
        help: said.help,
    }
}
