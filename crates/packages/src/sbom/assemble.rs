//! From the parts that every form of bill has to packages.

use std::collections::HashMap;

use super::property;
use crate::{
    diagnostic::{Diagnostic, DiagnosticCode},
    distro::Distro,
    inventory::Inventory,
    limits,
    package::{Hash, Location, Package, PackageType},
    purl,
    tree::Broken,
};

/// A component, package or element, as the document has it.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) id: String,
    pub(super) line: u32,
    pub(super) kind: Kind,
    pub(super) group: String,
    pub(super) name: String,
    pub(super) version: String,
    pub(super) purl: String,
    pub(super) licences: Vec<String>,
    pub(super) hashes: Vec<Hash>,
    pub(super) properties: Vec<(String, String)>,
}

/// What a part is.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    #[default]
    Package,
    OperatingSystem,
    // Files, devices, data: no packages unless they have a package URL.
    Other,
}

/// Collects parts and who needs whom.
#[derive(Debug, Default)]
pub(super) struct Assembly {
    pub(super) parts: Vec<Part>,
    /// Ids: the first needs the second.
    pub(super) needs: Vec<(String, String)>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Assembly {
    pub(super) fn new(broken: Option<Broken>) -> Self {
        let mut assembly = Self::default();
        if let Some(broken) = broken {
            assembly.problem(broken.line, DiagnosticCode::Syntax, &broken.reason);
        }
        assembly
    }

    pub(super) fn problem(&mut self, line: u32, code: DiagnosticCode, message: &str) {
        if self.diagnostics.len() < limits::FILE_DIAGNOSTICS_MAX {
            let (path, message) = ("sbom".to_owned(), message.to_owned());
            self.diagnostics.push(Diagnostic { path, layer: 0, line: Some(line), code, message });
        }
    }

    pub(super) fn push(&mut self, part: Part) {
        if self.parts.len() < limits::FILE_PACKAGES_MAX {
            self.parts.push(part);
        } else if self.parts.len() == limits::FILE_PACKAGES_MAX {
            self.problem(part.line, DiagnosticCode::Limit, "too many components; the rest was not read");
        }
    }

    pub(super) fn finish(mut self) -> Inventory {
        let mut packages: Vec<(String, Package)> = Vec::with_capacity(self.parts.len());
        let mut index: HashMap<String, usize> = HashMap::new();
        let mut distro = None;
        for part in std::mem::take(&mut self.parts) {
            if part.kind == Kind::OperatingSystem && part.purl.is_empty() {
                distro = distro.or_else(|| Some(read_distro(&part)));
                continue;
            }
            let id = part.id.clone();
            if let Some(package) = self.package(part) {
                index.insert(id, packages.len());
                packages.push((package.purl(), package));
            }
        }
        for (from, to) in &self.needs {
            if let (Some(&from), Some(&to)) = (index.get(from), index.get(to)) {
                let purl = packages[to].0.clone();
                packages[from].1.depends_on.push(purl);
            }
        }
        for (purl, package) in &mut packages {
            package.depends_on.retain(|need| need != purl);
            package.depends_on.sort();
            package.depends_on.dedup();
        }
        packages.sort_by(|a, b| (&a.0, &a.1.owned_by).cmp(&(&b.0, &b.1.owned_by)));
        packages.dedup_by(|next, kept| {
            next.0 == kept.0 && next.1.owned_by == kept.1.owned_by && join(kept, next)
        });
        let packages: Vec<_> = packages.into_iter().map(|(_, package)| package).collect();
        let distro = distro.or_else(|| distro_of_packages(&packages));
        super::inventory(distro, packages, self.diagnostics)
    }

    fn package(&mut self, part: Part) -> Option<Package> {
        let mut package = if part.purl.is_empty() {
            if part.kind != Kind::Package || part.name.is_empty() {
                return None;
            }
            let mut package = Package::new(PackageType::Generic, &part.name, &part.version);
            package.namespace = Some(part.group.clone()).filter(|group| !group.is_empty());
            package
        } else {
            let Some(package) = purl::parse(&part.purl) else {
                self.problem(part.line, DiagnosticCode::Syntax, "a package URL that cannot be read");
                return None;
            };
            package
        };
        respell(&mut package, &part);
        package.licences = part.licences;
        package.hashes = part.hashes;
        if part.properties.iter().any(|(name, _)| name == "yagura:licence") {
            package.licences.clear();
        }
        for (name, value) in &part.properties {
            property::apply(&mut package, name, value);
        }
        if package.locations.is_empty() {
            package.locations.push(Location { path: "sbom".to_owned(), layer: 0, line: Some(part.line) });
        }
        package.hashes.sort();
        package.hashes.dedup();
        package.locations.sort();
        package.locations.dedup();
        package.licences.sort();
        package.licences.dedup();
        Some(package)
    }
}

// The package URL has lost upper case and the like; the name beside it has not, if it means the same.
fn respell(package: &mut Package, part: &Part) {
    if part.name.is_empty() {
        return;
    }
    let group = Some(part.group.clone()).filter(|group| !group.is_empty());
    let (namespace, name) = purl::split_name(&package.package_type, &part.name);
    for (namespace, name) in [(group, part.name.clone()), (namespace, name)] {
        let mut spelled = package.clone();
        spelled.name = name;
        if !package.package_type.is_os() {
            spelled.namespace = namespace;
        }
        if spelled.purl() == package.purl() {
            return *package = spelled;
        }
    }
}

fn read_distro(part: &Part) -> Distro {
    let mut distro =
        Distro { id: part.name.to_lowercase(), version_id: part.version.clone(), ..Distro::default() };
    for (name, value) in &part.properties {
        property::apply_distro(&mut distro, name, value);
    }
    distro
}

// `debian-12`; where all OS packages agree.
fn distro_of_packages(packages: &[Package]) -> Option<Distro> {
    let mut names = packages.iter().filter_map(|package| package.distro.as_deref());
    let first = names.next()?;
    if names.any(|name| name != first) {
        return None;
    }
    let is_version = |version: &str| version.starts_with(|c: char| c.is_ascii_digit());
    let (id, version_id) =
        first.rsplit_once('-').filter(|(_, version)| is_version(version)).unwrap_or((first, ""));
    Some(Distro { id: id.to_owned(), version_id: version_id.to_owned(), ..Distro::default() })
}

// Two components that are the same package.
fn join(kept: &mut (String, Package), next: &mut (String, Package)) -> bool {
    let (kept, next) = (&mut kept.1, std::mem::take(&mut next.1));
    kept.locations.extend(next.locations);
    kept.locations.sort();
    kept.locations.dedup();
    kept.depends_on.extend(next.depends_on);
    kept.depends_on.sort();
    kept.depends_on.dedup();
    kept.source_name = kept.source_name.take().or(next.source_name);
    kept.source_version = kept.source_version.take().or(next.source_version);
    true
}
