//! SARIF 2.1.0 within GitHub's limits: what is beyond them is the least urgent, and a note says how much it was.

use std::{
    collections::HashMap,
    io::{self, Write},
};

use serde_json::{Value, json};
use yagura_advisory::Severity;

use crate::{Report, Status, limits, output::text};

/// A finding in SARIF's words.
struct Finding<'a> {
    rule: String,
    title: String,
    severity: Severity,
    /// 0.0 to 10.0, which GitHub sorts by.
    score: f64,
    tags: Vec<String>,
    help: String,
    message: String,
    path: &'a str,
    line: u32,
    column: u32,
    fingerprint: String,
    status: Status,
    reason: &'a str,
}

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let findings: Vec<Finding> =
        vulnerabilities(report).chain(secrets(report)).chain(malware(report)).collect();
    let mut indices: HashMap<String, usize> = HashMap::new();
    let (mut rules, mut results) = (Vec::new(), Vec::new());
    for finding in &findings {
        if results.len() >= limits::SARIF_RESULTS_MAX {
            break;
        }
        let index = *indices.entry(finding.rule.clone()).or_insert_with(|| {
            rules.push(rule(finding));
            rules.len() - 1
        });
        results.push(result(finding, index));
    }
    let left_out = findings.len() - results.len();
    serde_json::to_writer_pretty(&mut *out, &log(report, rules, results, left_out))?;
    out.write_all(b"\n")
}

fn log(report: &Report, rules: Vec<Value>, results: Vec<Value>, left_out: usize) -> Value {
    let mut notes: Vec<Value> = report.notes.iter().map(|note| notification(&note.message)).collect();
    if left_out > 0 {
        notes.push(notification(&format!(
            "{left_out} less urgent findings are beyond what this format may hold"
        )));
    }
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "Yagura",
                "semanticVersion": report.version,
                "rules": rules,
            }},
            "invocations": [{"executionSuccessful": true, "toolExecutionNotifications": notes}],
            "results": results,
            "columnKind": "unicodeCodePoints",
            "properties": {"target": report.target.name, "kind": report.target.kind},
        }],
    })
}

fn notification(message: &str) -> Value {
    json!({"level": "note", "message": {"text": message}})
}

fn rule(finding: &Finding) -> Value {
    json!({
        "id": finding.rule,
        "shortDescription": {"text": text::cut(&finding.title, 1000)},
        "fullDescription": {"text": text::cut(&finding.title, 1000)},
        "help": {"text": finding.help},
        "defaultConfiguration": {"level": level(finding.severity)},
        "properties": {
            "tags": finding.tags,
            "precision": "high",
            "security-severity": format!("{:.1}", finding.score),
        },
    })
}

fn result(finding: &Finding, index: usize) -> Value {
    let mut region = json!({"startLine": finding.line.max(1)});
    if finding.column > 0 {
        region["startColumn"] = finding.column.into();
    }
    let mut value = json!({
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": level(finding.severity),
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": {
            "artifactLocation": {"uri": text::uri(finding.path), "uriBaseId": "%SRCROOT%"},
            "region": region,
        }}],
        "partialFingerprints": {"yagura/v1": finding.fingerprint},
    });
    if finding.status != Status::Affected {
        value["suppressions"] =
            json!([{"kind": "external", "status": "accepted", "justification": finding.reason}]);
    }
    value
}

fn vulnerabilities(report: &Report) -> impl Iterator<Item = Finding<'_>> {
    report.vulnerabilities.iter().map(|found| {
        let place = found.locations.first();
        let fix = match found.fixed_version.as_str() {
            "" => "There is no fixed version.".to_owned(),
            fixed => format!("Fixed in {fixed}."),
        };
        let title = if found.title.is_empty() {
            format!("{} in {}", found.id, found.name)
        } else {
            found.title.clone()
        };
        Finding {
            rule: found.id.clone(),
            message: format!("{} {} has {}: {title}. {fix}", found.name, found.version, found.id),
            help: format!("{title}\n{fix}\n{}", found.advisories.join(", ")),
            title,
            severity: found.severity,
            score: found.cvss.first().map_or(score(found.severity), |score| score.score),
            tags: vec!["security".to_owned(), "vulnerability".to_owned(), found.package_type.clone()],
            path: place.map_or(report.target.name.as_str(), |place| place.path.as_str()),
            line: place.and_then(|place| place.line).unwrap_or(1),
            column: 0,
            fingerprint: format!("{} {}", found.id, found.package),
            status: found.status,
            reason: &found.status_reason,
        }
    })
}

fn secrets(report: &Report) -> impl Iterator<Item = Finding<'_>> {
    report.secrets.iter().map(|found| Finding {
        rule: found.rule.clone(),
        title: found.title.clone(),
        severity: found.severity,
        score: score(found.severity),
        tags: vec!["security".to_owned(), "secret".to_owned()],
        help: "Revoke it, then remove it; what was published stays known.".to_owned(),
        message: format!("{}: {}", found.title, found.redacted),
        path: &found.path,
        line: found.line,
        column: found.column,
        fingerprint: found.fingerprint.clone(),
        status: found.status,
        reason: &found.status_reason,
    })
}

fn malware(report: &Report) -> impl Iterator<Item = Finding<'_>> {
    report.malware.iter().map(|found| Finding {
        rule: found.rule.clone(),
        title: found.title.clone(),
        severity: found.severity,
        score: score(found.severity),
        tags: vec!["security".to_owned(), "malware".to_owned()],
        help: "Look at the file before it runs anywhere.".to_owned(),
        message: format!("{} fits {}", found.path, found.rule),
        path: &found.path,
        line: 1,
        column: 0,
        fingerprint: format!("{} {}", found.rule, found.path),
        status: found.status,
        reason: &found.status_reason,
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        _ => "note",
    }
}

fn score(severity: Severity) -> f64 {
    match severity {
        Severity::Critical => 9.5,
        Severity::High => 8.0,
        Severity::Medium => 5.5,
        Severity::Low => 2.0,
        Severity::Negligible | Severity::Unknown => 0.1,
    }
}
