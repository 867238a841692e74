//! [`Builder`]: records in, a database file out. The same records give the same bytes.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::Path,
};

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{
    ecosystem,
    error::Error,
    limits::NAME_BYTES_MAX,
    matching::contains,
    query::{Epss, Kev, Kind},
    record::{Advisory, Affected, End, Range},
    store::{
        bytes::{put_number, put_text, put_texts},
        cve_key,
        file::{Directory, EcosystemInfo, SourceInfo, Writer},
        hash,
        index::{self, Place, VALUE_BYTES_MAX},
        row::{self, Head},
        texts::{TextPlace, Texts},
    },
    version::Scheme,
};

/// Collects records and writes a database.
#[derive(Default)]
pub struct Builder {
    ecosystems: Vec<String>,
    ecosystem_numbers: HashMap<String, u32>,
    packages: HashMap<(u32, String), Block>,
    advisories: Vec<u8>,
    offsets: Vec<u64>,
    ids: Vec<(u64, u32)>,
    seen: HashSet<u64>,
    vulnerabilities: BTreeMap<u64, Vulnerability>,
    texts: Texts,
    sources: Vec<SourceInfo>,
    rows: u64,
}

#[derive(Default)]
struct Block {
    rows: u64,
    bytes: Vec<u8>,
}

/// What is known of a CVE whatever package it is in.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Vulnerability {
    /// CISA's mark.
    pub kev: Option<Kev>,
    /// FIRST's estimate.
    pub epss: Option<Epss>,
    /// NVD's vectors.
    pub cvss: Vec<String>,
    /// NVD's weaknesses.
    pub cwe: Vec<u32>,
    /// Day of publication.
    pub published: String,
    /// NVD's or CISA's description.
    pub description: String,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Advisories.
    pub advisories: u64,
    /// Rows of the match table.
    pub rows: u64,
    /// Packages with rows.
    pub packages: u64,
}

impl Builder {
    /// Starts a source; the records that follow are its own.
    pub fn source(&mut self, info: SourceInfo) {
        self.sources.push(info);
    }

    /// The source that was started last, to correct its counts.
    pub fn current_source(&mut self) -> Option<&mut SourceInfo> {
        self.sources.last_mut()
    }

    /// The sources so far.
    pub fn sources(&self) -> &[SourceInfo] {
        &self.sources
    }

    /// Forgets the source that was started last; only for one without records.
    pub(crate) fn drop_source(&mut self) {
        if self.sources.last().is_some_and(|info| info.records == 0) {
            self.sources.pop();
        }
    }

    /// Takes a record. What is wrong with it, if anything, comes back as a sentence; the rest of it is taken.
    pub fn add(&mut self, mut advisory: Advisory) -> Result<(), String> {
        let source = self.sources.len().saturating_sub(1);
        if advisory.id.is_empty() || advisory.id.len() > NAME_BYTES_MAX {
            return Err("the record has no usable id".to_owned());
        }
        let cut = advisory.limit();
        let text = explanation(&advisory);
        // Some sources have an id once for each release: only the same content is a duplicate, and nothing new.
        let mut content = [0u8; 8];
        content.copy_from_slice(&Sha256::digest(&text)[..8]);
        let content = u64::from_le_bytes(content);
        if !self.seen.insert(hash(&[&source.to_string(), &advisory.id]) ^ content) {
            return Ok(());
        }
        let number = self.offsets.len() as u32;
        self.offsets.push(self.advisories.len() as u64);
        let rows_before = self.rows;
        let mut wrong = Vec::new();
        if !advisory.withdrawn {
            for affected in &advisory.affected {
                if let Err(problem) = self.affected(number, affected) {
                    wrong.push(problem);
                }
            }
        }
        self.put_advisory(&advisory, source, &text);
        for id in std::iter::once(&advisory.id).chain(&advisory.aliases).chain(&advisory.covers) {
            self.ids.push((hash(&[&id.to_ascii_uppercase()]), number));
        }
        if let Some(info) = self.sources.last_mut() {
            info.records += 1;
            info.withdrawn += u64::from(advisory.withdrawn);
            info.rows += self.rows - rows_before;
            if advisory.modified > info.newest {
                info.newest.clone_from(&advisory.modified);
            }
        }
        wrong.extend(cut);
        if wrong.is_empty() { Ok(()) } else { Err(format!("{}: {}", advisory.id, wrong.join("; "))) }
    }

