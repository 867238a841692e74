//! [`Query`]: one installed package, in plain strings; and [`Match`]: one vulnerability it has, with the proof.

use serde::Serialize;

use crate::severity::{Score, Severity};

/// One installed package. Empty strings mean "not known" or "does not apply".
///
/// ```
/// use yagura_advisory::Query;
///
/// let deb = Query {
///     package_type: "deb",
///     distro: "debian",
///     release: "12",
///     name: "libssl3",
///     version: "3.0.11-1~deb12u2",
///     source_name: "openssl",
///     source_version: "3.0.11-1~deb12u2",
///     ..Query::default()
/// };
/// let npm = Query { package_type: "npm", namespace: "@babel", name: "traverse", version: "7.23.0", ..Query::default() };
/// assert_eq!(deb.ecosystem(), "Debian:12");
/// assert_eq!(npm.full_name(), "@babel/traverse");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Query<'a> {
    /// Type of the package URL: `deb`, `rpm`, `apk`, `npm`, `pypi`, `golang`, …; or OSV's name of an ecosystem.
    pub package_type: &'a str,
    /// `ID` of os-release for a distribution's package: `debian`, `ubuntu`, `alpine`, `rhel`, …
    pub distro: &'a str,
    /// `VERSION_ID` of os-release: `12`, `22.04`, `3.19.1`, `9.4`, …
    pub release: &'a str,
    /// Namespace of the package URL: npm's scope, Maven's group, Composer's vendor, the path before Go's last part.
    pub namespace: &'a str,
    /// Name, or the whole name if the namespace is empty (`@babel/traverse`, `org.apache:log4j`).
    pub name: &'a str,
    /// Version with epoch and release, as the ecosystem writes it.
    pub version: &'a str,
    /// The source package it was built from.
    pub source_name: &'a str,
    /// That source's version; empty if it is the same.
    pub source_version: &'a str,
    /// Architecture.
    pub arch: &'a str,
    /// Modularity label of an RPM: `nodejs:18:8090020240301:…`.
    pub module: &'a str,
}

/// What the database says about a package.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// Vulnerabilities it has, most severe first, then by id.
    pub matches: Vec<Match>,
    /// Whether anything in the database could have known.
    pub coverage: Coverage,
}

/// Whether "no match" means anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Coverage {
    /// Sources of this ecosystem (and release) are in the database.
    Covered {
        /// Its name in the database.
        ecosystem: String,
    },
    /// No source in the database knows this ecosystem or release: nothing found is no good news.
    NoSource {
        /// The name that was looked for.
        ecosystem: String,
        /// What the database has of the same distribution.
        nearest: Vec<String>,
    },
    /// Packages of this type have no versions that could be compared.
    UnknownEcosystem {
        /// The type that was asked for.
        package_type: String,
    },
}

/// One vulnerability of a package, after everything the sources say about it was joined.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Match {
    /// The vulnerability: a CVE if it has one, else GHSA, else the source's own id.
    pub id: String,
    /// Every other name of it.
    pub aliases: Vec<String>,
    /// The records that say so (`DSA-5417-1`, `GHSA-…`, `ALSA-2024:1234`), the distribution's first.
    pub advisories: Vec<String>,
    /// The distribution's or vendor's own severity, else that of the best CVSS vector.
    pub severity: Severity,
    /// Who gave the severity: a source's name, or `CVSS`.
    pub severity_source: String,
    /// CVSS vectors with their scores, the source's own first.
    pub cvss: Vec<Score>,
    /// Weaknesses: numbers of CWE.
    pub cwe: Vec<u32>,
    /// The lowest version that is free of it by every source; empty if there is none.
    pub fixed_version: String,
    /// What became of the fix.
    pub fix_state: FixState,
    /// Known to be exploited (CISA).
    pub kev: Option<Kev>,
    /// Likelihood of exploitation (FIRST).
    pub epss: Option<Epss>,
    /// Vulnerability, malware, or a warning that a package is unmaintained.
    pub kind: Kind,
    /// One line; empty if no source has one.
    pub title: String,
    /// When it was published, `2024-01-31`.
    pub published: String,
    /// What a reader should know before acting: modules, ambiguous versions.
    pub notes: Vec<String>,
    /// Why this package matches: one for each record.
    pub proof: Vec<Proof>,
    /// A VEX statement that says otherwise, if one was applied.
    pub vex: Option<crate::vex::Applied>,
}

/// What a record is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A weakness that can be exploited.
    Vulnerability,
    /// The package itself is malicious.
    Malware,
    /// Unsound: it can be misused by accident.
    Unsound,
    /// Nobody looks after the package.
    Unmaintained,
    /// Anything else worth knowing.
    Notice,
}

/// What became of the fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FixState {
    /// There is a fixed version.
    Fixed,
    /// Not yet.
    NotFixed,
    /// Those who look after it decided against a fix.
    WillNotFix,
    /// The release or package is out of support.
    EndOfLife,
    /// Nobody said.
    Unknown,
}

/// CISA's mark that a vulnerability is exploited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Kev {
    /// When it entered the catalogue, `2025-08-25`.
    pub added: String,
    /// By when US agencies must act.
    pub due: String,
    /// Whether ransomware is known to use it.
    pub ransomware: bool,
}

/// FIRST's estimate of exploitation in the next 30 days.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Epss {
    /// Probability, 0 to 1.
    pub probability: f64,
    /// Share of vulnerabilities with a lower one, 0 to 1.
    pub percentile: f64,
}

/// Why a package matches one record: what was compared, and how it came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proof {
    /// The record.
    pub advisory: String,
    /// The source it came from.
    pub source: String,
    /// The ecosystem and package the record names.
    pub ecosystem: String,
    /// Name in that ecosystem.
    pub package: String,
    /// Whether the installed package or the source it was built from was looked up.
    pub by_source_package: bool,
    /// The version that was compared.
    pub version: String,
    /// The range as the record writes it: `>= 4.0, < 4.3`.
    pub range: String,
    /// Each comparison with its result: `4.0 <= 4.1`, `4.1 < 4.3`.
    pub comparisons: Vec<String>,
    /// The rules of order that were used.
    pub scheme: String,
    /// The fixed version this record names; empty if none.
    pub fixed_version: String,
}
