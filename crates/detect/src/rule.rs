//! [`Rule`]: one rule of any language, ready to be compiled, and [`RuleSet`], all of them in load order.

use std::{collections::BTreeSet, sync::Arc};

use yagura_event::{Priority, RuleLanguage, Technique};

use crate::{
    diagnostic::{Diagnostic, FileReport},
    ir::Expr,
    output::Template,
};

/// Names a rule within its [`RuleSet`] and the [`crate::Engine`] made of it: its place in load order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleIndex(pub u32);

/// A rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its name, unique in the set.
    pub name: String,
    /// The language it is written in.
    pub language: RuleLanguage,
    /// The file that defines it.
    pub file: String,
    /// The line it begins on, from 1.
    pub line: u32,
    /// What it is for.
    pub description: String,
    /// Its condition as written, after appends and overrides.
    pub condition: String,
    /// Its output as written, after appends and overrides.
    pub output: String,
    /// How urgent a match is.
    pub priority: Priority,
    /// Its tags, sorted.
    pub tags: BTreeSet<String>,
    /// Where its events come from, for example `syscall`.
    pub source: String,
    /// Whether its author switched it on.
    pub enabled: bool,
    /// Whether a match should start a capture of events, where the system has one.
    pub capture: bool,
    /// How long such a capture lasts, in milliseconds.
    pub capture_duration_ms: Option<u64>,
    /// Fields in its condition that this system never has: the tests on them are always false.
    pub fields_missing: BTreeSet<String>,
    /// Types of events it names that never occur in this system.
    pub event_types_missing: BTreeSet<String>,
    pub(crate) expression: Arc<Expr>,
    pub(crate) template: Arc<Template>,
}

impl Rule {
    /// The ATT&CK techniques among its tags.
    pub fn techniques(&self) -> Vec<Technique> {
        self.tags.iter().filter_map(|tag| Technique::parse(tag)).collect()
    }
}

/// Rules in load order.
#[derive(Debug, Clone, Default)]
pub struct RuleSet {
    pub(crate) rules: Vec<Rule>,
}

impl RuleSet {
    /// The rules, in load order.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule of this name.
    pub fn find(&self, name: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.name == name)
    }

    /// Puts the most urgent rules first, those of one priority in the order they have. For a set whose files are in no
    /// order that means something: where only the first match counts, a mild rule must not hide a severe one.
    pub fn sort_by_priority(&mut self) {
        self.rules.sort_by_key(|rule| rule.priority);
    }

    /// Puts the rules of another set after these. Where both have a rule of one name, the present one stays.
    pub fn extend(&mut self, other: Self) {
        let known: BTreeSet<String> = self.rules.iter().map(|rule| rule.name.clone()).collect();
        self.rules.extend(other.rules.into_iter().filter(|rule| !known.contains(&rule.name)));
    }
}

/// What loading gave: the rules that are fine, and everything that is not.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// The rules that are fine.
    pub rules: RuleSet,
    /// What is wrong, in the order of files and lines.
    pub diagnostics: Vec<Diagnostic>,
    /// The same by file, with counts: a caller may refuse a file that has errors, as Falco does.
    pub files: Vec<FileReport>,
}
