//! From a scan's report to what the state keeps: the asset, its packages, vulnerabilities with their proof, secrets.
//!
//! INVARIANT: of a file's content nothing goes on but names and versions of packages and redacted secrets.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use yagura_event::{
    Asset, AssetKind, Evidence, Finding, FindingId, FindingKind, FindingStatus, Severity, Timestamp,
};
use yagura_scan::{PackageEntry, Report, Status, Vulnerability};
use yagura_state::{InstalledPackage, PackageUse, ScanResult, ScannedVulnerability};

use crate::in_use::FilesInUse;

/// Places of one package that are kept.
const PLACES_MAX: usize = 20;
/// Files that could not be read and are named in a scan's detail.
const PROBLEMS_SHOWN: usize = 10;

/// What is known besides the report.
pub struct Known<'a> {
    /// The target as it was asked for.
    pub target: &'a str,
    /// This machine.
    pub host: &'a Asset,
    /// Who uses which file.
    pub used: &'a FilesInUse,
    /// The advisories' generation.
    pub advisories: Option<String>,
    /// Kinds of finding that were looked for everywhere.
    pub kinds: Vec<FindingKind>,
    /// The present time.
    pub now: Timestamp,
}

/// What the state keeps of a report.
pub fn result(report: &Report, known: Known<'_>) -> ScanResult {
    let asset = asset(report, &known);
    let writer = Writer { report, asset: &asset, used: known.used, now: known.now };
    let open = report.vulnerabilities.iter().filter(|found| found.status == Status::Affected);
    let vulnerabilities = open.map(|found| writer.vulnerability(found)).collect();
    let secrets = report.secrets.iter().filter(|found| found.status == Status::Affected);
    let malware = report.malware.iter().filter(|found| found.status == Status::Affected);
    let others = secrets.map(|found| writer.secret(found)).chain(malware.map(|found| writer.malware(found)));
    ScanResult {
        packages: report.packages.iter().flat_map(|entry| writer.packages(entry)).collect(),
        vulnerabilities,
        others: others.collect(),
        kinds: known.kinds,
        problems: report.problems.len() as u64 + report.problems_lost,
        advisories: known.advisories,
        detail: detail(report),
        asset: asset.clone(),
    }
}

fn asset(report: &Report, known: &Known<'_>) -> Asset {
    let target = &report.target;
    let mut facts: BTreeMap<String, String> = BTreeMap::new();
    let is_image = known.target.starts_with("image:");
    let (id, kind, name) = match known.target {
        "host" => return Asset { last_seen: known.now, ..known.host.clone() },
        _ if is_image => {
            let id = target.image_id.clone().or_else(|| target.digest.clone());
            (
                id.unwrap_or_else(|| known.target.to_owned()),
                AssetKind::Image,
                known.target["image:".len()..].to_owned(),
            )
        }
        other => {
            let name = other.split_once(':').map_or(other, |(_, path)| path);
            (format!("{other}@{}", known.host.id), AssetKind::Folder, name.to_owned())
        }
    };
    let mut fact = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            facts.insert(name.to_owned(), value);
        }
    };
    fact("kind", Some(target.kind.clone()));
    fact("digest", target.digest.clone());
    fact("image_id", target.image_id.clone());
    fact("platform", target.platform.clone());
    fact("operating_system", report.distro.as_ref().map(|distro| distro.name.clone()));
    fact("layers", (!target.layers.is_empty()).then(|| target.layers.len().to_string()));
    fact("host", (kind == AssetKind::Folder).then(|| known.host.name.clone()));
    Asset { id, kind, name, facts, first_seen: known.now, last_seen: known.now }
}

// What the scan does not cover, in sentences and by name; the words of parsers stay out, they may quote what they read.
fn detail(report: &Report) -> String {
    let mut lines: Vec<String> = report.notes.iter().map(|note| note.message.clone()).collect();
    let problem = |problem: &yagura_scan::ProblemEntry| {
        format!("{}: {}", problem.path.as_deref().unwrap_or("the target"), problem.kind)
    };
    lines.extend(report.problems.iter().take(PROBLEMS_SHOWN).map(problem));
    lines.join("\n")
}

