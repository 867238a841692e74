//! Java archives: what they say they are, what was shaded into them, and the archives inside them.
//!
//! `META-INF/maven/*/*/pom.properties` names each Maven project in an archive. An archive without one is named by its
//! manifest and its file name.

use std::{collections::HashMap, sync::LazyLock};

use crate::{
    diagnostic::DiagnosticCode,
    limits,
    package::{Location, Package, PackageType},
    parser::{Found, Parser, Pattern, file_name},
    text::decode,
    zip::{Member, Zip},
};

pub(crate) const PARSER: Parser = Parser {
    patterns: &[
        Pattern::Extension("jar", |_| true),
        Pattern::Extension("war", |_| true),
        Pattern::Extension("ear", |_| true),
        Pattern::Extension("par", |_| true),
        Pattern::Extension("hpi", |_| true),
        Pattern::Extension("jpi", |_| true),
        Pattern::Extension("nar", |_| true),
        Pattern::Extension("sar", |_| true),
        Pattern::Extension("kar", |_| true),
        Pattern::Extension("lpkg", |_| true),
    ],
    bytes_max: limits::FILE_BYTES_MAX,
    parse,
};

fn parse(found: &mut Found, bytes: &[u8]) {
    let path = found.path.clone();
    let mut walk = Walk { found, inflated: 0, held: 0, members_left: limits::ARCHIVE_MEMBERS_MAX };
    walk.archive(&path, bytes, 0);
}

fn is_archive(name: &str) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    PARSER.patterns.iter().any(|pattern| matches!(pattern, Pattern::Extension(own, _) if *own == extension))
}

struct Walk<'f> {
    found: &'f mut Found,
    // Bytes that were inflated in all, and those held by archives that are open.
    inflated: u64,
    held: u64,
    members_left: usize,
}

impl Walk<'_> {
    fn archive(&mut self, path: &str, bytes: &[u8], depth: u32) {
        let Some(zip) = Zip::new(bytes) else {
            return self.problem(path, DiagnosticCode::Syntax, "no ZIP archive, or its directory is damaged");
        };
        let (mut projects, mut manifest) = (Vec::new(), String::new());
        for member in zip.members() {
            if self.members_left == 0 {
                self.problem(path, DiagnosticCode::Limit, "too many members; the rest was not read");
                break;
            }
            self.members_left -= 1;
            let name = &*member.name;
            if name == "META-INF/MANIFEST.MF" {
                manifest = self.text(path, &zip, &member).unwrap_or_default();
            } else if name.starts_with("META-INF/maven/") && name.ends_with("/pom.properties") {
                if projects.len() >= limits::ARCHIVE_PROJECTS_MAX {
                    continue;
                }
                projects
                    .extend(self.text(path, &zip, &member).and_then(|text| Project::of_properties(&text)));
            } else if is_archive(name) {
                self.nested(path, &zip, &member, depth);
            }
        }
        let named = FileName::new(path);
        let names_itself = projects.iter().any(|project| project.is_named(&named)) || projects.len() == 1;
        if !names_itself {
            projects.extend(Project::of_manifest(&manifest, &named));
        }
        for project in projects {
            self.push(path, project);
        }
    }

    fn nested(&mut self, path: &str, zip: &Zip<'_>, member: &Member<'_>, depth: u32) {
        let name = &*member.name;
        if name.split('/').any(|part| part == "..") || name.contains(char::is_control) {
            return self.problem(
                path,
                DiagnosticCode::Syntax,
                "an archive inside has a name that leaves its root",
            );
        }
        let inner = format!("{path}!/{name}");
        if depth == limits::ARCHIVE_DEPTH_MAX || inner.len() > limits::FIELD_BYTES_MAX {
            return self.problem(
                &inner,
                DiagnosticCode::Limit,
                "archives are nested too deeply; it was not read",
            );
        }
        let room = limits::ARCHIVE_HELD_BYTES_MAX - self.held;
        let room = room.min(limits::ARCHIVE_INFLATED_BYTES_MAX.saturating_sub(self.inflated));
        let Some(bytes) = zip.read(member, room) else {
            let message = "an archive inside is damaged, encrypted or too large; it was not read";
            return self.problem(&inner, DiagnosticCode::Limit, message);
        };
        let held = if matches!(bytes, std::borrow::Cow::Owned(_)) { bytes.len() as u64 } else { 0 };
        self.held += held;
        self.inflated += held;
        self.archive(&inner, &bytes, depth + 1);
        self.held -= held;
    }

    fn text(&mut self, path: &str, zip: &Zip<'_>, member: &Member<'_>) -> Option<String> {
        if self.inflated > limits::ARCHIVE_INFLATED_BYTES_MAX {
            return None;
        }
        let bytes = zip.read(member, limits::ARCHIVE_TEXT_BYTES_MAX);
        if bytes.is_none() {
            self.problem(path, DiagnosticCode::Syntax, "a description inside is damaged or too large");
        }
        self.inflated += bytes.as_ref().map_or(0, |bytes| bytes.len() as u64);
        bytes.map(|bytes| decode(&bytes).into_owned())
    }

    fn push(&mut self, path: &str, project: Project) {
        let name = match &project.group {
            Some(group) => format!("{group}:{}", project.artifact),
            None => project.artifact,
        };
        let mut package = Package::new(PackageType::Maven, &name, &project.version);
        package.installed = true;
        package.licences.extend(project.licence);
        if let Some(index) = self.found.push(package, None) {
            let location = Location { path: path.to_owned(), layer: self.found.layer, line: None };
            self.found.item(index).package.locations = vec![location];
        }
    }

    fn problem(&mut self, path: &str, code: DiagnosticCode, message: &str) {
        self.found.problem(None, code, message);
        if let Some(last) = self.found.diagnostics.last_mut() {
            path.clone_into(&mut last.path);
        }
    }
}

