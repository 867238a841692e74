//! Joins what single files told into one answer: each package once, with owner, licences and dependencies.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::{
    diagnostic::Diagnostic,
    distro::Distro,
    licence,
    os::owned,
    package::{Package, PackageType},
    parser::{Found, Hint, Item, NO_ITEM, file_name, folder},
};

/// What a target holds.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Inventory {
    /// The distribution at the root of the target.
    pub distro: Option<Distro>,
    /// Sorted by package URL, then by owner. The same package at several places is one.
    pub packages: Vec<Package>,
    /// What could not be read, sorted by path.
    pub diagnostics: Vec<Diagnostic>,
    /// How many further problems there were.
    pub diagnostics_lost: usize,
    /// Paths that were asked about and belong to an OS package: its package URL.
    pub owners: BTreeMap<String, String>,
}

/// Joins what was found in all files.
pub(crate) fn join(mut found: Vec<Found>, diagnostics_lost: usize, asked: &[String]) -> Inventory {
    drop_fallbacks(&mut found);
    found.sort_by(|a, b| (&a.path, a.layer).cmp(&(&b.path, b.layer)));
    let mut diagnostics: Vec<_> =
        found.iter_mut().flat_map(|file| std::mem::take(&mut file.diagnostics)).collect();
    diagnostics.sort();
    let distros = distros(&found);
    apply_distros(&mut found, &distros);
    apply_licences(&mut found);
    apply_hints(&mut found);
    let system = System::new(&found);
    let mut owners = owners(&found, &system, asked);
    let packages = merge(found, &system, &owners);
    let owners = asked.iter().filter_map(|path| owners.remove_entry(path)).collect();
    let distro = distros.get("").map(|(_, distro)| distro.clone());
    Inventory { distro, packages, diagnostics, diagnostics_lost, owners }
}

// Files that count only beside another one.
fn drop_fallbacks(found: &mut [Found]) {
    let wanted: BTreeSet<(String, u32)> = found
        .iter()
        .filter(|file| file.wants_fallback)
        .map(|file| (file.folder().to_owned(), file.layer))
        .collect();
    for file in found.iter_mut().filter(|file| file.is_fallback) {
        if !wanted.contains(&(file.folder().to_owned(), file.layer)) {
            file.items.clear();
        }
    }
}

/// The root file system that an OS file belongs to: what stands before `etc/`, `usr/lib/`, `var/lib/`, `lib/apk/`.
/// Roots can lie in roots: `var/lib/docker/overlay2/ID/diff/var/lib/dpkg/status`.
fn root_of(path: &str) -> &str {
    let marks = ["etc/", "usr/lib/", "usr/share/", "var/lib/", "lib/apk/"];
    let last = |mark: &&str| {
        path.rmatch_indices(mark).map(|(at, _)| at).find(|at| *at == 0 || path.as_bytes()[at - 1] == b'/')
    };
    let root = marks.iter().filter_map(last).max().map_or("", |at| &path[..at]);
    if path[root.len()..].starts_with("lib/apk/") { root.strip_suffix("usr/").unwrap_or(root) } else { root }
}

type Distros = HashMap<String, (u8, Distro)>;

// Of each root the best file: os-release in etc, then in usr/lib, then the older ones.
fn distros(found: &[Found]) -> Distros {
    let mut distros = Distros::new();
    for file in found {
        let Some(distro) = &file.distro else { continue };
        let rank = match (file_name(&file.path), folder(&file.path).ends_with("etc")) {
            ("os-release", true) => 0,
            ("os-release", false) => 1,
            ("lsb-release", _) => 3,
            _ => 2,
        };
        let root = root_of(&file.path);
        if distros.get(root).is_none_or(|(best, _)| rank <= *best) {
            distros.insert(root.to_owned(), (rank, distro.clone()));
        }
    }
    distros
}

fn apply_distros(found: &mut [Found], distros: &Distros) {
    for file in found {
        let root = root_of(&file.path);
        let distro = distros.get(root).map(|(_, distro)| distro);
        for item in &mut file.items {
            let package = &mut item.package;
            if package.package_type.is_os() && package.distro.is_none() {
                package.distro = distro.map(Distro::qualifier);
                if package.namespace.is_none() {
                    package.namespace = Some(vendor(&package.package_type, distro));
                }
            }
        }
    }
}

