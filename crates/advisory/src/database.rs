//! [`Database`]: open, ask, explain.
//!
//! Reading never changes it: one database can be asked from many threads. A file that is damaged is an error with its
//! place, never a panic.

use std::{collections::HashMap, path::Path};

use serde::Serialize;

use crate::{
    ecosystem,
    error::Error,
    matching,
    query::{Answer, Coverage, Epss, FixState, Kev, Kind, Query},
    severity::Severity,
    store::{
        bytes::Bytes,
        cve_key,
        file::{EcosystemInfo, File, Section, SourceInfo},
        hash,
        index::Index,
        row::{self, Row, severity_of},
        texts::{self, TextPlace},
        write::{KINDS, Vulnerability},
    },
    version::Scheme,
};

mod explain;
mod join;

pub use explain::{Explained, ExplainedPackage};

/// An advisory database.
#[derive(Debug)]
pub struct Database {
    file: File,
    packages: Index,
    ids: Index,
    vulnerabilities: Index,
    ecosystem_numbers: HashMap<String, u64>,
    /// Where each advisory begins, if they are few.
    offsets: Option<Vec<u8>>,
}

// One and a half million advisories.
const OFFSETS_IN_MEMORY_BYTES_MAX: u64 = 8 << 20;

/// What a database holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Status {
    /// When it was built, RFC 3339.
    pub built: String,
    /// Version of the file format.
    pub format: u32,
    /// Size of the file.
    pub bytes: u64,
    /// Bytes of the match table: index and blocks.
    pub match_table_bytes: u64,
    /// Rows of the match table.
    pub rows: u64,
    /// Advisories, withdrawn ones too.
    pub advisories: u64,
    /// Packages with rows.
    pub packages: u64,
    /// CVEs with KEV, EPSS or NVD data.
    pub vulnerabilities: u64,
    /// Where it all came from.
    pub sources: Vec<SourceInfo>,
    /// What can be matched.
    pub ecosystems: std::collections::BTreeMap<String, EcosystemInfo>,
}

// An advisory without its texts.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    id: String,
    aliases: Vec<String>,
    covers: Vec<String>,
    kind: Kind,
    severity: Option<Severity>,
    cvss: Vec<String>,
    cwe: Vec<u32>,
    source: usize,
    published: String,
    modified: String,
    withdrawn: bool,
    title: String,
    text: TextPlace,
}

/// A row that holds for a package.
struct Hit<'a> {
    row: Row<'a>,
    version: &'a str,
}

// Working space, so that a question allocates little.
#[derive(Default)]
struct Buffers {
    keys: Vec<u8>,
    block: Vec<u8>,
}

