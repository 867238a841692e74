//! Runs compiled rules over the bytes of one file at a time.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use thiserror::Error;
use yara_x::ScanError;

use crate::{
    limits::{FILE_BYTES_MAX, MATCHES_MAX, META_BYTES_MAX, PATTERN_MATCHES_MAX, SCAN_TIME_MAX, STRINGS_MAX},
    ruleset::Ruleset,
};

/// Why a file has no answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Limit {
    /// The file is larger than is scanned.
    #[error("the file has {size} bytes; at most {most} are scanned")]
    Size {
        /// Bytes of the file.
        size: usize,
        /// Bytes that are scanned.
        most: usize,
    },
    /// Its rules took too long.
    #[error("the rules took longer than {0:?}")]
    Time(Duration),
    /// The scanner failed; it goes on with the next file.
    #[error("the scanner failed: {0}")]
    Failed(String),
}

/// A rule that matched.
#[derive(Debug, Clone, PartialEq)]
pub struct YaraMatch {
    /// The rule's name.
    pub rule: String,
    /// Its file.
    pub namespace: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// Its metadata, in the order of the rule.
    pub meta: Vec<(String, MetaValue)>,
    /// Where its patterns matched, the first of them.
    pub strings: Vec<StringMatch>,
}

/// A value of a rule's metadata.
#[derive(Debug, Clone, PartialEq)]
pub enum MetaValue {
    /// A whole number.
    Integer(i64),
    /// A number.
    Float(f64),
    /// True or false.
    Boolean(bool),
    /// A text; bytes that are none are replaced.
    Text(String),
}

/// A place where a pattern matched. The bytes themselves are the caller's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StringMatch {
    /// The pattern's name, `$a`.
    pub name: String,
    /// Bytes before it.
    pub offset: usize,
    /// Bytes of it.
    pub length: usize,
}

/// Scans one file after another. Each thread has its own.
pub struct Scanner<'r> {
    ruleset: &'r Ruleset,
    scanner: yara_x::Scanner<'r>,
    size_max: usize,
    time_max: Duration,
}

impl<'r> Scanner<'r> {
    /// Scans with these rules, within the usual limits.
    #[must_use]
    pub fn new(ruleset: &'r Ruleset) -> Self {
        Self::within(ruleset, FILE_BYTES_MAX, SCAN_TIME_MAX)
    }

    /// Scans files of at most so many bytes, each for at most so long. Time is counted in whole seconds.
    #[must_use]
    pub fn within(ruleset: &'r Ruleset, size_max: usize, time_max: Duration) -> Self {
        Self { ruleset, scanner: prepared(ruleset, time_max), size_max, time_max }
    }

    /// The rules that match a file.
    pub fn scan(&mut self, path: &str, bytes: &[u8]) -> Result<Vec<YaraMatch>, Limit> {
        self.scan_owned(path, "", bytes)
    }

    /// The same, for rules that ask who owns the file.
    pub fn scan_owned(&mut self, path: &str, owner: &str, bytes: &[u8]) -> Result<Vec<YaraMatch>, Limit> {
        if bytes.len() > self.size_max {
            return Err(Limit::Size { size: bytes.len(), most: self.size_max });
        }
        let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
        let extension = name.rfind('.').filter(|at| *at > 0).map_or("", |at| &name[at..]);
        let values = [name, path, extension, file_type(bytes), owner];
        let scanner = &mut self.scanner;
        let result = catch_unwind(AssertUnwindSafe(|| {
            for (name, value) in crate::compile::VARIABLES.iter().zip(values) {
                // Defined by the compiler as texts.
                let _ = scanner.set_global(name, value);
            }
            scanner.scan(bytes).map(|results| results.matching_rules().take(MATCHES_MAX).map(told).collect())
        }));
        match result {
            Ok(Ok(matches)) => Ok(matches),
            Ok(Err(ScanError::Timeout)) => Err(Limit::Time(self.time_max)),
            Ok(Err(error)) => Err(Limit::Failed(error.to_string())),
            Err(_) => {
                // What panicked may be half done.
                self.scanner = prepared(self.ruleset, self.time_max);
                Err(Limit::Failed("it panicked".to_owned()))
            }
        }
    }
}

fn prepared(ruleset: &Ruleset, time_max: Duration) -> yara_x::Scanner<'_> {
    let mut scanner = yara_x::Scanner::new(&ruleset.rules);
    scanner.set_timeout(time_max.max(Duration::from_secs(1)));
    scanner.max_matches_per_pattern(PATTERN_MATCHES_MAX);
    scanner
}

fn told(rule: yara_x::Rule<'_, '_>) -> YaraMatch {
    let places = rule.patterns().flat_map(|pattern| {
        let name = pattern.identifier().to_owned();
        let matches = pattern.matches().map(move |found| {
            let range = found.range();
            StringMatch { name: name.clone(), offset: range.start, length: range.len() }
        });
        matches.collect::<Vec<_>>()
    });
    YaraMatch {
        rule: rule.identifier().to_owned(),
        namespace: rule.namespace().to_owned(),
        tags: rule.tags().map(|tag| tag.identifier().to_owned()).collect(),
        meta: rule.metadata().map(|(name, value)| (name.to_owned(), meta(&value))).collect(),
        strings: places.take(STRINGS_MAX).collect(),
    }
}

fn meta(value: &yara_x::MetaValue<'_>) -> MetaValue {
    let short = |text: &str| MetaValue::Text(text.chars().take(META_BYTES_MAX).collect());
    match value {
        yara_x::MetaValue::Integer(number) => MetaValue::Integer(*number),
        yara_x::MetaValue::Float(number) => MetaValue::Float(*number),
        yara_x::MetaValue::Bool(truth) => MetaValue::Boolean(*truth),
        yara_x::MetaValue::String(text) => short(text),
        yara_x::MetaValue::Bytes(bytes) => short(&bytes.to_string()),
    }
}

/// What the first bytes say, in the words that rules use.
fn file_type(bytes: &[u8]) -> &'static str {
    const KINDS: [(&[u8], &str); 11] = [
        (b"\x7fELF", "ELF"),
        (b"MZ", "EXE"),
        (b"PK\x03\x04", "ZIP"),
        (b"%PDF", "PDF"),
        (b"GIF8", "GIF"),
        (b"\x89PNG", "PNG"),
        (b"\xff\xd8\xff", "JPG"),
        (b"\x1f\x8b", "GZIP"),
        (b"Rar!", "RAR"),
        (b"7z\xbc\xaf", "7ZIP"),
        (b"#!", "SCRIPT"),
    ];
    KINDS.iter().find(|(magic, _)| bytes.starts_with(magic)).map_or("", |(_, name)| *name)
}
