//! Test cases of rules: events that must, or must not, trigger a rule.
//!
//! A file is a YAML list:
//!
//! ```yaml
//! - case: cat reads the password hashes
//!   rule: Shadow read
//!   fires: true
//!   event: {kind: openat, process: {name: cat, args: [/etc/shadow]}, fd: {name: /etc/shadow}, args: {flags: O_RDONLY}}
//! ```
//!
//! An event needs its `kind`; everything else has a default. A `process` may have a nested `parent`; without `cmdline`
//! it is made of `name` and `args`. `args` of the event are a map from name to value: text, number, or a tagged value
//! as in [`yagura_event::ArgValue`]; flags may be given by their names (`O_CREAT|O_TRUNC`).

mod build;

use std::sync::Arc;

use serde::Serialize;
use yagura_event::Event;

use crate::{
    compile::{Engine, EngineOptions, RuleMatching},
    diagnostic::{Diagnostic, DiagnosticSeverity, SourceFile},
    falco::yaml::{self, Node, Place},
    field::nearest,
    rule::RuleSet,
};

/// What came of one case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseResult {
    /// The file it stands in.
    pub file: String,
    /// The line it begins on, from 1.
    pub line: u32,
    /// What it shows.
    pub case: String,
    /// The rule it is about.
    pub rule: String,
    /// Whether the rule should have fired.
    pub expected: bool,
    /// Whether it did.
    pub fired: bool,
}

impl CaseResult {
    /// Whether what should happen happened.
    pub const fn passed(&self) -> bool {
        self.expected == self.fired
    }
}

/// Runs the cases of a file. Disabled rules are tried as if they were on.
///
/// Cases that cannot be read, or name no rule of the set, are reported and left out.
pub fn run(rules: &RuleSet, cases: &SourceFile) -> (Vec<CaseResult>, Vec<Diagnostic>) {
    let enabled = rules.rules().iter().map(|rule| (rule.name.clone(), true)).collect();
    let options = EngineOptions { rule_matching: RuleMatching::All, enabled, ..EngineOptions::default() };
    let engine = Arc::new(Engine::compile(rules, &options));
    let mut matcher = engine.matcher();
    let (read, diagnostics) = read_cases(rules, cases);
    let results = read
        .into_iter()
        .map(|case| {
            let matched = matcher.matches(&case.event);
            let fired = matched.iter().any(|index| engine.rule(*index).name == case.rule);
            CaseResult {
                file: cases.name.clone(),
                line: u32::try_from(case.place.line).unwrap_or(u32::MAX),
                case: case.title,
                rule: case.rule,
                expected: case.fires,
                fired,
            }
        })
        .collect();
    (results, diagnostics)
}

/// Reads one event in the form cases have it.
///
/// # Errors
/// When the text is no such event; the message says what is wrong with it.
pub fn event(text: &str) -> Result<Event, String> {
    let (documents, error) = yaml::read(text);
    if let Some(error) = error {
        return Err(error.message);
    }
    let node = documents.first().ok_or("no event")?;
    build::event(node, &mut 0).map_err(|error| error.message)
}

/// The events of a file's cases, as far as they can be read.
pub fn events(rules: &RuleSet, cases: &SourceFile) -> Vec<Event> {
    read_cases(rules, cases).0.into_iter().map(|case| case.event).collect()
}

struct Case {
    title: String,
    rule: String,
    fires: bool,
    event: Event,
    place: Place,
}

/// What is wrong with a case, and where.
struct CaseError {
    message: String,
    place: Place,
    help: Option<String>,
}

impl CaseError {
    fn new(message: impl Into<String>, node: &Node) -> Self {
        Self { message: message.into(), place: node.span, help: None }
    }
}

fn read_cases(rules: &RuleSet, file: &SourceFile) -> (Vec<Case>, Vec<Diagnostic>) {
    let mut cases = Vec::new();
    let mut diagnostics = Vec::new();
    let mut report = |error: CaseError, code: &str| diagnostics.push(diagnostic(file, error, code));
    let (documents, error) = yaml::read(&file.text);
    // Processes of all cases of a file have ids of their own: answers about one must not serve another.
    let mut last_process = 0;
    for document in documents.iter().filter(|document| !document.is_null()) {
        let Some(items) = document.sequence() else {
            report(CaseError::new("cases are a YAML list", document), "CASE_INVALID");
            continue;
        };
        for item in items {
            match read_case(rules, item, &mut last_process) {
                Ok(case) => cases.push(case),
                Err(error) => report(error, "CASE_INVALID"),
            }
        }
    }
    if let Some(error) = error {
        report(CaseError { message: error.message, place: error.place, help: None }, "CASE_YAML");
    }
    (cases, diagnostics)
}

fn read_case(rules: &RuleSet, item: &Node, last_process: &mut u64) -> Result<Case, CaseError> {
    let entries = item.mapping().ok_or_else(|| CaseError::new("a case is a mapping", item))?;
    for (key, _) in entries {
        let name = key.scalar().unwrap_or_default();
        if !["case", "rule", "fires", "event"].contains(&name) {
            return Err(CaseError::new(
                format!("a case has no `{name}`, only case, rule, fires and event"),
                key,
            ));
        }
    }
    let node =
        |key: &str| item.get(key).ok_or_else(|| CaseError::new(format!("the case has no `{key}`"), item));
    let text = |key: &str| {
        let node = node(key)?;
        node.scalar().map(str::to_owned).ok_or_else(|| CaseError::new(format!("`{key}` is a text"), node))
    };
    let rule = text("rule")?;
    if rules.find(&rule).is_none() {
        let near = nearest(&rule, rules.rules().iter().map(|rule| rule.name.as_str()));
        let help = near.map(|near| format!("did you mean `{near}`?"));
        return Err(CaseError {
            help,
            ..CaseError::new(format!("there is no rule `{rule}`"), node("rule")?)
        });
    }
    let fires = match text("fires")?.as_str() {
        "true" => true,
        "false" => false,
        other => return Err(CaseError::new(format!("`{other}` is neither true nor false"), node("fires")?)),
    };
    Ok(Case {
        title: text("case")?,
        rule,
        fires,
        event: build::event(node("event")?, last_process)?,
        place: item.span,
    })
}

fn diagnostic(file: &SourceFile, error: CaseError, code: &str) -> Diagnostic {
    let number = |value: usize| u32::try_from(value.max(1)).unwrap_or(u32::MAX);
    Diagnostic {
        file: file.name.clone(),
        line: number(error.place.line),
        column: number(error.place.column),
        length: number(error.place.end.saturating_sub(error.place.start)),
        severity: DiagnosticSeverity::Error,
        code: code.to_owned(),
        message: error.message,
        help: error.help,
        more: 0,
    }
}
