//! The answer of a scan: what every output is made from.

use serde::Serialize;
use yagura_advisory::{Epss, FixState, Kev, Kind, Proof, Score, Severity};
use yagura_packages::{Location, Package};

use crate::risk::Risk;

/// The schema of the JSON report. It grows by fields only; a change of meaning gets another number.
pub const SCHEMA: &str = "yagura.scan/1";

/// Everything a scan came to.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// This program's version.
    pub version: &'static str,
    /// When it started, RFC 3339.
    pub started: String,
    /// What was scanned.
    pub target: TargetInfo,
    /// The distribution at its root.
    pub distro: Option<DistroInfo>,
    /// The advisories that were asked; none: vulnerabilities were not looked for.
    pub database: Option<DatabaseInfo>,
    /// Numbers.
    pub counts: Counts,
    /// By risk, the highest first.
    pub vulnerabilities: Vec<Vulnerability>,
    /// By path and line.
    pub secrets: Vec<SecretFinding>,
    /// By path.
    pub malware: Vec<MalwareFinding>,
    /// Kept free for checks of configuration.
    pub misconfigurations: Vec<Misconfiguration>,
    /// Every package, by package URL.
    pub packages: Vec<PackageEntry>,
    /// Packages that an upper layer removed or replaced.
    pub removed_packages: Vec<RemovedPackage>,
    /// Exceptions that hid something, and those that are over.
    pub exceptions: Vec<ExceptionUse>,
    /// What a reader must know about the answer: what it does not cover, and why.
    pub notes: Vec<Note>,
    /// What could not be read.
    pub problems: Vec<ProblemEntry>,
    /// Problems beyond those listed.
    pub problems_lost: u64,
    /// How long it took.
    pub timings: Timings,
}

/// What was scanned.
#[derive(Debug, Clone, Default, Serialize)]
pub struct TargetInfo {
    /// `host`, `folder`, `docker-archive`, `oci-layout`, `registry`, `sbom`, …
    pub kind: String,
    /// As the user named it.
    pub name: String,
    /// Digest of the manifest.
    pub digest: Option<String>,
    /// Digest of the configuration: the image's id.
    pub image_id: Option<String>,
    /// `linux/amd64`.
    pub platform: Option<String>,
    /// Layers, the lowest first; empty for what has none.
    pub layers: Vec<LayerEntry>,
}

/// A layer.
#[derive(Debug, Clone, Serialize)]
pub struct LayerEntry {
    /// Of the packed bytes.
    pub digest: Option<String>,
    /// Of the tar.
    pub diff_id: Option<String>,
    /// The command that made it.
    pub created_by: Option<String>,
}

/// A distribution and its support.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DistroInfo {
    /// `debian`.
    pub id: String,
    /// `12`.
    pub release: String,
    /// As shown to people.
    pub name: String,
    /// The day support ends or ended.
    pub end_of_life: Option<String>,
    /// That day is over.
    pub is_end_of_life: bool,
}

/// The advisories that were asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DatabaseInfo {
    /// When it was built, RFC 3339.
    pub built: String,
    /// Advisories in it.
    pub advisories: u64,
}

/// Numbers of a scan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Entries seen.
    pub entries: u64,
    /// Files seen.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Packages.
    pub packages: u64,
    /// Packages whose files belong to a package of the distribution.
    pub owned_packages: u64,
    /// Vulnerabilities that count.
    pub vulnerabilities: BySeverity,
    /// Those that do not: excepted, not affected, a kernel that does not run.
    pub set_aside: u64,
    /// Secrets at the top.
    pub secrets: u64,
    /// Secrets in lower layers only.
    pub removed_secrets: u64,
    /// Malware.
    pub malware: u64,
}

/// A count for each severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct BySeverity {
    /// Critical.
    pub critical: u64,
    /// High.
    pub high: u64,
    /// Medium.
    pub medium: u64,
    /// Low.
    pub low: u64,
    /// Negligible.
    pub negligible: u64,
    /// Unknown.
    pub unknown: u64,
}

impl BySeverity {
    /// Counts one.
    pub fn add(&mut self, severity: Severity) {
        *match severity {
            Severity::Critical => &mut self.critical,
            Severity::High => &mut self.high,
            Severity::Medium => &mut self.medium,
            Severity::Low => &mut self.low,
            Severity::Negligible => &mut self.negligible,
            Severity::Unknown => &mut self.unknown,
        } += 1;
    }