// `log4j-core-2.17.1.jar`: what stands before the first `-` that a digit follows, and what stands behind it.
struct FileName<'a> {
    artifact: &'a str,
    version: &'a str,
}

impl<'a> FileName<'a> {
    fn new(path: &'a str) -> Self {
        let name = file_name(path);
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let dash = stem.match_indices('-').map(|(at, _)| at);
        let mut dashes = dash.filter(|at| stem[at + 1..].starts_with(|c: char| c.is_ascii_digit()));
        match dashes.next() {
            Some(at) => Self { artifact: &stem[..at], version: &stem[at + 1..] },
            None => Self { artifact: stem, version: "" },
        }
    }
}

struct Project {
    group: Option<String>,
    artifact: String,
    version: String,
    licence: Option<String>,
}

impl Project {
    fn of_properties(text: &str) -> Option<Self> {
        let get = |wanted: &str| {
            let lines = text.lines().filter(|line| !line.trim_start().starts_with(['#', '!']));
            let mut pairs = lines.filter_map(|line| line.split_once(['=', ':']));
            pairs.find(|(key, _)| key.trim() == wanted).map(|(_, value)| value.trim().to_owned())
        };
        let told = |text: &String| !text.is_empty() && !text.contains("${");
        let artifact = get("artifactId").filter(told)?;
        let version = get("version").filter(told).unwrap_or_default();
        Some(Self { group: get("groupId").filter(told), artifact, version, licence: None })
    }

    fn is_named(&self, named: &FileName<'_>) -> bool {
        // A renamed archive may have lost its version, or the artifact part of the name.
        self.artifact == named.artifact
            && (named.version.is_empty() || named.version.starts_with(&self.version))
    }

    fn of_manifest(text: &str, named: &FileName<'_>) -> Option<Self> {
        let manifest = main_section(text);
        let get = |keys: &[&str]| {
            let values = keys.iter().filter_map(|wanted| {
                manifest
                    .iter()
                    .find(|(key, _)| key.eq_ignore_ascii_case(wanted))
                    .map(|(_, value)| value.trim())
            });
            let mut told = values.filter(|value| !value.is_empty() && !value.contains("${"));
            told.next()
        };
        let artifact = Some(named.artifact).filter(|name| !name.is_empty())?;
        let versions =
            ["Implementation-Version", "Bundle-Version", "Specification-Version", "Plugin-Version"];
        let version = Some(named.version).filter(|version| !version.is_empty()).or_else(|| get(&versions))?;
        // `org.slf4j.api;singleton:=true`
        let names = ["Implementation-Vendor-Id", "Bundle-SymbolicName", "Automatic-Module-Name"];
        let names = names.iter().filter_map(|name| get(&[*name]));
        let mut names = names.map(|name| name.split(';').next().unwrap_or(name).trim());
        let group = known_group(artifact).or_else(|| names.find_map(|name| group_of(name, artifact)));
        // Old projects are named twice the same.
        let group = Some(group.unwrap_or(artifact).to_owned());
        let licence = get(&["Bundle-License"]).filter(|licence| licence.len() < 200).map(str::to_owned);
        Some(Self { group, artifact: artifact.to_owned(), version: version.to_owned(), licence })
    }
}

/// Groups of well-known projects: `artifact<TAB>group`, sorted by artifact.
const GROUPS: &str = include_str!("groups.tsv");

static BY_ARTIFACT: LazyLock<HashMap<&str, &str>> =
    LazyLock::new(|| GROUPS.lines().filter_map(|line| line.split_once('\t')).collect());

fn known_group(artifact: &str) -> Option<&'static str> {
    BY_ARTIFACT.get(artifact).copied()
}

// A name of a module or bundle often is group and artifact, or the group.
fn group_of<'n>(name: &'n str, artifact: &str) -> Option<&'n str> {
    let is_group = |text: &&str| text.contains('.') && !text.contains([' ', ':', '/', '$']);
    let short = name.strip_suffix(artifact).map(|group| group.trim_end_matches(['.', '-']));
    short.filter(is_group).or(Some(name)).filter(is_group)
}

// Up to the first empty line; a line that begins with a blank goes on with the one before.
fn main_section(text: &str) -> Vec<(&str, String)> {
    let mut pairs: Vec<(&str, String)> = Vec::new();
    for line in text.lines().take_while(|line| !line.is_empty()) {
        if let Some(more) = line.strip_prefix(' ') {
            if let Some((_, value)) = pairs.last_mut() {
                value.push_str(more);
            }
        } else if let Some((key, value)) = line.split_once(':') {
            pairs.push((key.trim(), value.trim_start().to_owned()));
        }
    }
    pairs
}