struct Writer<'a> {
    report: &'a Report,
    asset: &'a Asset,
    used: &'a FilesInUse,
    now: Timestamp,
}

impl Writer<'_> {
    fn packages(&self, entry: &PackageEntry) -> Vec<InstalledPackage> {
        let package = &entry.package;
        let used = self.used_by(entry.used_file.as_deref());
        let places = package.locations.iter().take(PLACES_MAX).map(|location| InstalledPackage {
            asset_id: self.asset.id.clone(),
            asset_name: String::new(),
            purl: entry.purl.clone(),
            name: package.full_name().into_owned(),
            version: package.full_version().into_owned(),
            package_type: package.package_type.as_str().to_owned(),
            location: location.path.clone(),
            layer: self.layer(entry.brought_by.or(Some(location.layer))),
            owned_by: package.owned_by.clone(),
            licences: package.licences.clone(),
            used: used.clone(),
        });
        places.collect()
    }

    fn used_by(&self, file: Option<&str>) -> Option<PackageUse> {
        file.and_then(|file| self.used.by(file)).cloned()
    }

    // The layer's digest: of the unpacked bytes, which every way of packing has in common.
    fn layer(&self, index: Option<u32>) -> Option<String> {
        let layer = self.report.target.layers.get(index? as usize)?;
        layer.diff_id.clone().or_else(|| layer.digest.clone())
    }

    fn vulnerability(&self, found: &Vulnerability) -> ScannedVulnerability {
        let id = FindingId::from_cause(&["vulnerability", &self.asset.id, &found.id, &found.package]);
        let severity = severity(found.severity);
        let location = found.locations.first().map(|location| location.path.clone()).unwrap_or_default();
        let layer = self.layer(found.layer);
        let fixed_version = Some(found.fixed_version.clone()).filter(|version| !version.is_empty());
        let title = match found.title.as_str() {
            "" => format!("{} in {}", found.id, found.name),
            title => title.to_owned(),
        };
        let mut tags: Vec<String> = found.cwe.iter().map(|number| format!("CWE-{number}")).collect();
        tags.extend(found.kev.is_some().then(|| "exploited".to_owned()));
        let message = match &fixed_version {
            Some(fixed) => format!("{} {} has {}; {fixed} has not", found.name, found.version, found.id),
            None => format!("{} {} has {}", found.name, found.version, found.id),
        };
        let remediation = fixed_version.as_ref().map(|fixed| format!("Update {} to {fixed}.", found.name));
        let finding = Finding {
            kind: FindingKind::Vulnerability,
            severity,
            title: title.clone(),
            rule_source: found.advisories.join(", "),
            tags,
            remediation,
            evidence: vec![self.proof(found, &message, layer.as_deref())],
            ..self.finding(id.clone(), &found.id, message)
        };
        let vulnerability = yagura_state::Vulnerability {
            finding_id: id.to_string(),
            asset_id: self.asset.id.clone(),
            asset_name: self.asset.name.clone(),
            vulnerability: found.id.clone(),
            title,
            package: found.name.clone(),
            version: found.version.clone(),
            purl: found.package.clone(),
            location,
            layer,
            fixed_version,
            fix_state: word(&found.fix_state),
            severity,
            score: found.cvss.first().map(|score| score.score),
            kev: found.kev.is_some(),
            epss: found.epss.map(|epss| epss.probability),
            used: self.used_by(found.used_file.as_deref()),
            risk: found.risk.score.min(100.0),
            status: FindingStatus::Open,
        };
        ScannedVulnerability { finding, vulnerability }
    }

    fn proof(&self, found: &Vulnerability, message: &str, layer: Option<&str>) -> Evidence {
        let created_by = found
            .layer
            .and_then(|index| self.report.target.layers.get(index as usize))
            .and_then(|layer| layer.created_by.clone());
        let event = json!({
            "locations": found.locations, "layer": layer, "layer_created_by": created_by,
            "aliases": found.aliases, "advisories": found.advisories, "proof": found.proof, "risk": found.risk.terms,
            "cvss": found.cvss, "severity_source": found.severity_source, "kev": found.kev, "epss": found.epss,
            "published": found.published, "notes": found.notes, "fix_state": found.fix_state,
        });
        let mut fields = Map::new();
        if let Some(proof) = found.proof.first() {
            let comparisons = proof.comparisons.join(", ");
            let pairs =
                [("advisory", &proof.advisory), ("range", &proof.range), ("comparison", &comparisons)];
            fields.extend(pairs.map(|(name, value)| (name.to_owned(), Value::String(value.clone()))));
        }
        Evidence { time: self.now, message: message.to_owned(), fields, event, explanation: None }
    }

    fn secret(&self, found: &yagura_scan::SecretFinding) -> Finding {
        // The fingerprint tells two secrets apart and stays here: a short secret could be guessed from it.
        let cause = ["secret", &self.asset.id, &found.path, &found.rule, &found.fingerprint];
        let message = format!("{}, line {}: {}", found.path, found.line, found.redacted);
        let layer = self.layer(found.layer);
        let removed_by = self.layer(found.removed_by);
        let event = json!({
            "path": found.path, "line": found.line, "column": found.column, "redacted": found.redacted,
            "detail": found.detail, "layer": layer, "removed_by": removed_by,
        });
        Finding {
            kind: FindingKind::Secret,
            severity: severity(found.severity),
            confidence: match found.confidence.as_str() {
                "high" => 90,
                "medium" => 60,
                _ => 30,
            },
            title: found.title.clone(),
            evidence: vec![Evidence {
                time: self.now,
                message: message.clone(),
                fields: Map::new(),
                event,
                explanation: None,
            }],
            ..self.finding(FindingId::from_cause(&cause), &found.rule, message)
        }
    }

    fn malware(&self, found: &yagura_scan::MalwareFinding) -> Finding {
        let layer = self.layer(found.layer);
        let event = json!({ "path": found.path, "layer": layer, "removed_by": self.layer(found.removed_by) });
        let message = format!("/{} fits the rule {}", found.path, found.rule);
        let title = if found.title.is_empty() { &found.rule } else { &found.title };
        Finding {
            kind: FindingKind::Malware,
            severity: severity(found.severity),
            title: title.clone(),
            process_path: Some(format!("/{}", found.path)),
            evidence: vec![Evidence {
                time: self.now,
                message: message.clone(),
                fields: Map::new(),
                event,
                explanation: None,
            }],
            ..self.finding(
                FindingId::from_cause(&["malware", &self.asset.id, &found.path, &found.rule]),
                &found.rule,
                message,
            )
        }
    }

    fn finding(&self, id: FindingId, rule: &str, message: String) -> Finding {
        Finding {
            id,
            kind: FindingKind::Vulnerability,
            severity: Severity::Informational,
            confidence: 100,
            title: String::new(),
            message,
            rule: rule.to_owned(),
            rule_source: String::new(),
            techniques: Vec::new(),
            tags: Vec::new(),
            asset_id: self.asset.id.clone(),
            asset_name: self.asset.name.clone(),
            container_id: None,
            process_path: None,
            user_name: None,
            first_seen: self.now,
            last_seen: self.now,
            count: 1,
            status: FindingStatus::Open,
            status_reason: None,
            accepted_until: None,
            remediation: None,
            evidence: Vec::new(),
        }
    }
}

// What nobody rated is neither forgotten nor put first.
fn severity(severity: yagura_advisory::Severity) -> Severity {
    use yagura_advisory::Severity as Given;
    match severity {
        Given::Critical => Severity::Critical,
        Given::High => Severity::High,
        Given::Medium => Severity::Medium,
        Given::Low | Given::Unknown => Severity::Low,
        Given::Negligible => Severity::Informational,
    }
}

fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
