//! From rows that hold to matches: one for each vulnerability, whoever reported it.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet, HashMap},
};

use super::{Database, Hit, Lookup, Stored};
use crate::{
    cvss,
    error::Error,
    matching,
    query::{FixState, Match, Proof, Query},
    severity::Severity,
    store::{
        hash,
        row::{EndRef, What},
    },
    version::{Scheme, compare},
};

// Records of the same id that are asked for its CVE.
const RECORDS_ASKED_MAX: usize = 8;

struct Found<'a> {
    hit: &'a Hit<'a>,
    lookup: &'a Lookup<'a>,
    record: &'a Stored,
}

impl Database {
    pub(super) fn join(
        &self,
        query: &Query,
        ecosystem: &str,
        scheme: Scheme,
        hits: Vec<(&Lookup, Hit)>,
    ) -> Result<Vec<Match>, Error> {
        let mut records: HashMap<u32, Stored> = HashMap::new();
        for (_, hit) in &hits {
            if let std::collections::hash_map::Entry::Vacant(entry) = records.entry(hit.row.advisory) {
                entry.insert(self.stored(hit.row.advisory)?);
            }
        }
        let found: Vec<Found> = hits
            .iter()
            .filter_map(|(lookup, hit)| Some(Found { hit, lookup, record: records.get(&hit.row.advisory)? }))
            .collect();
        let mut named: BTreeMap<String, Vec<&Found>> = BTreeMap::new();
        for (id, group) in groups(&found) {
            let id = if rank(&id) == 0 { id } else { self.cve_of(&id)?.unwrap_or(id) };
            named.entry(id).or_default().extend(group);
        }
        let mut matches = Vec::new();
        for (id, group) in named {
            matches.push(self.one(query, ecosystem, scheme, id, &group)?);
        }
        matches.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.id.cmp(&b.id)));
        Ok(matches)
    }

    // The CVE that another record gives this id, so that a vulnerability has one name whichever record holds.
    fn cve_of(&self, id: &str) -> Result<Option<String>, Error> {
        let mut buffer = Vec::new();
        let places = self.ids.find(&self.file, hash(&[&id.to_ascii_uppercase()]), &mut buffer)?;
        let mut best: Option<String> = None;
        for place in places.into_iter().take(RECORDS_ASKED_MAX) {
            let number = u32::try_from(place.offset).map_err(|_| self.file.damaged("an id's advisory"))?;
            let stored = self.stored(number)?;
            let names = || std::iter::once(&stored.id).chain(&stored.aliases);
            if stored.covers.is_empty() && names().any(|name| name.eq_ignore_ascii_case(id)) {
                let cve = names().filter(|name| rank(name) == 0).min().cloned();
                best = [best, cve].into_iter().flatten().min();
            }
        }
        Ok(best)
    }

    fn one(
        &self,
        query: &Query,
        ecosystem: &str,
        scheme: Scheme,
        id: String,
        group: &[&Found],
    ) -> Result<Match, Error> {
        let known = self.vulnerability(&id)?.unwrap_or_default();
        let mut names = BTreeSet::new();
        let mut scores = Vec::new();
        let mut notes = BTreeSet::new();
        for found in group {
            if found.record.covers.is_empty() {
                names.extend(std::iter::once(&found.record.id).chain(&found.record.aliases).cloned());
            }
            let source = self.source_name(found.record);
            // A distribution's advisory for many has the vectors of all of them: they cannot be told apart.
            if found.record.covers.len() <= 1 {
                scores.extend(found.record.cvss.iter().filter_map(|vector| cvss::score(vector, &source)));
            }
            if !found.hit.row.note.is_empty() {
                notes.insert(found.hit.row.note.to_owned());
            }
        }
        names.remove(&id);
        notes.extend(module_note(query, scheme, group));
        scores.extend(known.cvss.iter().filter_map(|vector| cvss::score(vector, "NVD")));
        scores.dedup_by(|a, b| a.vector == b.vector);
        let (severity, severity_source) = self.severity(group, &scores);
        let (fixed_version, fix_state) = fix(scheme, group);
        let mut cwe: Vec<u32> = group.iter().flat_map(|found| found.record.cwe.clone()).collect();
        cwe.extend(&known.cwe);
        cwe.sort_unstable();
        cwe.dedup();
        let first = |text: fn(&Stored) -> &String| {
            group
                .iter()
                .map(|found| text(found.record))
                .find(|text| !text.is_empty())
                .cloned()
                .unwrap_or_default()
        };
        let mut advisories: Vec<String> = group.iter().map(|found| found.record.id.clone()).collect();
        advisories.sort();
        advisories.dedup();
        Ok(Match {
            aliases: names.into_iter().collect(),
            advisories,
            severity,
            severity_source,
            cvss: scores,
            cwe,
            fixed_version,
            fix_state,
            kev: known.kev,
            epss: known.epss,
            kind: group.iter().map(|found| found.record.kind).min().unwrap_or(crate::Kind::Vulnerability),
            title: first(|record| &record.title),
            published: first(|record| &record.published),
            notes: notes.into_iter().collect(),
            proof: group.iter().map(|found| self.proof(ecosystem, scheme, found)).collect(),
            vex: None,
            id,
        })
    }

    fn source_name(&self, record: &Stored) -> String {
        self.file.directory.sources.get(record.source).map_or_else(String::new, |source| source.name.clone())
    }

    // The distribution's word for the package, then for the record, then any record's, then the best vector.
    fn severity(&self, group: &[&Found], scores: &[crate::Score]) -> (Severity, String) {
        let by_row = group.iter().filter_map(|found| Some((found.hit.row.severity?, *found)));
        let by_record = || group.iter().filter_map(|found| Some((found.record.severity?, *found)));
        let given =
            by_row.max_by_key(|(severity, _)| *severity).or_else(|| by_record().max_by_key(|(s, _)| *s));
        if let Some((severity, found)) = given
            && severity != Severity::Unknown
        {
            return (severity, self.source_name(found.record));
        }
        match cvss::best(scores) {
            Some(score) => (score.severity, format!("CVSS {} ({})", score.version, score.source)),
            None => (Severity::Unknown, String::new()),
        }
    }

    fn proof(&self, ecosystem: &str, scheme: Scheme, found: &Found) -> Proof {
        let (range, comparisons) = matching::prove(found.hit.version, &found.hit.row.what);
        Proof {
            advisory: found.record.id.clone(),
            source: self.source_name(found.record),
            ecosystem: ecosystem.to_owned(),
            package: found.lookup.name.to_string(),
            by_source_package: found.lookup.of_source,
            version: found.hit.version.to_owned(),
            range,
            comparisons,
            scheme: scheme.name().to_owned(),
            fixed_version: fixed(found).to_owned(),
        }
    }
}

