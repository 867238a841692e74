//! One scan from end to end.

use std::time::Instant;

use yagura_advisory::{Severity, vex::Statements};
use yagura_image::{Progress, Target};
use yagura_packages::sbom::{self, SbomError};

use crate::{
    advisor::Advisor,
    gather::{Gathered, gather},
    judge::{self, Judging},
    limits,
    options::Options,
    report::{
        Counts, LayerEntry, MalwareFinding, MalwareString, Note, ProblemEntry, RemovedPackage, Report,
        SCHEMA, SecretFinding, Status, TargetInfo, Timings,
    },
};

/// The engines besides the packages' own.
#[derive(Clone, Copy, Default)]
pub struct Engines<'a> {
    /// Advisories; none: packages are listed and not judged.
    pub advisor: Option<&'a dyn Advisor>,
    /// Vulnerabilities were asked for, so that a missing database is worth a note.
    pub wants_advisor: bool,
    /// VEX statements about what is found.
    pub vex: Option<&'a Statements>,
    /// Secret rules; none: secrets are not looked for.
    pub secrets: Option<yagura_secrets::Scanner<'a>>,
    /// YARA rules; none: malware is not looked for.
    pub malware: Option<&'a yagura_yara::Ruleset>,
}

/// What a scan is told about the world, so that the same target gives the same answer.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    /// RFC 3339.
    pub now: &'a str,
    /// The release of the running kernel, if the target is this host.
    pub running_kernel: Option<&'a str>,
}

impl<'a> Moment<'a> {
    /// The day: `2026-01-31`.
    pub fn today(&self) -> &'a str {
        self.now.get(..10).unwrap_or(self.now)
    }
}

/// How the answer is made.
#[derive(Debug, Clone, Copy, Default)]
pub struct Answering {
    /// Judge packages that belong to packages of the distribution, too.
    pub owned: bool,
    /// Keep proofs.
    pub explain: bool,
}

/// Scans a target.
pub fn scan(
    target: &Target,
    options: &Options,
    answering: Answering,
    engines: Engines,
    moment: Moment,
    progress: &Progress,
) -> Report {
    let started = Instant::now();
    let secrets = engines.secrets.filter(|_| options.scanners.secrets);
    let malware = engines.malware.filter(|rules| options.scanners.malware && !rules.is_empty());
    let gathered = gather(target, options, secrets, malware, progress);
    let walk_ms = millis(started);
    let mut report = report(gathered, target_info(target), answering, engines, moment, target.is_image());
    report.timings.walk_ms = walk_ms;
    report
}

/// Judges a list of packages instead of files.
pub fn scan_sbom(
    bytes: &[u8],
    name: &str,
    answering: Answering,
    engines: Engines,
    moment: Moment,
) -> Result<Report, SbomError> {
    let started = Instant::now();
    let sbom = sbom::read(bytes)?;
    let gathered = Gathered { inventory: sbom.inventory, ..Gathered::default() };
    let target = TargetInfo { kind: "sbom".to_owned(), name: name.to_owned(), ..TargetInfo::default() };
    let walk_ms = millis(started);
    let mut report = report(gathered, target, answering, engines, moment, false);
    report.timings.walk_ms = walk_ms;
    Ok(report)
}

/// Makes the report of what was gathered.
pub fn report(
    mut gathered: Gathered,
    target: TargetInfo,
    answering: Answering,
    engines: Engines,
    moment: Moment,
    is_image: bool,
) -> Report {
    let mut notes = Vec::new();
    let inventory = &gathered.inventory;
    let today = moment.today();
    let distro = inventory.distro.as_ref().map(|distro| judge::distribution_info(distro, today, &mut notes));
    let packages = judge::packages(inventory, &gathered.brought_by, &gathered.used, is_image);
    let judging = Judging {
        running_kernel: moment.running_kernel,
        owned: answering.owned,
        vex: engines.vex,
        used: &gathered.used,
        explain: answering.explain,
    };
    let started = Instant::now();
    let vulnerabilities = match engines.advisor {
        Some(advisor) => {
            judge::vulnerabilities(&packages, inventory.distro.as_ref(), advisor, &judging, &mut notes)
        }
        None => Vec::new(),
    };
    if engines.advisor.is_none() && engines.wants_advisor {
        let message =
            "there is no advisory database, so vulnerabilities were not looked for: run `yagura db update`";
        notes.push(Note { code: "no_database", message: message.to_owned() });
    }
    let match_ms = millis(started);
    let mut report = Report {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        started: moment.now.to_owned(),
        target,
        distro,
        database: engines.advisor.map(Advisor::info),
        counts: Counts {
            entries: gathered.entries,
            files: gathered.files,
            bytes: gathered.bytes,
            ..Counts::default()
        },
        vulnerabilities,
        secrets: secrets(&mut gathered, is_image),
        malware: malware(&mut gathered, is_image),
        misconfigurations: Vec::new(),
        packages,
        removed_packages: removed(&gathered),
        exceptions: Vec::new(),
        notes,
        problems: problems(&gathered, is_image),
        problems_lost: gathered.problems_lost + gathered.inventory.diagnostics_lost as u64,
        timings: Timings { walk_ms: 0, match_ms },
    };
    note_problems(&mut report);
    note_unsearched(&mut report, gathered.unsearched);
    report.count();
    report
}

