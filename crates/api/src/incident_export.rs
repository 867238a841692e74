//! An incident as a document for others: Markdown for people, JSON as this API speaks it, OCSF 1.8 (Incident Finding,
//! class 2005) and STIX 2.1.
//!
//! Sources: OCSF schema 1.8.0, `events/findings/incident_finding.json`; STIX version 2.1, OASIS Standard, sections 2.9
//! (identifiers), 3 (bundle), 4 (domain objects) and 6 (observables).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;
use yagura_event::{Finding, OCSF_VERSION, Severity, Timestamp};
use yagura_state::{Incident, IncidentDetail, IncidentStatus, Verdict};

/// The namespace of identifiers of observables, by STIX 2.1, section 2.9.
const STIX_NAMESPACE: Uuid = Uuid::from_u128(0x00ab_edb4_aa42_466c_9c01_fed2_3315_a9b7);

/// The form of an exported incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ExportFormat {
    /// For people.
    Markdown,
    /// As this API speaks it, with the evidence.
    Json,
    /// OCSF Incident Finding.
    Ocsf,
    /// A STIX 2.1 bundle.
    Stix,
}

impl ExportFormat {
    pub(crate) const fn ending(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Json => "json",
            Self::Ocsf => "ocsf.json",
            Self::Stix => "stix.json",
        }
    }

    pub(crate) const fn mime(self) -> &'static str {
        match self {
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Json | Self::Ocsf => "application/json",
            Self::Stix => "application/stix+json;version=2.1",
        }
    }
}

/// The document. `findings` are those of the incident with their evidence, `version` is this program's.
pub(crate) fn document(
    format: ExportFormat,
    detail: &IncidentDetail,
    findings: &[Finding],
    version: &str,
    now: Timestamp,
) -> String {
    let json = match format {
        ExportFormat::Markdown => return markdown(detail, findings),
        ExportFormat::Json => json!({
            "incident": detail.incident,
            "findings": findings,
            "entities": detail.entities,
            "comments": detail.comments,
            "links": detail.links,
            "exported": now,
        }),
        ExportFormat::Ocsf => ocsf(detail, findings, version),
        ExportFormat::Stix => stix(detail, findings),
    };
    serde_json::to_string_pretty(&json).unwrap_or_default()
}

// --- Markdown

fn markdown(detail: &IncidentDetail, findings: &[Finding]) -> String {
    let incident = &detail.incident;
    let mut text = String::new();
    let mut line = |words: &str| {
        text.push_str(words);
        text.push('\n');
    };
    line(&format!("# {}\n", plain(&incident.title)));
    line("| | |\n|---|---|");
    let status = match (incident.status, incident.verdict) {
        (IncidentStatus::Open, _) => "open".to_owned(),
        (IncidentStatus::Closed, verdict) => format!("closed: {}", verdict.map_or("", verdict_word)),
    };
    let optional = |time: Option<Timestamp>| time.map_or_else(|| "—".to_owned(), Timestamp::to_rfc3339);
    for (name, value) in [
        ("Incident", incident.id.clone()),
        ("Severity", incident.severity.name().to_owned()),
        ("Status", status),
        ("Reason", incident.reason.clone().unwrap_or_else(|| "—".to_owned())),
        ("Asset", incident.asset_name.clone()),
        ("Assigned to", incident.assignee.clone().unwrap_or_else(|| "—".to_owned())),
        ("First seen", incident.first_seen.to_rfc3339()),
        ("Last seen", incident.last_seen.to_rfc3339()),
        ("Detected", incident.detected.to_rfc3339()),
        ("Taken up", optional(incident.acknowledged)),
        ("Closed", optional(incident.closed)),
        ("ATT&CK", or_dash(&techniques(findings).into_iter().collect::<Vec<_>>().join(", "))),
    ] {
        line(&format!("| {name} | {} |", cell(&value)));
    }
    line("\n## Timeline\n\n| time | severity | finding | what happened | times |\n|---|---|---|---|---:|");
    for finding in findings {
        let title = format!("{} ({})", finding.title, or_dash(&words(&finding.techniques)));
        line(&format!(
            "| {} | {} | {} | {} | {} |",
            finding.first_seen.to_rfc3339(),
            finding.severity.name(),
            cell(&title),
            cell(&finding.message),
            finding.count
        ));
    }
    let left_out = incident.findings.saturating_sub(findings.len() as u64);
    if left_out > 0 {
        line(&format!("\nFurther findings: {left_out}"));
    }
    line("\n## What it is about\n\n| kind | name | findings |\n|---|---|---:|");
    for entity in &detail.entities {
        line(&format!("| {} | {} | {} |", kind_word(entity.kind), cell(&entity.label), entity.findings));
    }
    if !detail.links.is_empty() {
        line("\n## Links\n");
        detail.links.iter().for_each(|link| line(&format!("- {}: <{}>", plain(&link.title), link.url)));
    }
    if !detail.comments.is_empty() {
        line("\n## Comments\n");
        for comment in &detail.comments {
            let quoted = comment.text.lines().map(|line| format!("> {}", plain(line))).collect::<Vec<_>>();
            line(&format!(
                "**{}**, {}\n\n{}\n",
                plain(&comment.author),
                comment.time.to_rfc3339(),
                quoted.join("\n")
            ));
        }
    }
    text
}