fn fixed<'a>(found: &Found<'a>) -> &'a str {
    match found.hit.row.what {
        What::Range { end: EndRef::Fixed(version), .. } => version,
        _ => "",
    }
}

// The lowest version that satisfies every record that names one.
fn fix(scheme: Scheme, group: &[&Found]) -> (String, FixState) {
    let highest = group
        .iter()
        .map(|found| fixed(found))
        .filter(|version| !version.is_empty())
        .max_by(|a, b| compare(scheme, a, b).unwrap_or(Ordering::Equal));
    match highest {
        Some(version) => (version.to_owned(), FixState::Fixed),
        None => {
            let state = group.iter().map(|found| found.hit.row.fix_state).min().unwrap_or(FixState::Unknown);
            (String::new(), state)
        }
    }
}

fn module_note(query: &Query, scheme: Scheme, group: &[&Found]) -> Option<String> {
    let modular = scheme == Scheme::Rpm && (!query.module.is_empty() || query.version.contains(".module"));
    let untold = group.iter().all(|found| !found.hit.row.note.starts_with("module "));
    (modular && untold).then(|| {
        "a package of a module: the advisory does not name the stream, versions alone were compared".into()
    })
}

// Records of one vulnerability: joined by any name they share; a distribution's advisory counts for each that it covers.
fn groups<'a>(found: &'a [Found<'a>]) -> BTreeMap<String, Vec<&'a Found<'a>>> {
    let mut parents: HashMap<&str, &str> = HashMap::new();
    for one in found.iter().filter(|one| one.record.covers.is_empty()) {
        for alias in &one.record.aliases {
            let (a, b) = (root(&parents, &one.record.id), root(&parents, alias));
            if a != b {
                parents.insert(a, b);
            }
        }
    }
    let mut by_root: BTreeMap<&str, Vec<&Found>> = BTreeMap::new();
    for one in found {
        let names: Vec<&str> = match one.record.covers.as_slice() {
            [] => vec![&one.record.id],
            covers => covers.iter().map(String::as_str).collect(),
        };
        let roots: BTreeSet<&str> = names.iter().map(|name| root(&parents, name)).collect();
        for root in roots {
            by_root.entry(root).or_default().push(one);
        }
    }
    let named = |(found_root, group): (&str, Vec<&'a Found<'a>>)| {
        let own = group.iter().filter(|one| one.record.covers.is_empty());
        let names = own.flat_map(|one| std::iter::once(&one.record.id).chain(&one.record.aliases));
        let best = names.map(String::as_str).chain([found_root]).min_by_key(|name| (rank(name), *name));
        (best.unwrap_or(found_root).to_owned(), group)
    };
    let mut all: BTreeMap<String, Vec<&Found>> = BTreeMap::new();
    for (id, group) in by_root.into_iter().map(named) {
        all.entry(id).or_default().extend(group);
    }
    for group in all.values_mut() {
        // The distribution's records first: their words are preferred.
        group.sort_by_key(|one| (rank(&one.record.id) == 0, one.record.id.as_str()));
    }
    all
}

fn root<'a>(parents: &HashMap<&'a str, &'a str>, name: &'a str) -> &'a str {
    let mut at = name;
    while let Some(parent) = parents.get(at) {
        at = parent;
    }
    at
}

// A CVE is the best name, then GHSA, then whatever the source calls it.
fn rank(id: &str) -> u8 {
    match id {
        _ if id.starts_with("CVE-") => 0,
        _ if id.starts_with("GHSA-") => 1,
        _ => 2,
    }
}