fn note_problems(report: &mut Report) {
    let count = report.problems.len() as u64 + report.problems_lost;
    if count > 0 {
        let message = format!("{count} things could not be read: the answer does not cover them");
        report.notes.push(Note { code: "problems", message });
    }
}

fn note_unsearched(report: &mut Report, count: u64) {
    if count > 0 {
        let message = format!(
            "files not searched for malware: {count} (larger than {} MiB, or the rules took too long)",
            limits::MALWARE_FILE_BYTES >> 20
        );
        report.notes.push(Note { code: "not_searched", message });
    }
}

fn target_info(target: &Target) -> TargetInfo {
    let text = |digest: Option<&yagura_image::Digest>| digest.map(|digest| digest.as_str().to_owned());
    let layers = target.layers().map(|layer| LayerEntry {
        digest: text(layer.digest.as_ref()),
        diff_id: text(layer.diff_id.as_ref()),
        created_by: layer.created_by.clone(),
    });
    TargetInfo {
        kind: target.kind().name().to_owned(),
        name: target.name().to_owned(),
        digest: text(target.digest()),
        image_id: text(target.config_digest()),
        platform: target.platform().map(str::to_owned),
        layers: if target.is_image() { layers.collect() } else { Vec::new() },
    }
}

fn secrets(gathered: &mut Gathered, is_image: bool) -> Vec<SecretFinding> {
    let found = std::mem::take(&mut gathered.secrets).into_iter();
    found
        .map(|(secret, layer, removed_by)| SecretFinding {
            severity: severity(secret.severity),
            confidence: format!("{:?}", secret.confidence).to_lowercase(),
            rule: secret.rule,
            title: secret.title,
            path: secret.path,
            layer: is_image.then_some(layer),
            line: secret.line,
            column: secret.column,
            end_line: secret.end_line,
            redacted: secret.redacted,
            fingerprint: secret.fingerprint,
            detail: secret.detail,
            removed_by,
            status: Status::Affected,
            status_reason: String::new(),
        })
        .collect()
}

fn malware(gathered: &mut Gathered, is_image: bool) -> Vec<MalwareFinding> {
    let found = std::mem::take(&mut gathered.malware).into_iter();
    found
        .map(|(hit, layer, removed_by)| MalwareFinding {
            rule: hit.rule,
            rule_file: hit.rule_file,
            title: hit.title,
            severity: hit.severity,
            tags: hit.tags,
            path: hit.path,
            sha256: hit.sha256,
            strings: hit
                .strings
                .into_iter()
                .map(|(name, offset, length)| MalwareString { name, offset, length })
                .collect(),
            layer: is_image.then_some(layer),
            removed_by,
            status: Status::Affected,
            status_reason: String::new(),
        })
        .collect()
}

fn severity(severity: yagura_secrets::Severity) -> Severity {
    Severity::parse(&format!("{severity:?}")).unwrap_or(Severity::Unknown)
}

fn removed(gathered: &Gathered) -> Vec<RemovedPackage> {
    let row = |((package_type, name, version, _), layer): &(crate::gather::PackageKey, u32)| RemovedPackage {
        package_type: package_type.clone(),
        name: name.clone(),
        version: version.clone(),
        removed_by: *layer,
    };
    gathered.removed.iter().map(row).collect()
}

fn problems(gathered: &Gathered, is_image: bool) -> Vec<ProblemEntry> {
    let read = gathered.problems.iter().map(|problem| ProblemEntry {
        layer: problem.place.layer.filter(|_| is_image),
        path: problem.place.path.clone(),
        line: None,
        offset: problem.place.offset,
        kind: problem.kind.name().to_owned(),
        message: problem.message.clone(),
    });
    let parsed = gathered.inventory.diagnostics.iter().map(|diagnostic| ProblemEntry {
        layer: is_image.then_some(diagnostic.layer),
        path: Some(diagnostic.path.clone()),
        line: diagnostic.line,
        offset: None,
        kind: format!("{:?}", diagnostic.code).to_lowercase(),
        message: diagnostic.message.clone(),
    });
    let mut all: Vec<ProblemEntry> = read.chain(parsed).collect();
    all.sort();
    all
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