// What Markdown would take for markup, and what would end a cell of a table, stands as itself.
fn cell(text: &str) -> String {
    plain(text).replace('\n', " ").replace('\r', "")
}

fn plain(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars().filter(|letter| *letter == '\n' || !letter.is_control()) {
        if matches!(letter, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#') {
            safe.push('\\');
        }
        safe.push(letter);
    }
    safe
}

fn or_dash(text: &str) -> String {
    if text.is_empty() { "—".to_owned() } else { text.to_owned() }
}

fn words(techniques: &[yagura_event::Technique]) -> String {
    techniques.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn techniques(findings: &[Finding]) -> BTreeSet<String> {
    findings.iter().flat_map(|finding| &finding.techniques).map(ToString::to_string).collect()
}

const fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Real => "real",
        Verdict::False => "false alarm",
        Verdict::Accepted => "accepted",
    }
}

fn kind_word(kind: yagura_state::EntityKind) -> &'static str {
    kind.name()
}

// --- OCSF

fn ocsf(detail: &IncidentDetail, findings: &[Finding], version: &str) -> Value {
    let incident = &detail.incident;
    let (activity, activity_name) = match incident.status {
        IncidentStatus::Closed => (3, "Close"),
        IncidentStatus::Open if incident.acknowledged.is_some() => (2, "Update"),
        IncidentStatus::Open => (1, "Create"),
    };
    let (status, status_name) = match (incident.status, &incident.assignee) {
        (IncidentStatus::Closed, _) => (5, "Closed"),
        (IncidentStatus::Open, Some(_)) => (2, "In Progress"),
        (IncidentStatus::Open, None) => (1, "New"),
    };
    let (verdict, verdict_name) = match incident.verdict {
        None => (0, "Unknown"),
        Some(Verdict::False) => (1, "False Positive"),
        Some(Verdict::Real) => (2, "True Positive"),
        Some(Verdict::Accepted) => (5, "Benign"),
    };
    let mut document = json!({
        "activity_id": activity, "activity_name": activity_name,
        "category_uid": 2, "category_name": "Findings",
        "class_uid": 2005, "class_name": "Incident Finding",
        "type_uid": 200_500 + activity, "type_name": format!("Incident Finding: {activity_name}"),
        "time": incident.last_seen.millis(),
        "start_time": incident.first_seen.millis(), "end_time": incident.last_seen.millis(),
        "severity_id": incident.severity.id(), "severity": caption(incident.severity),
        "status_id": status, "status": status_name,
        "verdict_id": verdict, "verdict": verdict_name,
        "desc": incident.title, "message": incident.title,
        "metadata": {
            "uid": incident.id, "version": OCSF_VERSION, "original_time": incident.detected.to_rfc3339(),
            "product": { "name": "Yagura", "vendor_name": "Yagura", "version": version },
        },
        "finding_info_list": findings.iter().map(finding_info).collect::<Vec<_>>(),
        "attacks": techniques(findings).iter().map(|id| attack(id)).collect::<Vec<_>>(),
        "observables": detail.entities.iter().filter_map(observable).collect::<Vec<_>>(),
    });
    if let Some(name) = &incident.assignee {
        document["assignee"] = json!({ "name": name });
    }
    if let Some(reason) = &incident.reason {
        document["comment"] = json!(reason);
    }
    document
}

fn finding_info(finding: &Finding) -> Value {
    json!({
        "uid": finding.id, "title": finding.title, "desc": finding.message,
        "types": finding.tags,
        "analytic": { "name": finding.rule, "type_id": 1, "type": "Rule" },
        "attacks": finding.techniques.iter().map(|technique| attack(&technique.to_string())).collect::<Vec<_>>(),
        "first_seen_time": finding.first_seen.millis(), "last_seen_time": finding.last_seen.millis(),
        "related_events_count": finding.count,
        "related_events": finding.evidence.iter().enumerate().map(|(number, evidence)| json!({
            "uid": format!("{}-{number}", finding.id), "title": evidence.message,
            "type_uid": evidence.event.get("type_uid"), "type_name": evidence.event.get("type_name"),
        })).collect::<Vec<_>>(),
    })
}

