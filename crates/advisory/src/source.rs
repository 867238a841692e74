//! Sources: each kind is a parser that makes [`Advisory`] records of files.
//!
//! A parser sees one file at a time and tells the [`Sink`] what it found. A record that is wrong is a [`Diagnostic`] with
//! its file and, where known, its line; the rest goes on. Reading folders and archives is [`crate::archive`].

mod alpine;
mod bounds;
mod csaf;
mod debian_lists;
mod debian_tracker;
mod epss;
mod kev;
mod nvd;
mod osv;
mod oval;
mod php;
mod ruby;
mod rustsec;
mod wolfi;
mod yaml;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    limits::DIAGNOSTICS_MAX,
    record::{Advisory, Affected},
    store::write::Builder,
};

/// What a source's files are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// OSV records in JSON or YAML: the OSV bucket's zips, GitHub's and PyPA's advisories, Go, AlmaLinux, Ubuntu, …
    Osv,
    /// RustSec: TOML in Markdown.
    Rustsec,
    /// ruby-advisory-db: YAML.
    Ruby,
    /// FriendsOfPHP: YAML.
    Php,
    /// Debian's security tracker in JSON.
    DebianTracker,
    /// Debian's lists of DSAs and DLAs.
    DebianLists,
    /// Alpine's secdb in YAML or JSON; Wolfi's and Chainguard's `security.json` too.
    Secdb,
    /// Wolfi's and Chainguard's advisories repository: YAML with a history of events.
    Wolfi,
    /// CSAF documents: Red Hat's and SUSE's advisories and VEX files.
    Csaf,
    /// OVAL definitions: Ubuntu, Red Hat, Oracle, Azure Linux, …
    Oval,
    /// NVD's CVEs in JSON 2.0: vectors, weaknesses and descriptions.
    Nvd,
    /// CISA's known exploited vulnerabilities.
    Kev,
    /// FIRST's exploit prediction scores.
    Epss,
}

pub(crate) use csaf::products;
pub(crate) use yaml::{text as json_text, texts as json_texts};

use SourceKind::*;

const KINDS: &[(SourceKind, &str, &[&str])] = &[
    (Osv, "osv", &["ghsa", "github", "go", "pypa", "almalinux", "ubuntu", "bitnami", "haskell"]),
    (Rustsec, "rustsec", &[]),
    (Ruby, "ruby", &["rubysec"]),
    (Php, "php", &["friendsofphp"]),
    (DebianTracker, "debian-tracker", &["debian"]),
    (DebianLists, "debian-lists", &["dsa", "dla"]),
    (Secdb, "secdb", &["alpine", "alpine-secdb"]),
    (Wolfi, "wolfi", &["chainguard"]),
    (Csaf, "csaf", &["redhat", "redhat-csaf", "redhat-vex", "suse"]),
    (Oval, "oval", &["ubuntu-oval"]),
    (Nvd, "nvd", &[]),
    (Kev, "kev", &["cisa-kev"]),
    (Epss, "epss", &[]),
];

impl SourceKind {
    /// The kind of that name, or one of its other names.
    pub fn parse(name: &str) -> Option<Self> {
        let same = |other: &str| other.eq_ignore_ascii_case(name);
        KINDS
            .iter()
            .find(|(_, first, others)| same(first) || others.iter().any(|o| same(o)))
            .map(|(kind, ..)| *kind)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        KINDS.iter().find(|(kind, ..)| *kind == self).map_or("", |(_, name, _)| name)
    }

    /// Every name that [`SourceKind::parse`] knows.
    pub fn names() -> impl Iterator<Item = &'static str> {
        KINDS.iter().flat_map(|(_, name, others)| std::iter::once(*name).chain(others.iter().copied()))
    }

    /// Whether a file of an archive or folder may hold records; paths have `/` between their parts.
    pub fn wants(self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        let ends = |ends: &[&str]| ends.iter().any(|end| name.len() > end.len() && name.ends_with(end));
        match self {
            _ if name.starts_with('.') || path.starts_with(".github/") || path.contains("/.github/") => false,
            Osv => ends(&[".json", ".yaml", ".yml"]),
            Rustsec => name.starts_with("RUSTSEC-") && ends(&[".md", ".toml"]),
            Ruby => (path.contains("gems/") || path.contains("rubies/")) && ends(&[".yml", ".yaml"]),
            Php | Wolfi => ends(&[".yml", ".yaml"]),
            DebianTracker | Nvd => ends(&[".json"]),
            DebianLists => {
                name == "list" && ["DSA/", "DLA/", "DTSA/", "CVE/"].iter().any(|f| path.contains(f))
            }
            Secdb => ends(&[".json", ".yml", ".yaml"]),
            Csaf => ends(&[".json"]) && name != "provider-metadata.json" && name != "index.json",
            Oval => ends(&[".xml"]),
            Kev => ends(&[".json"]) && !name.contains("schema"),
            Epss => ends(&[".csv"]),
        }
    }

    /// Reads one file.
    pub fn read(self, path: &str, bytes: &[u8], sink: &mut Sink) {
        sink.file = path.to_owned();
        match self {
            Osv => osv::read(path, bytes, sink),
            Rustsec => rustsec::read(bytes, sink),
            Ruby => ruby::read(path, bytes, sink),
            Php => php::read(path, bytes, sink),
            DebianTracker => debian_tracker::read(bytes, sink),
            DebianLists => debian_lists::read(path, bytes, sink),
            Secdb => alpine::read(path, bytes, sink),
            Wolfi => wolfi::read(bytes, sink),
            Csaf => csaf::read(bytes, sink),
            Oval => oval::read(bytes, sink),
            Nvd => nvd::read(bytes, sink),
            Kev => kev::read(bytes, sink),
            Epss => epss::read(bytes, sink),
        }
    }
}

