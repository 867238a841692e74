//! OVAL definitions of distributions (Ubuntu, Red Hat, Oracle, SUSE, Azure Linux): `package is earlier than version`.
//!
//! The tree of criteria mostly says which release it is and then lists packages, any of which suffices. That list is what
//! is read; a package test without a version means that there is no fix.

use std::collections::HashMap;

use quick_xml::{Reader, events::Event};

use super::{Sink, day, text};
use crate::{
    ecosystem,
    limits::DEPTH_MAX,
    query::FixState,
    record::{Advisory, Affected, Range},
    severity::Severity,
};

#[derive(Default)]
struct Definition {
    id: String,
    title: String,
    description: String,
    severity: String,
    issued: String,
    platforms: Vec<String>,
    names: Vec<String>,
    addresses: Vec<String>,
    tests: Vec<String>,
}

#[derive(Default)]
struct Tables {
    definitions: Vec<Definition>,
    /// Test -> object, state, whether the test is for deb packages.
    tests: HashMap<String, (String, String, bool)>,
    /// Object -> names, or the variable that holds them.
    objects: HashMap<String, (Vec<String>, String)>,
    /// State -> operation and version.
    states: HashMap<String, (String, String)>,
    variables: HashMap<String, Vec<String>>,
}

/// Reads one file.
pub(super) fn read(bytes: &[u8], sink: &mut Sink) {
    let Some(text) = text(bytes, sink) else { return };
    let mut tables = Tables::default();
    if let Err((at, message)) = parse(text, &mut tables) {
        let line = 1 + text.as_bytes()[..at.min(text.len())].iter().filter(|byte| **byte == b'\n').count();
        sink.problem(Some(line), message);
    }
    let definitions = std::mem::take(&mut tables.definitions);
    for definition in definitions {
        take(definition, &tables, sink);
    }
}

type Attributes = HashMap<String, String>;