fn vendor(package_type: &PackageType, distro: Option<&Distro>) -> String {
    let id = distro.map(|distro| distro.id.as_str());
    let fallback = match package_type {
        PackageType::Deb => "debian",
        PackageType::Apk => "alpine",
        PackageType::Alpm => "arch",
        _ => "linux",
    };
    match id {
        // openSUSE's and SUSE's editions share a vendor.
        Some(id) if id.starts_with("opensuse") => "opensuse".to_owned(),
        Some("sles" | "sled" | "sles_sap") => "suse".to_owned(),
        Some("rhel") => "redhat".to_owned(),
        Some("ol") => "oracle".to_owned(),
        Some("amzn") => "amazon".to_owned(),
        Some(id) => id.to_owned(),
        None => fallback.to_owned(),
    }
}

fn apply_licences(found: &mut [Found]) {
    let mut licences: HashMap<(String, String), Vec<String>> = HashMap::new();
    for file in found.iter_mut() {
        if let Some((name, list)) = file.licences.take() {
            licences.entry((root_of(&file.path).to_owned(), name)).or_default().extend(list);
        }
    }
    for file in found.iter_mut() {
        let root = root_of(&file.path).to_owned();
        for item in file.items.iter_mut().filter(|item| item.package.package_type == PackageType::Deb) {
            let key = (root.clone(), item.package.name.clone());
            item.package.licences.extend(licences.get(&key).into_iter().flatten().cloned());
        }
    }
}

// What manifests tell about the packages that a lock file beside them names.
fn apply_hints(found: &mut [Found]) {
    let mut hints: HashMap<(String, u32), Vec<Hint>> = HashMap::new();
    for file in found.iter_mut().filter(|file| !file.hints.is_empty()) {
        let key = (file.folder().to_owned(), file.layer);
        hints.entry(key).or_default().append(&mut file.hints);
    }
    if hints.is_empty() {
        return;
    }
    for file in found.iter_mut().filter(|file| !file.items.is_empty()) {
        let Some(hints) = hints.get(&(file.folder().to_owned(), file.layer)) else { continue };
        // For development only if no one asks for it otherwise.
        let mut by_name: HashMap<&str, bool> = HashMap::new();
        for hint in hints {
            let dev = by_name.entry(hint.name.as_str()).or_insert(true);
            *dev &= hint.dev;
        }
        for Item { package, .. } in file.items.iter_mut().filter(|item| !item.package.installed) {
            if let Some(dev) = by_name.get(package.full_name().to_lowercase().as_str()) {
                package.direct = Some(true);
                package.dev |= dev;
            }
        }
    }
}

// What is installed in each place, by every name it answers to: OS packages in a root, distributions in a folder.
struct System {
    realms: HashMap<String, HashMap<String, String>>,
}

// Where the names of an item hold.
fn realm(root: &str, item: &Item) -> String {
    item.scope.as_ref().map_or_else(|| format!("root {root}"), |scope| format!("folder {scope}"))
}

impl System {
    fn new(found: &[Found]) -> Self {
        let mut realms: HashMap<String, HashMap<String, String>> = HashMap::new();
        let items =
            || found.iter().flat_map(|file| file.items.iter().map(move |item| (root_of(&file.path), item)));
        for (root, item) in items().filter(|(_, item)| item.package.package_type.is_os()) {
            let names = realms.entry(realm(root, item)).or_default();
            names.entry(item.package.name.clone()).or_insert_with(|| item.package.purl());
        }
        for (root, item) in items().filter(|(_, item)| !item.provides.is_empty()) {
            let names = realms.entry(realm(root, item)).or_default();
            for name in &item.provides {
                names.entry(name.clone()).or_insert_with(|| item.package.purl());
            }
        }
        Self { realms }
    }

    fn needed<'s>(&'s self, root: &str, item: &'s Item) -> impl Iterator<Item = &'s String> {
        let names = if item.requires.is_empty() { None } else { self.realms.get(&realm(root, item)) };
        names.into_iter().flat_map(|names| item.requires.iter().filter_map(|name| names.get(name)))
    }

    fn package(&self, root: &str, name: &str) -> Option<&String> {
        self.realms.get(&format!("root {root}"))?.get(name)
    }
}

