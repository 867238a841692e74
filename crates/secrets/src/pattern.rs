//! An expression that is compiled when it is first needed.

use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};

use crate::limits::{REGEX_BYTES_MAX, REGEX_DFA_SIZE_MAX, REGEX_SIZE_MAX};

/// An expression over bytes. Three hundred of them cost nothing until a keyword of theirs is met.
#[derive(Debug)]
pub(crate) struct Pattern {
    text: String,
    style: Style,
    compiled: OnceLock<Option<Regex>>,
}

/// How the text is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// `^` and `$` are the ends of a line; anywhere in the text.
    Search,
    /// `^` and `$` are the ends of the text; anywhere in it.
    Text,
    /// The whole of a value.
    Whole,
}

impl Pattern {
    pub(crate) fn new(text: impl Into<String>, style: Style) -> Self {
        Self { text: text.into(), style, compiled: OnceLock::new() }
    }

    /// The expression; none if it cannot be compiled, which [`Pattern::check`] says why.
    pub(crate) fn regex(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| self.compile().ok()).as_ref()
    }

    pub(crate) fn is_match(&self, bytes: &[u8]) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(bytes))
    }

    /// Compiles it now, to say what is wrong.
    pub(crate) fn check(&self) -> Result<(), String> {
        match self.compile() {
            Ok(regex) => {
                let _ = self.compiled.set(Some(regex));
                Ok(())
            }
            Err(message) => Err(message),
        }
    }

    pub(crate) fn groups(&self) -> usize {
        self.regex().map_or(0, |regex| regex.captures_len() - 1)
    }

    fn compile(&self) -> Result<Regex, String> {
        if self.text.len() > REGEX_BYTES_MAX {
            return Err(format!("the expression has {} bytes; at most {REGEX_BYTES_MAX}", self.text.len()));
        }
        let text = match self.style {
            Style::Whole => format!("^(?:{})$", self.text),
            Style::Search | Style::Text => self.text.clone(),
        };
        // Bytes first: smaller and faster. Where a class names characters beyond ASCII, characters.
        self.build(&text, false).or_else(|_| self.build(&text, true))
    }

    fn build(&self, text: &str, unicode: bool) -> Result<Regex, String> {
        RegexBuilder::new(text)
            .unicode(unicode)
            .multi_line(self.style == Style::Search)
            .size_limit(REGEX_SIZE_MAX)
            .dfa_size_limit(REGEX_DFA_SIZE_MAX)
            .nest_limit(100)
            .build()
            .map_err(|error| error.to_string().lines().last().unwrap_or_default().trim().to_owned())
    }
}