    fn affected(&mut self, advisory: u32, affected: &Affected) -> Result<(), String> {
        let Some(scheme) = ecosystem::scheme(&affected.ecosystem) else {
            return Err(format!("the ecosystem {} has no known order of versions", affected.ecosystem));
        };
        let name = ecosystem::normalise(&affected.ecosystem, &affected.name).into_owned();
        if name.is_empty() || name.len() > NAME_BYTES_MAX {
            return Err("a package has no usable name".to_owned());
        }
        let number = self.ecosystem(&affected.ecosystem);
        let head = Head {
            advisory,
            of_source: affected.of_source,
            fix_state: affected.fix_state,
            severity: affected.severity,
            note: &affected.note,
        };
        let block = self.packages.entry((number, name)).or_default();
        let mut ranges = affected.ranges.clone();
        ranges.sort();
        ranges.dedup();
        for range in &ranges {
            row::put_range(&mut block.bytes, &head, range);
            block.rows += 1;
            self.rows += 1;
        }
        // Sources list the versions their ranges hold as well; only the others say something new.
        let inside = |version: &String| ranges.iter().any(|range| holds(scheme, version, range));
        let versions: Vec<String> =
            affected.versions.iter().filter(|version| !inside(version)).cloned().collect();
        if !versions.is_empty() {
            row::put_versions(&mut block.bytes, &head, &versions);
            block.rows += 1;
            self.rows += 1;
        }
        Ok(())
    }

    fn ecosystem(&mut self, name: &str) -> u32 {
        if let Some(number) = self.ecosystem_numbers.get(name) {
            return *number;
        }
        let number = self.ecosystems.len() as u32;
        self.ecosystems.push(name.to_owned());
        self.ecosystem_numbers.insert(name.to_owned(), number);
        number
    }

    fn put_advisory(&mut self, advisory: &Advisory, source: usize, text: &[u8]) {
        let text = self.texts.add(text);
        let out = &mut self.advisories;
        put_text(out, &advisory.id);
        put_texts(out, &advisory.aliases);
        put_texts(out, &advisory.covers);
        out.push(kind_byte(advisory.kind));
        out.push(advisory.severity.map_or(u8::MAX, row::severity_byte));
        put_texts(out, &advisory.cvss);
        put_number(out, advisory.cwe.len() as u64);
        for cwe in &advisory.cwe {
            put_number(out, u64::from(*cwe));
        }
        put_number(out, source as u64);
        put_text(out, &advisory.published);
        put_text(out, &advisory.modified);
        out.push(u8::from(advisory.withdrawn));
        put_text(out, &advisory.title);
        put_place(out, text);
    }

    /// What is known of a CVE, to fill in or add to.
    pub fn vulnerability(&mut self, id: &str) -> Option<&mut Vulnerability> {
        Some(self.vulnerabilities.entry(cve_key(id)?).or_default())
    }

    /// Writes the database. `built` is the time that it is said to be from.
    pub fn write(mut self, path: &Path, built: &str) -> Result<Summary, Error> {
        let mut out = Writer::create(path)?;
        let mut packages: Vec<_> = std::mem::take(&mut self.packages).into_iter().collect();
        packages.retain(|(_, block)| block.rows > 0);
        packages.sort_by(|a, b| a.0.cmp(&b.0));
        let mut counts: BTreeMap<String, EcosystemInfo> = BTreeMap::new();
        let mut entries = Vec::with_capacity(packages.len());
        out.section("blocks");
        let mut at = 0u64;
        for ((number, name), block) in &packages {
            let ecosystem = &self.ecosystems[*number as usize];
            let mut bytes = Vec::with_capacity(block.bytes.len() + name.len() + 8);
            put_number(&mut bytes, u64::from(*number));
            put_text(&mut bytes, name);
            bytes.extend_from_slice(&block.bytes);
            let count = counts.entry(ecosystem.clone()).or_default();
            count.packages += 1;
            count.rows += block.rows;
            out.write(&bytes)?;
            // A block longer than an entry can name would need a single package with some hundred thousand rows.
            let place = Place { offset: at, bytes: bytes.len().min(VALUE_BYTES_MAX) };
            entries.push((hash(&[ecosystem, name]), place));
            at += bytes.len() as u64;
        }
        index::write(&mut out, "packages", &mut entries)?;
        self.write_ecosystems(&mut out)?;
        self.write_advisories(&mut out)?;
        let vulnerabilities = self.write_vulnerabilities(&mut out)?;
        let summary = Summary {
            advisories: self.offsets.len() as u64,
            rows: self.rows,
            packages: packages.len() as u64,
        };
        self.texts.write(&mut out)?;
        out.finish(Directory {
            built: built.to_owned(),
            rows: self.rows,
            advisories: summary.advisories,
            vulnerabilities,
            sources: self.sources,
            ecosystems: counts,
            ..Directory::default()
        })?;
        Ok(summary)
    }