// Which OS package owns a file that names packages: its path, the package's URL.
fn owners(found: &[Found], system: &System, asked: &[String]) -> HashMap<String, String> {
    let mut roots: BTreeSet<&str> = BTreeSet::new();
    roots.extend(found.iter().filter(|file| !file.files.is_empty()).map(|file| root_of(&file.path)));
    let mut wanted: HashMap<(&str, u64), Vec<&str>> = HashMap::new();
    for file in found.iter().filter(|file| file.items.iter().any(|item| !item.package.package_type.is_os())) {
        // The innermost root file system that the file lies in.
        let ends = file.path.rmatch_indices('/').map(|(at, _)| &file.path[..=at]).chain([""]);
        if let Some(root) = ends.into_iter().find(|root| roots.contains(root)) {
            wanted.entry((root, owned::key(&file.path[root.len()..]))).or_default().push(&file.path);
        }
    }
    for path in asked {
        wanted.entry(("", owned::key(path))).or_default().push(path);
    }
    let mut owners = HashMap::new();
    for file in found {
        let root = root_of(&file.path);
        for (key, index) in &file.files {
            let Some(paths) = wanted.get(&(root, *key)) else { continue };
            let owner = match *index {
                NO_ITEM => file.owner.as_deref().and_then(|name| system.package(root, name)).cloned(),
                index => file.items.get(index as usize).map(|item| item.package.purl()),
            };
            if let Some(owner) = owner {
                owners.extend(paths.iter().map(|path| ((*path).to_owned(), owner.clone())));
            }
        }
    }
    owners
}

fn merge(found: Vec<Found>, system: &System, owners: &HashMap<String, String>) -> Vec<Package> {
    let mut merged: BTreeMap<(String, Option<String>), Merged> = BTreeMap::new();
    for file in found {
        let root = root_of(&file.path);
        let owner = owners.get(&file.path);
        let purls: Vec<String> = file.items.iter().map(|item| item.package.purl()).collect();
        for (index, item) in file.items.into_iter().enumerate() {
            let needs = item.needs.iter().filter_map(|need| purls.get(*need as usize));
            let needs = needs.chain(system.needed(root, &item)).filter(|purl| **purl != purls[index]);
            let needs: Vec<String> = needs.cloned().collect();
            let mut package = item.package;
            package.depends_on.extend(needs);
            if !package.package_type.is_os() {
                package.owned_by = owner.cloned();
            }
            let key = (purls[index].clone(), package.owned_by.clone());
            match merged.get_mut(&key) {
                Some(merged) => merged.add(package),
                None => {
                    merged.insert(key, Merged::new(package));
                }
            }
        }
    }
    merged.into_values().map(Merged::finish).collect()
}

// One package while its copies come together.
struct Merged {
    package: Package,
    // Whether lock files, and whether installed copies, all say it is for development.
    locked_dev: Option<bool>,
    installed_dev: Option<bool>,
}

impl Merged {
    fn new(package: Package) -> Self {
        let mut merged = Self { package: Package::default(), locked_dev: None, installed_dev: None };
        merged.count_dev(&package);
        merged.package = package;
        merged
    }

    fn count_dev(&mut self, package: &Package) {
        let dev = if package.installed { &mut self.installed_dev } else { &mut self.locked_dev };
        *dev = Some(dev.unwrap_or(true) && package.dev);
    }

    fn add(&mut self, other: Package) {
        self.count_dev(&other);
        let package = &mut self.package;
        package.licences.extend(other.licences);
        package.hashes.extend(other.hashes);
        package.locations.extend(other.locations);
        package.depends_on.extend(other.depends_on);
        package.installed |= other.installed;
        package.direct = match (package.direct, other.direct) {
            (Some(a), Some(b)) => Some(a || b),
            (a, b) => a.or(b),
        };
        package.source_name = package.source_name.take().or(other.source_name);
        package.source_version = package.source_version.take().or(other.source_version);
    }

    fn finish(self) -> Package {
        let mut package = self.package;
        package.licences = package.licences.iter().map(|text| licence::normal(text)).collect();
        package.dev = self.locked_dev.or(self.installed_dev).unwrap_or(false);
        package.licences.sort();
        package.licences.dedup();
        package.hashes.sort();
        package.hashes.dedup();
        package.locations.sort();
        package.locations.dedup();
        package.depends_on.sort();
        package.depends_on.dedup();
        package
    }
}