fn attack(id: &str) -> Value {
    let (technique, sub) = id.split_once('.').map_or((id, None), |(technique, _)| (technique, Some(id)));
    let mut attack = json!({ "technique": { "uid": technique } });
    if let Some(sub) = sub {
        attack["sub_technique"] = json!({ "uid": sub });
    }
    attack
}

fn observable(entity: &yagura_state::IncidentEntity) -> Option<Value> {
    use yagura_state::EntityKind;
    let (type_id, kind, name) = match entity.kind {
        EntityKind::Host => (1, "Hostname", "device.hostname"),
        EntityKind::Address => (2, "IP Address", "dst_endpoint.ip"),
        EntityKind::User => (4, "User Name", "actor.user.name"),
        EntityKind::Process => (9, "Process Name", "actor.process.name"),
        EntityKind::File => (45, "File Path", "actor.process.file.path"),
        EntityKind::Container => (27, "Container", "container.uid"),
    };
    Some(json!({ "name": name, "type_id": type_id, "type": kind, "value": entity.label }))
}

fn caption(severity: Severity) -> String {
    let name = severity.name();
    name[..1].to_ascii_uppercase() + &name[1..]
}

// --- STIX

/// Objects by their identifier: each once.
type Objects = BTreeMap<String, Value>;

fn stix(detail: &IncidentDetail, findings: &[Finding]) -> Value {
    let incident = &detail.incident;
    let mut objects = Objects::new();
    let author = own_id("identity", "yagura");
    let begin = stix_time(incident.detected);
    let changed = stix_time(
        incident.closed.or(incident.acknowledged).unwrap_or(incident.detected).max(incident.last_seen),
    );
    put(
        &mut objects,
        "identity",
        &author,
        json!({ "created": begin, "modified": begin, "name": "Yagura", "identity_class": "system" }),
    );
    let id = own_id("incident", &incident.id);
    let labels = labels(incident);
    let described = incident.reason.clone().unwrap_or_else(|| incident.title.clone());
    put(
        &mut objects,
        "incident",
        &id,
        json!({
            "created": begin, "modified": changed, "created_by_ref": author, "name": incident.title, "description": described, "labels": labels,
        }),
    );
    for technique in techniques(findings) {
        let pattern = own_id("attack-pattern", &technique);
        put(
            &mut objects,
            "attack-pattern",
            &pattern,
            json!({
                "created": begin, "modified": begin, "created_by_ref": author, "name": technique,
                "external_references": [{ "source_name": "mitre-attack", "external_id": technique }],
            }),
        );
        relate(&mut objects, &author, &begin, (&id, "related-to", &pattern));
    }
    for finding in findings {
        let observed = observables(&mut objects, finding);
        if observed.is_empty() {
            continue;
        }
        let data = own_id("observed-data", finding.id.as_str());
        put(
            &mut objects,
            "observed-data",
            &data,
            json!({
                "created": stix_time(finding.first_seen), "modified": stix_time(finding.last_seen), "created_by_ref": author,
                "first_observed": stix_time(finding.first_seen), "last_observed": stix_time(finding.last_seen),
                "number_observed": finding.count.clamp(1, 999_999_999), "object_refs": observed, "labels": [finding.title],
            }),
        );
        relate(&mut objects, &author, &begin, (&id, "related-to", &data));
    }
    let refs: Vec<&String> = objects.keys().collect();
    let report = json!({
        "created": begin, "modified": changed, "created_by_ref": author, "name": incident.title, "description": described,
        "report_types": ["threat-report"], "published": changed, "object_refs": refs,
    });
    let report_id = own_id("report", &incident.id);
    put(&mut objects, "report", &report_id, report);
    let bundle = own_id("bundle", &format!("{} {changed}", incident.id));
    json!({ "type": "bundle", "id": bundle, "objects": objects.into_values().collect::<Vec<_>>() })
}

fn labels(incident: &Incident) -> Vec<String> {
    let mut labels = vec![format!("severity:{}", incident.severity.name())];
    labels.extend(incident.verdict.map(|verdict| format!("verdict:{}", verdict_word(verdict))));
    labels
}

