//! What a rule, or a whole configuration, lets pass.

use crate::pattern::Pattern;

/// Conditions under which a match is no finding.
#[derive(Debug, Default)]
pub(crate) struct Allow {
    /// Only for these rules; for all if empty.
    pub(crate) rules: Vec<String>,
    /// All kinds of conditions must hold, not one of them.
    pub(crate) all: bool,
    pub(crate) target: Target,
    pub(crate) patterns: Vec<Pattern>,
    pub(crate) paths: Vec<Pattern>,
    /// Lower-case words; one in the secret is enough.
    pub(crate) stopwords: Vec<String>,
}

/// What the patterns are held against.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    #[default]
    Secret,
    Match,
    Line,
}

/// What is held against the conditions.
pub(crate) struct Subject<'a> {
    pub(crate) rule: &'a str,
    pub(crate) path: &'a str,
    pub(crate) secret: &'a [u8],
    pub(crate) whole: &'a [u8],
    pub(crate) line: &'a [u8],
}

impl Allow {
    pub(crate) fn patterns(patterns: Vec<Pattern>) -> Self {
        Self { patterns, ..Self::default() }
    }

    pub(crate) fn lets_pass(&self, subject: &Subject<'_>) -> bool {
        if !self.rules.is_empty() && !self.rules.iter().any(|rule| rule == subject.rule) {
            return false;
        }
        let bytes = match self.target {
            Target::Secret => subject.secret,
            Target::Match => subject.whole,
            Target::Line => subject.line,
        };
        let holds = [
            (self.patterns.is_empty(), self.patterns.iter().any(|pattern| pattern.is_match(bytes))),
            (self.paths.is_empty(), self.passes_path(subject.path)),
            (self.stopwords.is_empty(), self.has_stopword(subject.secret)),
        ];
        if self.all {
            holds.iter().any(|(absent, _)| !absent) && holds.iter().all(|(absent, held)| *absent || *held)
        } else {
            holds.iter().any(|(_, held)| *held)
        }
    }

    /// Whether the path alone lets everything of a file pass, so that it need not be read.
    pub(crate) fn lets_path_pass(&self, path: &str) -> bool {
        let alone = !self.all || (self.patterns.is_empty() && self.stopwords.is_empty());
        self.rules.is_empty() && alone && self.passes_path(path)
    }

    fn passes_path(&self, path: &str) -> bool {
        self.paths.iter().any(|pattern| pattern.is_match(path.as_bytes()))
    }

    fn has_stopword(&self, secret: &[u8]) -> bool {
        if self.stopwords.is_empty() {
            return false;
        }
        let lower = String::from_utf8_lossy(secret).to_lowercase();
        self.stopwords.iter().any(|word| lower.contains(word))
    }
}