/// Something wrong in a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// The file, inside its archive or folder.
    pub file: String,
    /// The line, where it is known.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
}

impl std::fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

/// Where parsers put what they find.
pub struct Sink<'a> {
    builder: &'a mut Builder,
    file: String,
    // Records whose packages stand in several files or places, until the source ends.
    pending: BTreeMap<String, Advisory>,
    diagnostics: Vec<Diagnostic>,
    problems: u64,
}

impl<'a> Sink<'a> {
    /// A sink of one source, which was started in the builder.
    pub fn new(builder: &'a mut Builder) -> Self {
        Self { builder, file: String::new(), pending: BTreeMap::new(), diagnostics: Vec::new(), problems: 0 }
    }

    /// Takes a record.
    pub(crate) fn advisory(&mut self, advisory: Advisory) {
        if let Err(message) = self.builder.add(advisory) {
            self.problem(None, message);
        }
    }

    /// A record that more packages may join until the source ends.
    pub(crate) fn pending(&mut self, id: &str) -> &mut Advisory {
        self.pending.entry(id.to_owned()).or_insert_with(|| Advisory::new(id))
    }

    /// Adds a package to a pending record, unless it has it already.
    pub(crate) fn pending_affected(&mut self, id: &str, affected: Affected) {
        let record = self.pending(id);
        if !record.affected.contains(&affected) {
            record.affected.push(affected);
        }
    }

    /// What is known of a CVE, to add to; nothing for ids that are none.
    pub(crate) fn vulnerability(&mut self, id: &str) -> Option<&mut crate::Vulnerability> {
        self.builder.vulnerability(id)
    }

    /// Counts a record of a source whose records are no advisories.
    pub(crate) fn counted(&mut self, modified: &str) {
        if let Some(info) = self.builder.current_source() {
            info.records += 1;
            if modified > info.newest.as_str() {
                modified.clone_into(&mut info.newest);
            }
        }
    }

    /// Reports something wrong with the file that is being read.
    pub(crate) fn problem(&mut self, line: Option<usize>, message: impl Into<String>) {
        self.problem_in(self.file.clone(), line, message);
    }

    /// Reports something wrong with a file.
    pub fn problem_in(&mut self, file: String, line: Option<usize>, message: impl Into<String>) {
        self.problems += 1;
        if self.diagnostics.len() < DIAGNOSTICS_MAX {
            self.diagnostics.push(Diagnostic { file, line, message: message.into() });
        }
    }

    /// Ends the source: pending records are taken. What was wrong, and how often in all.
    pub fn finish(mut self) -> (Vec<Diagnostic>, u64) {
        for (_, advisory) in std::mem::take(&mut self.pending) {
            self.file.clear();
            self.advisory(advisory);
        }
        if let Some(info) = self.builder.current_source() {
            info.problems = self.problems;
        }
        (self.diagnostics, self.problems)
    }
}

/// JSON with a diagnostic's line on failure.
fn json<'de, T: Deserialize<'de>>(bytes: &'de [u8], sink: &mut Sink) -> Option<T> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match serde_json::from_slice(bytes) {
        Ok(value) => Some(value),
        Err(error) => {
            sink.problem(Some(error.line()), format!("this is not the expected JSON: {error}"));
            None
        }
    }
}

/// Text, or a diagnostic.
fn text<'b>(bytes: &'b [u8], sink: &mut Sink) -> Option<&'b str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(_) => {
            sink.problem(None, "the file is not UTF-8");
            None
        }
    }
}

/// The day of a time.
fn day(time: &str) -> String {
    let day = time.trim().get(..10).unwrap_or_default();
    let plain = day
        .bytes()
        .enumerate()
        .all(|(index, c)| matches!(index, 4 | 7) == (c == b'-') && (c == b'-' || c.is_ascii_digit()));
    if plain && day.len() == 10 { day.to_owned() } else { String::new() }
}

/// The number in `CWE-79`.
fn cwe(text: &str) -> Option<u32> {
    let text = text.trim();
    text.strip_prefix("CWE-").or_else(|| text.strip_prefix("CWE ")).unwrap_or(text).parse().ok()
}

/// The first line of a description, for sources that have no title.
fn first_line(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let mut line = line.trim_start_matches(['#', ' ']).to_owned();
    if line.len() > 160 {
        crate::record::truncate(&mut line, 157);
        line.push('…');
    }
    line
}

/// Percent-decoding; what is not UTF-8 afterwards stays as written.
pub(crate) fn percent_decode(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match (*first, hex.and_then(|two| u8::from_str_radix(two, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}
