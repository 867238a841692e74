//! [`Diagnostic`]: what is wrong with a rule file, and where.

use std::fmt::Write as _;

use serde::Serialize;

/// A rule file as its reader got it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// The name diagnostics show, usually a path.
    pub name: String,
    /// Its content.
    pub text: String,
}

impl SourceFile {
    /// A file of this name and content.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }
}

/// How bad a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DiagnosticSeverity {
    /// The item was left out.
    Error,
    /// The item was taken, but something about it deserves a look.
    Warning,
}

/// Something wrong in a file, with its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// The file's name.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Characters the mark under the line covers; at least 1.
    pub length: u32,
    /// How bad it is.
    pub severity: DiagnosticSeverity,
    /// Stable word for the kind of problem, in Falco's vocabulary where it has one.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// How many more say the same in this file and are not listed.
    #[serde(skip_serializing_if = "is_zero")]
    pub more: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl Diagnostic {
    /// The diagnostic as text for a person: message, place, the line with a mark under it, help.
    ///
    /// `source` is the file's content; without the line in it only message, place and help are shown.
    ///
    /// ```
    /// use yagura_detect::{falco, SourceFile};
    /// let file = SourceFile::new("my.yaml", "- rule: x\n  desc: d\n  condition: proc.nam = sh\n  output: o\n  priority: INFO\n");
    /// let loaded = falco::load(std::slice::from_ref(&file), &falco::LoadOptions::default());
    /// let text = loaded.diagnostics[0].render(&file.text);
    /// assert!(text.contains("--> my.yaml:3:14"), "{text}");
    /// assert!(text.contains("did you mean `proc.name`"), "{text}");
    /// ```
    pub fn render(&self, source: &str) -> String {
        let word = match self.severity {
            DiagnosticSeverity::Error => "error",
            DiagnosticSeverity::Warning => "warning",
        };
        let mut text = format!("{word}[{}]: {}\n", self.code, harmless(&self.message));
        let number = self.line.to_string();
        let gutter = " ".repeat(number.len());
        let _ = writeln!(text, "{gutter}--> {}:{}:{}", harmless(&self.file), self.line, self.column);
        let line = (self.line as usize).checked_sub(1).and_then(|index| source.lines().nth(index));
        if let Some(line) = line {
            let shown: String = line.chars().take(LINE_CHARS_MAX).collect();
            let before: String = shown
                .chars()
                .take(self.column.saturating_sub(1) as usize)
                .map(|letter| if letter == '\t' { '\t' } else { ' ' })
                .collect();
            let room = shown.chars().count().saturating_sub(before.chars().count()).max(1);
            let mark = "^".repeat((self.length as usize).clamp(1, room));
            let shown = harmless(&shown);
            let _ = writeln!(text, "{gutter} |\n{number} | {shown}\n{gutter} | {before}{mark}");
        }
        if let Some(help) = &self.help {
            let _ = writeln!(text, "{gutter} = help: {}", harmless(help));
        }
        if self.more > 0 {
            let _ = writeln!(text, "{gutter} = note: {} more of the same in this file", self.more);
        }
        text
    }
}

// What a terminal would act on is shown by one sign in its place, so that marks stay below what they mean.
fn harmless(text: &str) -> String {
    let sign = |letter: char| match letter {
        '\n' | '\t' => letter,
        '\0'..='\x1f' => char::from_u32(0x2400 + letter as u32).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\x7f'..='\u{9f}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            char::REPLACEMENT_CHARACTER
        }
        _ => letter,
    };
    text.chars().map(sign).collect()
}

// A line of a generated file may be endless; this much of it is shown.
const LINE_CHARS_MAX: usize = 240;

/// What was found in one file.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct FileReport {
    /// The file's name.
    pub file: String,
    /// Rules it defines that were taken.
    pub rules: usize,
    /// Of those, the enabled ones.
    pub enabled: usize,
    /// Errors in it.
    pub errors: usize,
    /// Warnings about it.
    pub warnings: usize,
    /// What is wrong with it, in the order of its lines.
    pub diagnostics: Vec<Diagnostic>,
    /// Rules it defines that ask for what this system never has: no mistake of theirs, but good to know.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blind: Vec<BlindRule>,
}

/// A rule that asks for what this system never has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BlindRule {
    /// The rule's name.
    pub rule: String,
    /// The line it begins on, from 1.
    pub line: u32,
    /// Fields that are never there: comparing them is never true.
    pub fields: Vec<String>,
    /// Types of events that never occur.
    pub event_types: Vec<String>,
}