impl Database {
    /// Opens a database file: its directory and every 64th key are read.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let file = File::open(path)?;
        let packages = Index::open(&file, "packages")?;
        let ids = Index::open(&file, "ids")?;
        let vulnerabilities = Index::open(&file, "vulnerabilities")?;
        let section = file.section("ecosystems");
        let mut bytes = Vec::new();
        file.read(section, 0, section.bytes as usize, &mut bytes)?;
        let ecosystems = Bytes(&bytes).texts().ok_or_else(|| file.damaged("the list of ecosystems"))?;
        let section = file.section("advisories.offsets");
        let offsets = if section.bytes <= OFFSETS_IN_MEMORY_BYTES_MAX {
            let mut offsets = Vec::new();
            file.read(section, 0, section.bytes as usize, &mut offsets)?;
            Some(offsets)
        } else {
            None
        };
        let ecosystem_numbers = ecosystems.into_iter().zip(0u64..).collect();
        Ok(Self { file, packages, ids, vulnerabilities, ecosystem_numbers, offsets })
    }

    /// Which vulnerabilities a package has, and whether the database could know.
    pub fn matches(&self, query: &Query) -> Result<Answer, Error> {
        let name = query.ecosystem();
        let (number, scheme, coverage) = match self.coverage(query, &name) {
            Ok((number, scheme)) => (number, scheme, Coverage::Covered { ecosystem: name.clone() }),
            Err(coverage) => return Ok(Answer { matches: Vec::new(), coverage }),
        };
        let mut blocks = Vec::new();
        for lookup in lookups(query, &name, scheme) {
            let mut buffers = Buffers::default();
            if self.block(number, &name, &lookup.name, &mut buffers)? {
                blocks.push((lookup, buffers.block));
            }
        }
        let mut hits = Vec::new();
        for (lookup, block) in &blocks {
            let damaged = || self.file.damaged(&format!("the rows of {} {}", name, lookup.name));
            let mut rows = self.rows(block).ok_or_else(damaged)?;
            while !rows.0.is_empty() {
                let row = row::read(&mut rows).ok_or_else(damaged)?;
                if row.of_source == lookup.of_source
                    && matching::row_matches(scheme, lookup.version, &row.what)
                    && same_build(query, scheme, lookup.version, &row)
                {
                    hits.push((lookup, Hit { row, version: lookup.version }));
                }
            }
        }
        let matches = if hits.is_empty() { Vec::new() } else { self.join(query, &name, scheme, hits)? };
        Ok(Answer { matches, coverage })
    }

    /// Counts the checks of a question without joining its answer: for measuring.
    pub fn count_checks(&self, query: &Query) -> Result<(u64, u64), Error> {
        let name = query.ecosystem();
        let Ok((number, scheme)) = self.coverage(query, &name) else { return Ok((0, 0)) };
        let (mut checks, mut hits) = (0, 0);
        let mut buffers = Buffers::default();
        for lookup in lookups(query, &name, scheme) {
            if !self.block(number, &name, &lookup.name, &mut buffers)? {
                continue;
            }
            let damaged = || self.file.damaged(&format!("the rows of {} {}", name, lookup.name));
            let mut rows = self.rows(&buffers.block).ok_or_else(damaged)?;
            while !rows.0.is_empty() {
                let row = row::read(&mut rows).ok_or_else(damaged)?;
                checks += 1;
                hits += u64::from(matching::row_matches(scheme, lookup.version, &row.what));
            }
        }
        Ok((checks, hits))
    }

    fn coverage(&self, query: &Query, name: &str) -> Result<(u64, Scheme), Coverage> {
        let Some(scheme) = ecosystem::scheme(name) else {
            let package_type = if query.distro.is_empty() { query.package_type } else { query.distro };
            return Err(Coverage::UnknownEcosystem { package_type: package_type.to_owned() });
        };
        match self.ecosystem_numbers.get(name) {
            Some(number) if self.file.directory.ecosystems.contains_key(name) => Ok((*number, scheme)),
            _ => {
                let base = ecosystem::base(name);
                let known = self.file.directory.ecosystems.keys();
                let nearest = known.filter(|other| ecosystem::base(other) == base).cloned().collect();
                Err(Coverage::NoSource { ecosystem: name.to_owned(), nearest })
            }
        }
    }

    /// Whether the database knows a package's ecosystem, without asking for matches.
    pub fn covers(&self, query: &Query) -> Coverage {
        let name = query.ecosystem();
        match self.coverage(query, &name) {
            Ok(_) => Coverage::Covered { ecosystem: name },
            Err(coverage) => coverage,
        }
    }

    // Reads the block of a package; false if there is none.
    fn block(&self, number: u64, ecosystem: &str, name: &str, buffers: &mut Buffers) -> Result<bool, Error> {
        let key = hash(&[ecosystem, name]);
        for place in self.packages.find(&self.file, key, &mut buffers.keys)? {
            self.file.read(self.file.section("blocks"), place.offset, place.bytes, &mut buffers.block)?;
            let mut bytes = Bytes(&buffers.block);
            if bytes.number() == Some(number) && bytes.text() == Some(name) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn rows<'a>(&self, block: &'a [u8]) -> Option<Bytes<'a>> {
        let mut bytes = Bytes(block);
        bytes.number()?;
        bytes.text()?;
        Some(bytes)
    }

    fn stored(&self, number: u32) -> Result<Stored, Error> {
        let damaged = || self.file.damaged(&format!("advisory {number}"));
        let mut buffer = Vec::new();
        let at = number as usize * 5;
        let places = match &self.offsets {
            Some(offsets) => offsets.get(at..at + 10).ok_or_else(damaged)?,
            None => {
                let section = self.file.section("advisories.offsets");
                self.file.read(section, at as u64, 10, &mut buffer)?;
                buffer.as_slice()
            }
        };
        let five =
            |bytes: &[u8]| bytes.iter().rev().fold(0u64, |number, byte| (number << 8) | u64::from(*byte));
        let (start, end) = (five(&places[..5]), five(&places[5..]));
        let bytes = usize::try_from(end.checked_sub(start).ok_or_else(damaged)?).map_err(|_| damaged())?;
        self.file.read(self.file.section("advisories"), start, bytes, &mut buffer)?;
        read_stored(&mut Bytes(&buffer)).ok_or_else(damaged)
    }

    /// What KEV, EPSS and NVD say of a CVE.
    pub fn vulnerability(&self, id: &str) -> Result<Option<Vulnerability>, Error> {
        let Some(key) = cve_key(id) else { return Ok(None) };
        let mut buffer = Vec::new();
        let Some(place) = self.vulnerabilities.find(&self.file, key, &mut buffer)?.first().copied() else {
            return Ok(None);
        };
        let values: Section = self.file.section("vulnerabilities.values");
        self.file.read(values, place.offset, place.bytes, &mut buffer)?;
        let damaged = || self.file.damaged(&format!("what is known of {id}"));
        let (mut known, text) = read_vulnerability(&mut Bytes(&buffer)).ok_or_else(damaged)?;
        if text.bytes > 0 {
            let text = texts::read(&self.file, text)?;
            known.description = String::from_utf8(text).map_err(|_| damaged())?;
        }
        Ok(Some(known))
    }

    /// What the database holds.
    pub fn status(&self) -> Status {
        let directory = &self.file.directory;
        let section = |name: &str| self.file.section(name).bytes;
        Status {
            built: directory.built.clone(),
            format: crate::store::FORMAT,
            bytes: self.file.bytes,
            match_table_bytes: section("blocks") + section("packages") + section("packages.samples"),
            rows: directory.rows,
            advisories: directory.advisories,
            packages: self.packages.len(),
            vulnerabilities: directory.vulnerabilities,
            sources: directory.sources.clone(),
            ecosystems: directory.ecosystems.clone(),
        }
    }

    /// Ecosystem and name of every `step`th package, in the order of the file.
    pub fn package_names(&self, step: usize) -> Result<Vec<(String, String)>, Error> {
        let blocks = self.file.section("blocks");
        let names: HashMap<u64, &String> =
            self.ecosystem_numbers.iter().map(|(name, n)| (*n, name)).collect();
        let mut places = self.packages.places(&self.file)?;
        places.sort_by_key(|place| place.offset);
        let mut all = Vec::new();
        let mut block = Vec::new();
        for place in places.into_iter().step_by(step.max(1)) {
            self.file.read(blocks, place.offset, place.bytes, &mut block)?;
            let mut bytes = Bytes(&block);
            let number = bytes.number().and_then(|number| names.get(&number));
            let (Some(ecosystem), Some(name)) = (number, bytes.text()) else {
                return Err(self.file.damaged("a package's name"));
            };
            all.push(((*ecosystem).clone(), name.to_owned()));
        }
        Ok(all)
    }

    /// Reads everything and compares the checksums.
    pub fn verify(&self) -> Result<(), Error> {
        self.file.verify()
    }
}