    fn write_ecosystems(&self, out: &mut Writer) -> Result<(), Error> {
        let mut bytes = Vec::new();
        put_texts(&mut bytes, &self.ecosystems);
        out.section("ecosystems");
        out.write(&bytes)
    }

    fn write_advisories(&mut self, out: &mut Writer) -> Result<(), Error> {
        out.section("advisories");
        out.write(&self.advisories)?;
        out.section("advisories.offsets");
        for offset in self.offsets.iter().chain([&(self.advisories.len() as u64)]) {
            out.write(&offset.to_le_bytes()[..5])?;
        }
        // The value of an id is an advisory's number: no section of its own.
        let mut ids: Vec<(u64, Place)> = self
            .ids
            .iter()
            .map(|(key, number)| (*key, Place { offset: u64::from(*number), bytes: 0 }))
            .collect();
        ids.sort_by_key(|(key, place)| (*key, place.offset));
        ids.dedup();
        index::write(out, "ids", &mut ids)
    }

    fn write_vulnerabilities(&mut self, out: &mut Writer) -> Result<u64, Error> {
        let all = std::mem::take(&mut self.vulnerabilities);
        let mut entries = Vec::with_capacity(all.len());
        let mut at = 0u64;
        out.section("vulnerabilities.values");
        for (key, vulnerability) in &all {
            let mut bytes = Vec::new();
            self.put_vulnerability(&mut bytes, vulnerability);
            out.write(&bytes)?;
            entries.push((*key, Place { offset: at, bytes: bytes.len() }));
            at += bytes.len() as u64;
        }
        index::write(out, "vulnerabilities", &mut entries)?;
        Ok(all.len() as u64)
    }

    fn put_vulnerability(&mut self, out: &mut Vec<u8>, vulnerability: &Vulnerability) {
        out.push(u8::from(vulnerability.kev.is_some()) | u8::from(vulnerability.epss.is_some()) << 1);
        if let Some(kev) = &vulnerability.kev {
            put_text(out, &kev.added);
            put_text(out, &kev.due);
            out.push(u8::from(kev.ransomware));
        }
        if let Some(epss) = &vulnerability.epss {
            put_number(out, (epss.probability * 1e9).round() as u64);
            put_number(out, (epss.percentile * 1e9).round() as u64);
        }
        put_texts(out, &vulnerability.cvss);
        put_number(out, vulnerability.cwe.len() as u64);
        for cwe in &vulnerability.cwe {
            put_number(out, u64::from(*cwe));
        }
        put_text(out, &vulnerability.published);
        let place = match vulnerability.description.as_str() {
            "" => TextPlace::default(),
            text => self.texts.add(text.as_bytes()),
        };
        put_place(out, place);
    }
}

fn put_place(out: &mut Vec<u8>, place: TextPlace) {
    put_number(out, place.block);
    put_number(out, place.at);
    put_number(out, place.bytes);
}

fn holds(scheme: Scheme, version: &str, range: &Range) -> bool {
    let end = match &range.end {
        End::Open => row::EndRef::Open,
        End::Fixed(version) => row::EndRef::Fixed(version),
        End::LastAffected(version) => row::EndRef::LastAffected(version),
        End::Limit(version) => row::EndRef::Limit(version),
    };
    contains(scheme, version, &range.introduced, end)
}

pub(crate) const KINDS: [Kind; 5] =
    [Kind::Vulnerability, Kind::Malware, Kind::Unsound, Kind::Unmaintained, Kind::Notice];

fn kind_byte(kind: Kind) -> u8 {
    KINDS.iter().position(|other| *other == kind).unwrap_or(0) as u8
}

// Most packages of one advisory that are kept for `explain`; the match table has them all.
const EXPLAINED_MAX: usize = 2_000;

// What only `explain` and reports need: description, references, packages with their ranges.
fn explanation(advisory: &Advisory) -> Vec<u8> {
    let mut out = Vec::new();
    put_text(&mut out, &advisory.details);
    put_texts(&mut out, &advisory.references);
    let shown = &advisory.affected[..advisory.affected.len().min(EXPLAINED_MAX)];
    put_number(&mut out, advisory.affected.len() as u64);
    put_number(&mut out, shown.len() as u64);
    for affected in shown {
        put_text(&mut out, &affected.ecosystem);
        put_text(&mut out, &affected.name);
        let ranges: Vec<String> = affected.ranges.iter().map(ToString::to_string).collect();
        put_texts(&mut out, &ranges);
        put_number(&mut out, affected.versions.len() as u64);
        put_text(&mut out, affected.fix_state.name());
        put_text(&mut out, affected.severity.map_or("", crate::Severity::name));
        put_text(&mut out, &affected.note);
    }
    out
}