fn parse(text: &str, tables: &mut Tables) -> Result<(), (usize, String)> {
    let mut reader = Reader::from_str(text);
    let mut path: Vec<String> = Vec::new();
    let mut id = String::new();
    loop {
        let at = reader.buffer_position() as usize;
        let event = reader.read_event().map_err(|error| (at, format!("this is no XML: {error}")))?;
        match event {
            Event::Start(element) => {
                let (name, attributes) = element_of(&element);
                open(&name, &attributes, &mut id, tables);
                path.push(name);
                if path.len() > DEPTH_MAX * 4 {
                    return Err((at, format!("nested deeper than {}", DEPTH_MAX * 4)));
                }
            }
            Event::Empty(element) => {
                let (name, attributes) = element_of(&element);
                open(&name, &attributes, &mut id, tables);
            }
            Event::End(_) => {
                path.pop();
            }
            Event::Text(content) => {
                inside(&path, &id, content.trim(), tables);
            }
            Event::GeneralRef(reference) => {
                let plain = quick_xml::escape::resolve_predefined_entity(&reference).map(str::to_owned);
                let plain = plain.or_else(|| reference.resolve_char_ref().ok().flatten().map(String::from));
                inside(&path, &id, &plain.unwrap_or_default(), tables);
            }
            Event::CData(content) => {
                inside(&path, &id, content.trim(), tables);
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

// Local names: prefixes differ between publishers.
fn element_of(element: &quick_xml::events::BytesStart) -> (String, Attributes) {
    let name = element.local_name().as_ref().to_owned();
    let attributes = element.attributes().flatten().map(|attribute| {
        let key = attribute.key.local_name().as_ref().to_owned();
        let raw = attribute.value.clone().into_owned();
        let value = quick_xml::escape::unescape(&raw).map(|value| value.into_owned()).unwrap_or(raw);
        (key, value)
    });
    (name, attributes.collect())
}

fn open(name: &str, attributes: &Attributes, id: &mut String, tables: &mut Tables) {
    let attribute = |key: &str| attributes.get(key).cloned().unwrap_or_default();
    match name {
        "definition" => tables.definitions.push(Definition { id: attribute("id"), ..Definition::default() }),
        "dpkginfo_test" | "rpminfo_test" => {
            *id = attribute("id");
            tables.tests.insert(id.clone(), (String::new(), String::new(), name.starts_with("dpkg")));
        }
        "object" => {
            if let Some(test) = tables.tests.get_mut(id.as_str()) {
                test.0 = attribute("object_ref");
            }
        }
        "state" => {
            if let Some(test) = tables.tests.get_mut(id.as_str()) {
                test.1 = attribute("state_ref");
            }
        }
        "dpkginfo_object" | "rpminfo_object" => {
            *id = attribute("id");
            tables.objects.insert(id.clone(), (Vec::new(), String::new()));
        }
        "name" => {
            if let Some(object) = tables.objects.get_mut(id.as_str()) {
                object.1 = attribute("var_ref");
            }
        }
        "dpkginfo_state" | "rpminfo_state" => *id = attribute("id"),
        "evr" => {
            tables.states.insert(id.clone(), (attribute("operation"), String::new()));
        }
        "constant_variable" => {
            *id = attribute("id");
            tables.variables.insert(id.clone(), Vec::new());
        }
        _ => {}
    }
    let Some(definition) = tables.definitions.last_mut() else { return };
    match name {
        "reference" => {
            definition.names.push(attribute("ref_id"));
            definition.addresses.push(attribute("ref_url"));
        }
        "criterion" if attribute("negate") != "true" => definition.tests.push(attribute("test_ref")),
        "issued" => definition.issued = attribute("date"),
        _ => {}
    }
}

fn inside(path: &[String], id: &str, text: &str, tables: &mut Tables) {
    let (Some(name), parent) = (path.last(), path.iter().rev().nth(1)) else { return };
    let parent = parent.map(String::as_str).unwrap_or_default();
    match (parent, name.as_str()) {
        ("dpkginfo_object" | "rpminfo_object", "name") if !text.is_empty() => {
            if let Some(object) = tables.objects.get_mut(id) {
                object.0.push(text.to_owned());
            }
        }
        ("dpkginfo_state" | "rpminfo_state", "evr") => {
            if let Some(state) = tables.states.get_mut(id) {
                state.1.push_str(text);
            }
        }
        ("constant_variable", "value") if !text.is_empty() => {
            if let Some(values) = tables.variables.get_mut(id) {
                values.push(text.to_owned());
            }
        }
        _ => {
            let Some(definition) = tables.definitions.last_mut() else { return };
            match (parent, name.as_str()) {
                ("metadata", "title") => definition.title.push_str(text),
                ("metadata", "description") => definition.description.push_str(text),
                (_, "platform") => definition.platforms.push(text.to_owned()),
                (_, "severity") => definition.severity.push_str(text),
                (_, "public_date") => definition.issued = text.to_owned(),
                ("advisory", "cve") => definition.names.push(text.to_owned()),
                _ => {}
            }
        }
    }
}

fn take(definition: Definition, tables: &Tables, sink: &mut Sink) {
    let distribution = definition.platforms.iter().find_map(|platform| ecosystem_of(platform));
    let Some(ecosystem) = distribution else { return };
    let first = definition.names.iter().find(|name| !name.is_empty() && !name.starts_with("CVE-"));
    let cves: Vec<&String> = definition.names.iter().filter(|name| name.starts_with("CVE-")).collect();
    let id = match (first, cves.as_slice()) {
        (None, [cve]) => (*cve).clone(),
        (Some(first), _) => first.clone(),
        _ => definition.id.clone(),
    };
    if id.is_empty() {
        return sink.problem(None, "a definition without an id");
    }
    let severity = Severity::parse(&definition.severity);
    let mut any = false;
    let mut affected: Vec<Affected> = Vec::new();
    for (object, state, deb) in definition.tests.iter().filter_map(|test| tables.tests.get(test)) {
        let range = match tables.states.get(state) {
            Some((operation, version)) if operation == "less than" && !version.is_empty() => {
                Range::before(version.clone())
            }
            Some(_) => continue,
            None if state.is_empty() && *deb => Range::everything(),
            None => continue,
        };
        let Some((names, variable)) = tables.objects.get(object) else { continue };
        for name in names.iter().chain(tables.variables.get(variable).into_iter().flatten()) {
            let mut one = Affected::new(ecosystem.clone(), name.clone());
            one.severity = severity;
            one.fix_state = FixState::NotFixed;
            one.ranges.push(range.clone());
            any = true;
            affected.push(one);
        }
    }
    if !any {
        return;
    }
    affected.sort_by(|a, b| (&a.name, &a.ranges).cmp(&(&b.name, &b.ranges)));
    affected.dedup();
    let record: &mut Advisory = sink.pending(&id);
    record.title.clone_from(&definition.title);
    record.details.clone_from(&definition.description);
    record.severity = record.severity.or(severity);
    record.published = day(&definition.issued);
    record.modified.clone_from(&record.published);
    record.covers = if id.starts_with("CVE-") { Vec::new() } else { cves.into_iter().cloned().collect() };
    record.covers.sort();
    record.covers.dedup();
    record.references = definition.addresses.into_iter().filter(|address| !address.is_empty()).collect();
    record.affected.extend(affected);
}

// `Ubuntu 22.04 LTS`, `Red Hat Enterprise Linux 9`, `Azure Linux 3.0`.
const PLATFORMS: &[(&str, &str)] = &[
    ("Ubuntu", "Ubuntu"),
    ("Debian GNU/Linux", "Debian"),
    ("Red Hat Enterprise Linux", "Red Hat"),
    ("Oracle Linux", "Oracle Linux"),
    ("AlmaLinux", "AlmaLinux"),
    ("Azure Linux", "Azure Linux"),
    ("CBL-Mariner", "Azure Linux"),
    ("Amazon Linux", "Amazon Linux"),
    ("SUSE Linux Enterprise Server", "SUSE"),
    ("openSUSE Leap", "openSUSE"),
    ("Photon", "Photon OS"),
];

fn ecosystem_of(platform: &str) -> Option<String> {
    PLATFORMS.iter().find_map(|(prefix, name)| {
        let release = platform.trim().strip_prefix(prefix)?.trim();
        Some(ecosystem::canonical(&format!("{name}:{release}")))
    })
}
