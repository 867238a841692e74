//! Falco's rule files: YAML to [`crate::RuleSet`].
//!
//! Phases, one file each: `yaml` reads text into a tree with places; `reader` reads the tree's items and hands them
//! to the `collector`, which applies appends and overrides; `compiler` puts lists and exceptions into conditions,
//! resolves macros and makes rules; for conditions, `filter` reads the language and `lower` gives it meaning.
//!
//! Falco refuses a whole file for one error. Here a bad item is reported with its place and left out, and the rest
//! loads: [`crate::FileReport`] has the counts for a caller who prefers to refuse.

mod collector;
mod compiler;
pub(crate) mod exceptions;
pub(crate) mod filter;
pub(crate) mod lower;
mod problem;
mod reader;
mod syscalls;
mod text;
mod version;
pub(crate) mod yaml;

use self::{collector::Collector, compiler::Compiler, problem::Problems, text::Files};
use crate::{
    diagnostic::{BlindRule, FileReport, SourceFile},
    rule::{Loaded, Rule},
};

pub use version::ENGINE_VERSION;

/// How rule files are loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadOptions {
    /// Sources of events that there are; rules of other sources are skipped with a warning.
    pub sources: Vec<String>,
    /// Plugins, with their versions, that files may require. Their fields must be built in.
    pub plugins: Vec<(String, String)>,
    /// Warn about macros and lists that nothing uses.
    pub warn_unused: bool,
}

impl Default for LoadOptions {
    fn default() -> Self {
        Self {
            sources: vec!["syscall".to_owned()],
            plugins: vec![("container".to_owned(), "0.7.0".to_owned())],
            warn_unused: true,
        }
    }
}

/// Loads files in the given order; later ones may append to, override and use what earlier ones define.
pub fn load(files: &[SourceFile], options: &LoadOptions) -> Loaded {
    let mut problems = Problems::new(files);
    let mut collector = Collector::new(options);
    for (index, file) in files.iter().enumerate() {
        reader::read_file(index, file, &mut collector, &mut problems);
    }
    let texts = Files::new(files);
    let rules = Compiler::new(&collector, options, &texts).compile(&mut problems);
    let mut reports: Vec<FileReport> = problems.into_reports();
    for (report, file) in reports.iter_mut().zip(files) {
        let own = || rules.rules.iter().filter(|rule| rule.file == file.name);
        report.rules = own().count();
        report.enabled = own().filter(|rule| rule.enabled).count();
        report.blind = own().filter_map(blindness).collect();
    }
    let diagnostics = reports.iter().flat_map(|report| report.diagnostics.clone()).collect();
    Loaded { rules, diagnostics, files: reports }
}

fn blindness(rule: &Rule) -> Option<BlindRule> {
    let (fields, event_types) = (&rule.fields_missing, &rule.event_types_missing);
    let is_blind = !(fields.is_empty() && event_types.is_empty());
    is_blind.then(|| BlindRule {
        rule: rule.name.clone(),
        line: rule.line,
        fields: fields.iter().cloned().collect(),
        event_types: event_types.iter().cloned().collect(),
    })
}