struct Lookup<'a> {
    name: std::borrow::Cow<'a, str>,
    version: &'a str,
    of_source: bool,
}

// By the package's own name, and by its source's; a row says which of the two it means.
fn lookups<'a>(query: &'a Query<'a>, ecosystem: &str, scheme: Scheme) -> Vec<Lookup<'a>> {
    let full = query.full_name();
    let name = match full {
        std::borrow::Cow::Borrowed(name) => ecosystem::normalise(ecosystem, name),
        std::borrow::Cow::Owned(name) => ecosystem::normalise(ecosystem, &name).into_owned().into(),
    };
    let mut all = vec![Lookup { name: name.clone(), version: query.version, of_source: false }];
    if matches!(scheme, Scheme::Dpkg | Scheme::Apk | Scheme::Rpm) {
        let or = |text: &'a str, other: &'a str| if text.is_empty() { other } else { text };
        let source = if query.source_name.is_empty() { name } else { query.source_name.into() };
        all.push(Lookup { name: source, version: or(query.source_version, query.version), of_source: true });
    }
    all
}

// RPM modules: a package built in a module is another one than the package of the same name outside.
fn same_build(query: &Query, scheme: Scheme, version: &str, row: &Row) -> bool {
    if scheme != Scheme::Rpm {
        return true;
    }
    let row::What::Range { end: row::EndRef::Fixed(fixed), .. } = row.what else { return true };
    let modular = |version: &str| version.contains(".module");
    modular(fixed) == (modular(version) || !query.module.is_empty())
}

fn read_place(bytes: &mut Bytes) -> Option<TextPlace> {
    Some(TextPlace { block: bytes.number()?, at: bytes.number()?, bytes: bytes.number()? })
}

fn read_numbers(bytes: &mut Bytes) -> Option<Vec<u32>> {
    let count = bytes.count()?;
    (0..count).map(|_| u32::try_from(bytes.number()?).ok()).collect()
}

fn read_stored(bytes: &mut Bytes) -> Option<Stored> {
    Some(Stored {
        id: bytes.text()?.to_owned(),
        aliases: bytes.texts()?,
        covers: bytes.texts()?,
        kind: *KINDS.get(usize::from(bytes.byte()?))?,
        severity: match bytes.byte()? {
            u8::MAX => None,
            byte => Some(severity_of(byte)?),
        },
        cvss: bytes.texts()?,
        cwe: read_numbers(bytes)?,
        source: usize::try_from(bytes.number()?).ok()?,
        published: bytes.text()?.to_owned(),
        modified: bytes.text()?.to_owned(),
        withdrawn: bytes.byte()? != 0,
        title: bytes.text()?.to_owned(),
        text: read_place(bytes)?,
    })
}

fn read_vulnerability(bytes: &mut Bytes) -> Option<(Vulnerability, TextPlace)> {
    let flags = bytes.byte()?;
    let mut known = Vulnerability::default();
    if flags & 1 != 0 {
        let (added, due) = (bytes.text()?.to_owned(), bytes.text()?.to_owned());
        known.kev = Some(Kev { added, due, ransomware: bytes.byte()? != 0 });
    }
    if flags & 2 != 0 {
        let share = |number: u64| number as f64 / 1e9;
        known.epss = Some(Epss { probability: share(bytes.number()?), percentile: share(bytes.number()?) });
    }
    known.cvss = bytes.texts()?;
    known.cwe = read_numbers(bytes)?;
    known.published = bytes.text()?.to_owned();
    Some((known, read_place(bytes)?))
}

impl FixState {
    /// The words for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::NotFixed => "not fixed",
            Self::WillNotFix => "will not fix",
            Self::EndOfLife => "end of life",
            Self::Unknown => "unknown",
        }
    }
}
