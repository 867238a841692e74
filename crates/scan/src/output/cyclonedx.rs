//! CycloneDX 1.6, with the vulnerabilities that were looked for.

use std::{
    collections::{BTreeMap, HashMap},
    io::{self, Write},
};

use serde_json::{Value, json};
use yagura_advisory::Severity;
use yagura_packages::sbom::{Document, cyclonedx, references};

use crate::{Report, Status, Vulnerability};

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let inventory = super::inventory(report);
    let document = Document {
        name: &report.target.name,
        timestamp: &report.started,
        tool_version: report.version,
        inventory: &inventory,
    };
    let names = references(&inventory.packages);
    let vulnerabilities = report.database.is_some().then(|| {
        let mut of: HashMap<String, Vec<String>> = HashMap::new();
        for (package, reference) in inventory.packages.iter().zip(&names) {
            of.entry(package.purl()).or_default().push(reference.clone());
        }
        vulnerabilities(report, &of)
    });
    serde_json::to_writer_pretty(&mut *out, &cyclonedx::bom(&document, &names, vulnerabilities))?;
    out.write_all(b"\n")
}

/// One entry for each vulnerability, with everything it affects.
fn vulnerabilities(report: &Report, references: &HashMap<String, Vec<String>>) -> Value {
    let mut by_id: BTreeMap<(&str, &str), Vec<&Vulnerability>> = BTreeMap::new();
    for found in &report.vulnerabilities {
        // An analysis holds for a whole entry, so what is set aside gets one of its own.
        by_id.entry((&found.id, status(found.status))).or_default().push(found);
    }
    by_id.iter().map(|((id, status), found)| vulnerability(id, status, found, references)).collect()
}

fn vulnerability(
    id: &str,
    status: &str,
    all: &[&Vulnerability],
    references: &HashMap<String, Vec<String>>,
) -> Value {
    let found = all[0];
    let targets = all.iter().flat_map(|one| {
        let known = references.get(&one.package).cloned().unwrap_or_else(|| vec![one.package.clone()]);
        known.into_iter().map(move |reference| affects(one, reference))
    });
    let recommendation: Vec<String> = all
        .iter()
        .filter(|one| !one.fixed_version.is_empty())
        .map(|one| format!("Upgrade {} to {}", one.name, one.fixed_version))
        .collect();
    let mut value = json!({
        "bom-ref": format!("{id} {status}"),
        "id": id,
        "source": {"name": found.severity_source},
        "references": found.aliases.iter().map(|alias| json!({"id": alias, "source": {"name": "alias"}})).collect::<Vec<_>>(),
        "ratings": ratings(found),
        "cwes": found.cwe,
        "description": found.title,
        "affects": targets.collect::<Vec<_>>(),
        "analysis": {"state": status, "detail": found.status_reason},
    });
    if !recommendation.is_empty() {
        value["recommendation"] = recommendation.join("; ").into();
    }
    if found.published.len() == 10 {
        value["published"] = format!("{}T00:00:00Z", found.published).into();
    }
    value
}

fn affects(found: &Vulnerability, reference: String) -> Value {
    json!({"ref": reference, "versions": [{"version": found.version, "status": "affected"}]})
}

fn ratings(found: &Vulnerability) -> Value {
    let own = json!({"source": {"name": found.severity_source}, "severity": severity(found.severity)});
    let scores = found.cvss.iter().map(|score| {
        let method = match score.version.as_str() {
            "2.0" => "CVSSv2",
            "3.0" => "CVSSv3",
            "3.1" => "CVSSv31",
            "4.0" => "CVSSv4",
            _ => "other",
        };
        json!({
            "source": {"name": score.source},
            "score": score.score,
            "severity": severity(score.severity),
            "method": method,
            "vector": score.vector,
        })
    });
    std::iter::once(own).chain(scores).collect()
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::High => "high",
        Severity::Medium => "medium",
        Severity::Low => "low",
        Severity::Negligible => "info",
        Severity::Unknown => "unknown",
    }
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Affected => "exploitable",
        Status::NotAffected | Status::NotRunning => "not_affected",
        Status::Excepted => "in_triage",
    }
}