    /// Names and counts, the worst first.
    pub fn rows(&self) -> [(&'static str, u64); 6] {
        [
            ("critical", self.critical),
            ("high", self.high),
            ("medium", self.medium),
            ("low", self.low),
            ("negligible", self.negligible),
            ("unknown", self.unknown),
        ]
    }
}

/// A vulnerability of a package.
#[derive(Debug, Clone, Serialize)]
pub struct Vulnerability {
    /// CVE where there is one.
    pub id: String,
    /// Its other names.
    pub aliases: Vec<String>,
    /// The records that say so.
    pub advisories: Vec<String>,
    /// Vulnerability, malware, unmaintained, ….
    pub kind: Kind,
    /// The distribution's, else by CVSS.
    pub severity: Severity,
    /// Who gave it.
    pub severity_source: String,
    /// CVSS vectors, the source's own first.
    pub cvss: Vec<Score>,
    /// Numbers of CWE.
    pub cwe: Vec<u32>,
    /// Known to be exploited.
    pub kev: Option<Kev>,
    /// Likelihood of exploitation.
    pub epss: Option<Epss>,
    /// One line.
    pub title: String,
    /// The day it was published.
    pub published: String,
    /// Package URL.
    pub package: String,
    /// The package's name as its manager writes it.
    pub name: String,
    /// The installed version.
    pub version: String,
    /// `deb`, `npm`, ….
    pub package_type: String,
    /// The lowest version without it; empty if there is none.
    pub fixed_version: String,
    /// What became of the fix.
    pub fix_state: FixState,
    /// Where the package was found.
    pub locations: Vec<Location>,
    /// Index of the layer that brought the package, for images.
    pub layer: Option<u32>,
    /// A file of the package that a process runs, has mapped or has open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_file: Option<String>,
    /// How urgent it is, and why.
    pub risk: Risk,
    /// Whether it counts.
    pub status: Status,
    /// Why it does not.
    pub status_reason: String,
    /// What a reader should know before acting.
    pub notes: Vec<String>,
    /// Why the package matches.
    pub proof: Vec<Proof>,
}

/// Whether a finding counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It does.
    Affected,
    /// A VEX statement says it does not apply.
    NotAffected,
    /// An exception of the user.
    Excepted,
    /// A kernel that is installed and does not run.
    NotRunning,
}

/// A secret in a file. The secret itself is nowhere in a report.
#[derive(Debug, Clone, Serialize)]
pub struct SecretFinding {
    /// The rule's id.
    pub rule: String,
    /// What it is.
    pub title: String,
    /// How bad a leak is.
    pub severity: Severity,
    /// `low`, `medium`, `high`.
    pub confidence: String,
    /// The file.
    pub path: String,
    /// The layer, for images.
    pub layer: Option<u32>,
    /// Line, from 1; 0 if the path alone tells.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
    /// Last line.
    pub end_line: u32,
    /// First and last few characters.
    pub redacted: String,
    /// Same secret, same rule: same fingerprint.
    pub fingerprint: String,
    /// What the validator found out.
    pub detail: Option<String>,
    /// The layer that removed the file: still in the image for whoever pulls it.
    pub removed_by: Option<u32>,
    /// Whether it counts.
    pub status: Status,
    /// Why it does not.
    pub status_reason: String,
}

/// A file that a YARA rule fits.
#[derive(Debug, Clone, Serialize)]
pub struct MalwareFinding {
    /// The rule.
    pub rule: String,
    /// The file of rules it stands in.
    pub rule_file: String,
    /// The rule's description.
    pub title: String,
    /// How bad it is.
    pub severity: Severity,
    /// The rule's tags.
    pub tags: Vec<String>,
    /// The file.
    pub path: String,
    /// Digest of the file, in hexadecimal.
    pub sha256: String,
    /// Where the rule's patterns are in it, the first of them.
    pub strings: Vec<MalwareString>,
    /// The layer, for images.
    pub layer: Option<u32>,
    /// The layer that removed the file.
    pub removed_by: Option<u32>,
    /// Whether it counts.
    pub status: Status,
    /// Why it does not.
    pub status_reason: String,
}

/// A place where a pattern of a rule matched. The bytes themselves are not told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MalwareString {
    /// The pattern's name, `$a`.
    pub name: String,
    /// Bytes before it.
    pub offset: u64,
    /// Bytes of it.
    pub length: u64,
}

