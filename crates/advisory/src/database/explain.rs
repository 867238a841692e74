//! Everything known of an advisory, a CVE or an alias.

use serde::Serialize;

use super::{Database, Stored};
use crate::{
    cvss,
    error::Error,
    query::Kind,
    severity::{Score, Severity},
    store::{
        bytes::Bytes,
        hash,
        texts::{self},
    },
};

/// One record in full.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explained {
    /// The record's id.
    pub id: String,
    /// Other names of the same vulnerability.
    pub aliases: Vec<String>,
    /// The vulnerabilities it repairs.
    pub covers: Vec<String>,
    /// What it is about.
    pub kind: Kind,
    /// Where it came from.
    pub source: String,
    /// The source's own severity.
    pub severity: Option<Severity>,
    /// Vectors with scores.
    pub cvss: Vec<Score>,
    /// Weaknesses.
    pub cwe: Vec<u32>,
    /// Date of publication.
    pub published: String,
    /// Date of the last change.
    pub modified: String,
    /// Whether it was taken back.
    pub withdrawn: bool,
    /// One line.
    pub title: String,
    /// The description.
    pub details: String,
    /// Addresses to read on.
    pub references: Vec<String>,
    /// How many packages it names.
    pub packages_total: u64,
    /// The packages, the first of them if there are very many.
    pub packages: Vec<ExplainedPackage>,
}

/// One package of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedPackage {
    /// Ecosystem with release.
    pub ecosystem: String,
    /// Name as the source writes it.
    pub name: String,
    /// Affected ranges.
    pub ranges: Vec<String>,
    /// How many versions are listed one by one.
    pub versions: u64,
    /// What became of the fix.
    pub fix_state: String,
    /// The distribution's severity; empty if it gave none.
    pub severity: String,
    /// What a reader should know.
    pub note: String,
}

impl Database {
    /// Every record with that id or alias, in the order of sources.
    pub fn explain(&self, id: &str) -> Result<Vec<Explained>, Error> {
        let mut buffer = Vec::new();
        let wanted = id.trim();
        let places = self.ids.find(&self.file, hash(&[&wanted.to_ascii_uppercase()]), &mut buffer)?;
        let mut all = Vec::new();
        for place in places {
            let number = u32::try_from(place.offset).map_err(|_| self.file.damaged("an id's advisory"))?;
            let stored = self.stored(number)?;
            let named = |name: &String| name.eq_ignore_ascii_case(wanted);
            if named(&stored.id) || stored.aliases.iter().chain(&stored.covers).any(named) {
                all.push(self.explained(stored)?);
            }
        }
        all.sort_by(|a, b| (&a.source, &a.id).cmp(&(&b.source, &b.id)));
        Ok(all)
    }

    fn explained(&self, stored: Stored) -> Result<Explained, Error> {
        let text = texts::read(&self.file, stored.text)?;
        let damaged = || self.file.damaged(&format!("the text of {}", stored.id));
        let mut bytes = Bytes(&text);
        let details = bytes.text().ok_or_else(damaged)?.to_owned();
        let references = bytes.texts().ok_or_else(damaged)?;
        let packages_total = bytes.number().ok_or_else(damaged)?;
        let count = bytes.count().ok_or_else(damaged)?;
        let packages: Option<Vec<_>> = (0..count).map(|_| package(&mut bytes)).collect();
        let packages = packages.ok_or_else(damaged)?;
        let source = self.source_name_of(&stored);
        Ok(Explained {
            cvss: stored.cvss.iter().filter_map(|vector| cvss::score(vector, &source)).collect(),
            id: stored.id,
            aliases: stored.aliases,
            covers: stored.covers,
            kind: stored.kind,
            source,
            severity: stored.severity,
            cwe: stored.cwe,
            published: stored.published,
            modified: stored.modified,
            withdrawn: stored.withdrawn,
            title: stored.title,
            details,
            references,
            packages_total,
            packages,
        })
    }

    fn source_name_of(&self, stored: &Stored) -> String {
        self.file.directory.sources.get(stored.source).map_or_else(String::new, |source| source.name.clone())
    }
}

fn package(bytes: &mut Bytes) -> Option<ExplainedPackage> {
    Some(ExplainedPackage {
        ecosystem: bytes.text()?.to_owned(),
        name: bytes.text()?.to_owned(),
        ranges: bytes.texts()?,
        versions: bytes.number()?,
        fix_state: bytes.text()?.to_owned(),
        severity: bytes.text()?.to_owned(),
        note: bytes.text()?.to_owned(),
    })
}
