//! `pom.xml`: a Maven project and what it asks for.
//!
//! Only this file is at hand: properties, the parent's coordinates and `dependencyManagement` are used as far as they
//! stand in it. A version that only a parent knows stays empty.

use std::collections::HashMap;

use crate::{
    diagnostic::DiagnosticCode,
    limits,
    package::{Package, PackageType},
    parser::{Found, Parser, Pattern},
    text::decode,
    xml::{self, Element},
};

pub(crate) const PARSER: Parser = Parser {
    patterns: &[Pattern::Name("pom.xml"), Pattern::Extension("pom", |_| true)],
    bytes_max: 16 << 20,
    parse,
};

fn parse(found: &mut Found, bytes: &[u8]) {
    let (root, broken) = xml::read(&decode(bytes));
    if let Some(broken) = broken {
        found.problem(Some(broken.line), DiagnosticCode::Syntax, &broken.reason);
    }
    if root.name == "project" {
        Project::new(&root).read(found);
    }
}

struct Project<'x> {
    root: &'x Element,
    properties: HashMap<String, &'x str>,
}

impl<'x> Project<'x> {
    fn new(root: &'x Element) -> Self {
        let mut properties = HashMap::new();
        let parent = root.get("parent");
        for name in ["groupId", "artifactId", "version"] {
            let inherited = parent.and_then(|parent| parent.text_of(name));
            if let Some(value) = inherited {
                properties.insert(format!("project.parent.{name}"), value);
                properties.insert(format!("parent.{name}"), value);
            }
            if let Some(value) = root.text_of(name).or(inherited) {
                for prefix in ["project.", "pom.", ""] {
                    properties.insert(format!("{prefix}{name}"), value);
                }
            }
        }
        for property in root.children_of("properties") {
            properties.insert(property.name.clone(), property.text.trim());
        }
        Self { root, properties }
    }

    // `${a}` is replaced while it is known; the ceiling ends properties that name each other.
    fn resolve(&self, text: &str) -> String {
        let mut text = text.trim().to_owned();
        for _ in 0..limits::PROPERTY_STEPS_MAX {
            let Some(start) = text.find("${") else { break };
            let Some(length) = text[start..].find('}') else { break };
            let Some(value) = self.properties.get(&text[start + 2..start + length]) else { break };
            text.replace_range(start..=start + length, value);
            if text.len() > limits::FIELD_BYTES_MAX {
                break;
            }
        }
        text
    }

    fn coordinates(&self, element: &Element) -> Option<(String, String)> {
        let group = self.resolve(element.text_of("groupId")?);
        Some((group, self.resolve(element.text_of("artifactId")?)))
    }

    fn read(&self, found: &mut Found) {
        let own = self.own(found);
        let managed = self.managed();
        let mut needs = Vec::new();
        for dependency in
            self.root.children_of("dependencies").iter().filter(|child| child.name == "dependency")
        {
            let Some(coordinates) = self.coordinates(dependency) else { continue };
            let known = managed.get(&coordinates).copied();
            let told =
                |name: &str| dependency.text_of(name).or_else(|| known.and_then(|known| known.text_of(name)));
            let version = told("version").map(|version| self.resolve(version)).unwrap_or_default();
            // A range or an unknown property is no version.
            let version = if version.contains(['$', '[', '(', ',']) { String::new() } else { version };
            let mut package =
                Package::new(PackageType::Maven, &format!("{}:{}", coordinates.0, coordinates.1), &version);
            package.dev = told("scope") == Some("test");
            package.direct = Some(true);
            needs.extend(found.push(package, Some(dependency.line)));
        }
        if let Some(own) = own {
            found.item(own).needs = needs;
        }
    }

    fn own(&self, found: &mut Found) -> Option<u32> {
        let get = |name: &str| self.properties.get(name).map(|value| self.resolve(value));
        let (group, artifact) = (get("project.groupId")?, self.root.text_of("artifactId")?);
        let version = get("project.version").filter(|version| !version.contains('$')).unwrap_or_default();
        let mut package =
            Package::new(PackageType::Maven, &format!("{group}:{}", self.resolve(artifact)), &version);
        let licences = self.root.children_of("licenses").iter();
        package.licences =
            licences.filter_map(|licence| licence.text_of("name")).map(str::to_owned).collect();
        found.push(package, Some(self.root.line))
    }

    fn managed(&self) -> HashMap<(String, String), &'x Element> {
        let managed = self
            .root
            .get("dependencyManagement")
            .map_or(&[][..], |managed| managed.children_of("dependencies"));
        managed.iter().filter_map(|element| Some((self.coordinates(element)?, element))).collect()
    }
}