/// The process, program, user and address of a finding, each with the properties that its identifier is made of.
fn observables(objects: &mut Objects, finding: &Finding) -> Vec<String> {
    let mut found = BTreeSet::new();
    for evidence in &finding.evidence {
        let event = &evidence.event;
        let Some(process) = event.get("process").or_else(|| event.pointer("/actor/process")) else {
            continue;
        };
        let user = process.pointer("/user/name").and_then(Value::as_str).map(|name| {
            observable_of(
                objects,
                "user-account",
                &json!({ "account_login": name, "user_id": name }),
                Map::new(),
            )
        });
        let file = process.pointer("/file/path").and_then(Value::as_str).and_then(|path| {
            let name = path.rsplit('/').next().filter(|name| !name.is_empty())?;
            Some(observable_of(objects, "file", &json!({ "name": name }), Map::new()))
        });
        let pid = process.get("pid").and_then(Value::as_u64);
        let mut more = Map::new();
        more.extend(pid.map(|pid| ("pid".to_owned(), json!(pid))));
        more.extend(process.get("cmd_line").map(|line| ("command_line".to_owned(), line.clone())));
        more.extend(user.as_ref().map(|user| ("creator_user_ref".to_owned(), json!(user))));
        more.extend(file.as_ref().map(|file| ("image_ref".to_owned(), json!(file))));
        // A process has no properties that make its identifier: it is one of its own for each finding.
        let uid = process.get("uid").and_then(Value::as_str).unwrap_or_default();
        let id = own_id("process", &format!("{} {uid}", finding.asset_id));
        if !more.is_empty() {
            let mut object = json!({ "type": "process", "spec_version": "2.1", "id": id });
            object.as_object_mut().into_iter().for_each(|object| object.extend(more.clone()));
            objects.insert(id.clone(), object);
            found.insert(id);
        }
        found.extend(user);
        found.extend(file);
        for place in ["/dst_endpoint/ip", "/src_endpoint/ip"] {
            let Some(address) = event.pointer(place).and_then(Value::as_str) else { continue };
            let kind = match address.parse() {
                Ok(std::net::IpAddr::V4(_)) => "ipv4-addr",
                Ok(std::net::IpAddr::V6(_)) => "ipv6-addr",
                Err(_) => continue,
            };
            found.insert(observable_of(objects, kind, &json!({ "value": address }), Map::new()));
        }
    }
    found.into_iter().collect()
}

/// An observable whose identifier is made of its properties, by STIX 2.1, section 2.9: version 5 of the canonical JSON.
fn observable_of(objects: &mut Objects, kind: &str, properties: &Value, more: Map<String, Value>) -> String {
    // Keys are in order and values plain texts: what serde_json writes is the canonical form (RFC 8785).
    let canonical = properties.to_string();
    let id = format!("{kind}--{}", Uuid::new_v5(&STIX_NAMESPACE, canonical.as_bytes()));
    let mut object = json!({ "type": kind, "spec_version": "2.1", "id": id });
    for (name, value) in properties.as_object().into_iter().flatten().chain(&more) {
        object[name] = value.clone();
    }
    objects.insert(id.clone(), object);
    id
}

fn put(objects: &mut Objects, kind: &str, id: &str, properties: Value) {
    let mut object = json!({ "type": kind, "spec_version": "2.1", "id": id });
    for (name, value) in properties.as_object().into_iter().flatten() {
        object[name] = value.clone();
    }
    objects.insert(id.to_owned(), object);
}

fn relate(objects: &mut Objects, author: &str, time: &str, (from, how, to): (&str, &str, &str)) {
    let id = own_id("relationship", &format!("{from} {how} {to}"));
    put(
        objects,
        "relationship",
        &id,
        json!({
            "created": time, "modified": time, "created_by_ref": author, "relationship_type": how, "source_ref": from, "target_ref": to,
        }),
    );
}

// In the form of a random identifier (version 4), as STIX wants it of everything but observables, and the same each time.
fn own_id(kind: &str, name: &str) -> String {
    let hash = Sha256::digest(format!("yagura {kind} {name}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    format!("{kind}--{}", uuid::Builder::from_random_bytes(bytes).into_uuid())
}

// Milliseconds, as STIX wants them.
fn stix_time(time: Timestamp) -> String {
    let text = time.to_rfc3339();
    let (seconds, fraction) =
        text.trim_end_matches('Z').split_once('.').unwrap_or((text.trim_end_matches('Z'), "0"));
    let mut millis = fraction.chars().take(3).collect::<String>();
    while millis.len() < 3 {
        millis.push('0');
    }
    let mut written = String::with_capacity(24);
    let _ = write!(written, "{seconds}.{millis}Z");
    written
}
