//! A set of rules, ready to search with.

use std::{
    collections::{BTreeSet, HashMap},
    sync::OnceLock,
};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::{
    allow::Allow,
    diagnostic::Diagnostic,
    gitleaks,
    limits::{DIAGNOSTICS_MAX, RULES_MAX},
    load::{self, Check},
    redact,
    rule::{Rule, Shape},
    yaml::{self, Node},
};

/// Rules of any number of files.
///
/// Built in a few milliseconds: an expression is compiled when a keyword of it is first met.
#[derive(Debug, Default)]
pub struct Rules {
    pub(crate) rules: Vec<Rule>,
    pub(crate) allow: Vec<Allow>,
    published: BTreeSet<String>,
    disabled: BTreeSet<String>,
    wants_default: bool,
    index: OnceLock<Option<Index>>,
}

const CASES: &str = "\ncases:\n";

/// The keywords of all rules as one automaton.
#[derive(Debug)]
pub(crate) struct Index {
    pub(crate) automaton: AhoCorasick,
    /// By pattern of the automaton.
    pub(crate) words: Vec<Word>,
    /// Rules without keywords, which are tried on every file.
    pub(crate) always: Vec<u32>,
}

#[derive(Debug, Default)]
pub(crate) struct Word {
    pub(crate) tokens: Vec<Entry>,
    pub(crate) assigned: Vec<Entry>,
}

/// A rule that has the word; `exact` if it is to be met as it is written.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) rule: u32,
    pub(crate) exact: Option<Box<[u8]>>,
}

impl Rules {
    /// The rules of the files that are part of the program: name and text of each. Files whose names begin with `_` hold
    /// no rule; `_published.yaml` lists secrets that documentation published.
    ///
    /// Expressions are taken as tested; one that does not compile never matches. Costs about 10 ms for 250 rules.
    #[must_use]
    pub fn builtin<N: AsRef<str>, T: AsRef<str>>(files: impl IntoIterator<Item = (N, T)>) -> Self {
        let mut rules = Self::default();
        for (name, text) in files {
            // Cases stand last in our files, and are most of them.
            let text = text.as_ref();
            let rule = text.split_once(CASES).map_or(text, |(rule, _)| rule);
            // A file of several rules is read whole.
            let whole = if text.contains("\n---\n") { text } else { rule };
            rules.add(name.as_ref(), whole, Check::WhenUsed);
        }
        rules
    }

    /// Rules of users' files: `.yaml` and `.yml` in our form, `.toml` as gitleaks has it. Says what is wrong and takes
    /// the rest.
    #[must_use]
    pub fn load<N: AsRef<str>, T: AsRef<str>>(
        files: impl IntoIterator<Item = (N, T)>,
    ) -> (Self, Vec<Diagnostic>) {
        let mut rules = Self::default();
        let mut problems = Vec::new();
        for (name, text) in files {
            problems.extend(rules.add(name.as_ref(), text.as_ref(), Check::Now));
        }
        problems.truncate(DIAGNOSTICS_MAX);
        (rules, problems)
    }

    /// These rules and those; where both have an id, these count. Ids that a configuration of either disables are left
    /// out.
    #[must_use]
    pub fn join(mut self, other: Self) -> Self {
        self.index = OnceLock::new();
        self.allow.extend(other.allow);
        self.published.extend(other.published);
        self.disabled.extend(other.disabled);
        let known: BTreeSet<String> = self.rules.iter().map(|rule| rule.id.clone()).collect();
        self.rules.extend(other.rules.into_iter().filter(|rule| !known.contains(&rule.id)));
        self.rules.retain(|rule| !self.disabled.contains(&rule.id));
        self
    }

    /// Whether a gitleaks configuration builds on a default set (`extend.useDefault`): join the built-in rules then.
    #[must_use]
    pub fn wants_default(&self) -> bool {
        self.wants_default
    }

    /// The rules.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter()
    }

    /// The rule of an id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// How many rules there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there is no rule.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    fn add(&mut self, name: &str, text: &str, check: Check) -> Vec<Diagnostic> {
        if name.rsplit('/').next().is_some_and(|file| file.starts_with('_')) {
            self.published(text);
            return Vec::new();
        }
        let (rules, mut problems) = if name.ends_with(".toml") {
            let imported = gitleaks::read(name, text);
            self.allow.extend(imported.allow);
            self.disabled.extend(imported.disabled);
            self.wants_default |= imported.use_default;
            (imported.rules, imported.problems)
        } else {
            load::rules(name, text, check)
        };
        for rule in rules {
            if self.rules.len() >= RULES_MAX {
                problems.push(Diagnostic::error(name, (1, 1), format!("more than {RULES_MAX} rules")));
                break;
            }
            // The built-in files are compared by a test; here only users' rules can repeat an id.
            if check == Check::Now && self.get(&rule.id).is_some() {
                let problem = Diagnostic::error(name, (1, 1), "there is a rule with this id already");
                problems.push(problem.of(&rule.id));
            } else {
                self.rules.push(rule);
            }
        }
        problems
    }

    fn published(&mut self, text: &str) {
        let (documents, _) = yaml::read(text);
        let entries = documents.iter().filter_map(|document| document.get("published")).flat_map(Node::items);
        let digests = entries.filter_map(|entry| entry.get("sha256").and_then(Node::text));
        self.published.extend(digests.map(str::to_owned));
    }

    pub(crate) fn is_published(&self, secret: &[u8]) -> bool {
        !self.published.is_empty() && self.published.contains(&redact::digest(secret))
    }

    pub(crate) fn index(&self) -> Option<&Index> {
        self.index.get_or_init(|| Index::of(&self.rules)).as_ref()
    }
}

impl Index {
    fn of(rules: &[Rule]) -> Option<Self> {
        let mut numbers: HashMap<String, usize> = HashMap::new();
        let mut words: Vec<Word> = Vec::new();
        let mut always = Vec::new();
        for (number, rule) in (0_u32..).zip(rules) {
            if rule.keywords.is_empty() && !matches!(rule.shape, Shape::Path) {
                always.push(number);
            }
            for keyword in &rule.keywords {
                let next = words.len();
                let word = *numbers.entry(keyword.to_ascii_lowercase()).or_insert(next);
                if word == next {
                    words.push(Word::default());
                }
                let exact = rule.case_sensitive.then(|| keyword.as_bytes().into());
                let entry = Entry { rule: number, exact };
                match rule.shape {
                    Shape::Token(..) => words[word].tokens.push(entry),
                    Shape::Assigned(_) => words[word].assigned.push(entry),
                    Shape::Path => {}
                }
            }
        }
        let mut texts: Vec<(usize, String)> = numbers.into_iter().map(|(text, word)| (word, text)).collect();
        texts.sort_unstable();
        let bytes: usize = texts.iter().map(|(_, text)| text.len()).sum();
        // A deterministic automaton is twice as fast as long as it stays in the cache.
        let kind = (bytes < 32 << 10).then_some(AhoCorasickKind::DFA);
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(kind)
            .build(texts.iter().map(|(_, text)| text))
            .ok()?;
        Some(Self { automaton, words, always })
    }
}