/// A setting that is wrong. None is looked for yet.
#[derive(Debug, Clone, Serialize)]
pub struct Misconfiguration {
    /// The check's id.
    pub id: String,
    /// What is wrong.
    pub title: String,
    /// How bad it is.
    pub severity: Severity,
    /// The file.
    pub path: String,
}

/// A package with its URL.
#[derive(Debug, Clone, Serialize)]
pub struct PackageEntry {
    /// Package URL.
    pub purl: String,
    /// The layer that brought it, for images.
    pub brought_by: Option<u32>,
    /// A file of it that a process runs, has mapped or has open; `None`: none was seen, or nobody looked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_file: Option<String>,
    /// What is known of it.
    #[serde(flatten)]
    pub package: Package,
}

/// A package that is there no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RemovedPackage {
    /// `deb`, `npm`, `golang`: as in package URLs.
    pub package_type: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The layer without it.
    pub removed_by: u32,
}

/// An exception that was used, or is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExceptionUse {
    /// What it names, in words.
    pub about: String,
    /// Who answers for it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// Its last day.
    pub expires: String,
    /// That day is over: it hides nothing any more.
    pub expired: bool,
    /// Findings it hid, or would hide if it were not over.
    pub findings: u64,
}

/// Something a reader must know about the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// A word that programs can look for.
    pub code: &'static str,
    /// In a sentence.
    pub message: String,
}

/// What could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ProblemEntry {
    /// The layer, for images.
    pub layer: Option<u32>,
    /// The file.
    pub path: Option<String>,
    /// The line.
    pub line: Option<u32>,
    /// The byte of the archive.
    pub offset: Option<u64>,
    /// `truncated`, `corrupt`, `digest`, `limit`, ….
    pub kind: String,
    /// In words.
    pub message: String,
}

/// Milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Timings {
    /// Reading the target.
    pub walk_ms: u64,
    /// Asking the advisories.
    pub match_ms: u64,
}

impl Report {
    /// The findings without anything that depends on where they were found: the same bytes give the same text, whether they
    /// came from a folder, an archive, a registry or an SBOM.
    pub fn canonical_findings(&self) -> String {
        let vulnerabilities = self.vulnerabilities.iter().map(|found| {
            format!(
                "{} {} {} {} {}",
                found.id,
                found.package,
                found.version,
                found.fixed_version,
                found.severity.name()
            )
        });
        let secrets = self.secrets.iter().filter(|found| found.removed_by.is_none());
        let secrets = secrets
            .map(|found| format!("{} {} {} {}", found.rule, found.path, found.line, found.fingerprint));
        let malware = self.malware.iter().filter(|found| found.removed_by.is_none());
        let malware = malware.map(|found| format!("{} {} {}", found.rule, found.path, found.sha256));
        let mut lines: Vec<String> = vulnerabilities.chain(secrets).chain(malware).collect();
        lines.sort();
        lines.dedup();
        lines.join("\n")
    }

    /// The worst severity among findings that count.
    pub fn worst(&self) -> Option<Severity> {
        let vulnerabilities = self.vulnerabilities.iter().filter(|found| found.status == Status::Affected);
        let secrets = self.secrets.iter().filter(|found| found.status == Status::Affected);
        let malware = self.malware.iter().filter(|found| found.status == Status::Affected);
        let all = vulnerabilities.map(|found| found.severity).chain(secrets.map(|found| found.severity));
        all.chain(malware.map(|found| found.severity)).max()
    }

    /// Counts the findings again, after some were taken out or set aside.
    pub fn count(&mut self) {
        let counts = &mut self.counts;
        counts.packages = self.packages.len() as u64;
        counts.owned_packages =
            self.packages.iter().filter(|entry| entry.package.owned_by.is_some()).count() as u64;
        counts.vulnerabilities = BySeverity::default();
        let open = self.vulnerabilities.iter().filter(|found| found.status == Status::Affected);
        open.for_each(|found| counts.vulnerabilities.add(found.severity));
        let aside = self.vulnerabilities.iter().filter(|found| found.status != Status::Affected);
        counts.set_aside = aside.count() as u64;
        let secrets = self.secrets.iter().filter(|found| found.status == Status::Affected);
        let (removed, there): (Vec<_>, Vec<_>) = secrets.partition(|found| found.removed_by.is_some());
        (counts.secrets, counts.removed_secrets) = (there.len() as u64, removed.len() as u64);
        counts.malware = self.malware.iter().filter(|found| found.status == Status::Affected).count() as u64;
    }
}
