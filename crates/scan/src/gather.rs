//! From a target to what is in it: layers walked, joined, the hidden left out.

use std::{
    collections::{HashMap, HashSet},
    sync::Mutex,
};

use yagura_image::{Problem, Progress, Target};
use yagura_packages::{Collector, Inventory, Package};
use yagura_secrets::{Scanner, Secret};
use yagura_yara::Ruleset;

use crate::{
    limits,
    malware::{Found, MalwareHit, beside},
    marks::{PathHash, View},
    options::Options,
    used,
    walk::{LayerWalk, Shared},
};

/// Everything that files told, before anybody judged it.
#[derive(Debug, Default)]
pub struct Gathered {
    /// The packages at the top.
    pub inventory: Inventory,
    /// Which layer brought a package of the distribution: by type, name, version and architecture.
    pub brought_by: BroughtBy,
    /// Packages that a later layer removed or replaced: the layer that did.
    pub removed: Vec<(PackageKey, u32)>,
    /// Secrets, with the layer of each and the layer that removed it.
    pub secrets: Vec<(Secret, u32, Option<u32>)>,
    /// Malware, with the layer of each and the layer that removed it.
    pub malware: Vec<(MalwareHit, u32, Option<u32>)>,
    /// Files that were not searched for malware: too large, or all together took too long.
    pub unsearched: u64,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// How many more there were.
    pub problems_lost: u64,
    /// Which packages are in use, where somebody looked.
    pub used: used::Used,
    /// Entries seen.
    pub entries: u64,
    /// Files seen.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// Type, name, version, architecture.
pub type PackageKey = (String, String, String, String);

/// Layers by package.
pub type BroughtBy = HashMap<PackageKey, u32>;

/// The key of a package.
pub(crate) fn package_key(package: &Package) -> PackageKey {
    (
        package.package_type.as_str().to_owned(),
        package.name.clone(),
        package.full_version().into_owned(),
        package.arch.clone().unwrap_or_default(),
    )
}

/// Walks a target.
pub(crate) fn gather(
    target: &Target,
    options: &Options,
    secrets: Option<Scanner<'_>>,
    malware: Option<&Ruleset>,
    progress: &Progress,
) -> Gathered {
    let layers = target.layers().len();
    let hash = PathHash::default();
    let ((walks, summary), found) = beside(malware, |malware| {
        let shared = Shared {
            options,
            hash: hash.clone(),
            is_image: target.is_image(),
            layers,
            secrets,
            malware,
            large: Mutex::new(()),
        };
        let (walks, summary) = target.walk(&options.limits, progress, |layer| LayerWalk::new(&shared, layer));
        (walks.into_iter().map(LayerWalk::done).collect::<Vec<_>>(), summary)
    });
    let mut gathered = Gathered { entries: summary.entries, ..Gathered::default() };
    let mut collectors = Vec::with_capacity(layers);
    let mut databases = Vec::with_capacity(layers);
    let mut marks = Vec::with_capacity(layers);
    let mut secrets = Vec::new();
    let mut forgotten = HashMap::new();
    for (layer, mut walk) in (0u32..).zip(walks) {
        secrets.extend(walk.secrets.drain(..).map(|secret| (secret, layer)));
        gathered.problems.append(&mut walk.problems);
        gathered.problems_lost += walk.problems_lost;
        gathered.files += walk.files;
        gathered.bytes += walk.bytes;
        gathered.unsearched += walk.unsearched;
        forgotten.extend(walk.forgotten.drain(..).map(|(path, order)| ((layer, path), order)));
        collectors.push(walk.collector);
        databases.push(walk.databases);
        marks.push(walk.marks);
    }
    if marks.iter().any(|marks| marks.overflowed) {
        gathered.problems.push(too_many_marks());
    }
    let mut paths = Vec::new();
    for collector in &mut collectors {
        collector.retain(|path, _| {
            paths.push(path.to_owned());
            true
        });
    }
    paths.extend(secrets.iter().map(|(secret, _)| secret.path.clone()));
    let malware = standing(found, &forgotten, &mut gathered);
    paths.extend(malware.iter().map(|(hit, _)| hit.path.clone()));
    let view = View::new(&hash, paths.iter().map(String::as_str), &marks);
    let mut joined = Collector::new(yagura_packages::Options::default());
    for collector in collectors {
        joined.absorb(collector);
    }
    let hidden = (layers > 1).then(|| joined.split_off(|path, layer| view.hidden_by(path, layer).is_some()));
    gathered.used = used::Used::new(options.used_files.as_deref());
    gathered.inventory = joined.finish_owning(options.used_files.as_deref().unwrap_or_default());
    gathered.used.own(&gathered.inventory);
    gathered.secrets = seen_from_above(secrets, &view);
    gathered.malware = malware_from_above(malware, &view);
    history(databases, &mut gathered);
    if let Some(hidden) = hidden {
        removed_files(hidden, &view, &mut gathered);
    }
    gathered.removed.sort();
    gathered
}

/// Packages of languages that were in files of lower layers and are nowhere any more.
fn removed_files(hidden: Collector, view: &View, gathered: &mut Gathered) {
    let standing: HashSet<PackageKey> = gathered.inventory.packages.iter().map(package_key).collect();
    for package in hidden.finish().packages {
        let key = package_key(&package);
        if package.package_type.is_os() || standing.contains(&key) {
            continue;
        }
        let places = package.locations.iter();
        // In several places it was there until the last of them went.
        if let Some(by) = places.filter_map(|place| view.hidden_by(&place.path, place.layer)).max() {
            gathered.removed.push((key, by));
        }
    }
}

/// Secrets with the layer that removed each. One that still stands at the same place at the top is told once.
fn seen_from_above(found: Vec<(Secret, u32)>, view: &View) -> Vec<(Secret, u32, Option<u32>)> {
    let with_view = found.into_iter().map(|(secret, layer)| {
        let removed = view.hidden_by(&secret.path, layer);
        (secret, layer, removed)
    });
    let mut all: Vec<_> = with_view.collect();
    all.sort_by(|(a, al, ar), (b, bl, br)| {
        let key = |secret: &Secret| (secret.path.clone(), secret.line, secret.column, secret.rule.clone());
        (ar.is_some(), key(a), al).cmp(&(br.is_some(), key(b), bl))
    });
    let there: HashSet<(String, String)> = all
        .iter()
        .filter(|(.., removed)| removed.is_none())
        .map(|(secret, ..)| (secret.path.clone(), secret.fingerprint.clone()))
        .collect();
    all.retain(|(secret, _, removed)| {
        removed.is_none() || !there.contains(&(secret.path.clone(), secret.fingerprint.clone()))
    });
    all.truncate(limits::SECRETS_MAX);
    all
}

/// The hits without those in files that the same layer replaced.
fn standing(
    found: Found,
    forgotten: &HashMap<(u32, String), u64>,
    gathered: &mut Gathered,
) -> Vec<(MalwareHit, u32)> {
    gathered.problems.extend(found.problems);
    gathered.problems_lost += found.lost;
    gathered.unsearched += found.out_of_time;
    let replaced = |layer: u32, path: &str, order: u64| {
        forgotten.get(&(layer, path.to_owned())).is_some_and(|before| order < *before)
    };
    let hits = found.hits.into_iter().filter(|seen| !replaced(seen.layer, &seen.hit.path, seen.order));
    hits.map(|seen| (seen.hit, seen.layer)).collect()
}

/// Malware with the layer that removed each. The same file under the same name is told once.
fn malware_from_above(found: Vec<(MalwareHit, u32)>, view: &View) -> Vec<(MalwareHit, u32, Option<u32>)> {
    let with_view = found.into_iter().map(|(hit, layer)| {
        let removed = view.hidden_by(&hit.path, layer);
        (hit, layer, removed)
    });
    let mut all: Vec<_> = with_view.collect();
    let key = |(hit, layer, removed): &(MalwareHit, u32, Option<u32>)| {
        (removed.is_some(), hit.path.clone(), hit.rule_file.clone(), hit.rule.clone(), *layer)
    };
    all.sort_by_cached_key(key);
    let mut told = HashSet::new();
    all.retain(|(hit, ..)| {
        told.insert((hit.path.clone(), hit.rule_file.clone(), hit.rule.clone(), hit.sha256.clone()))
    });
    all
}

fn too_many_marks() -> Problem {
    Problem {
        kind: yagura_image::ProblemKind::Limit,
        place: yagura_image::Place::default(),
        message: format!(
            "a layer has more than {} entries: files of lower layers that it hides may still be shown",
            limits::MARKS_MAX
        ),
    }
}

/// Compares the package databases of the layers.
fn history(databases: Vec<Collector>, gathered: &mut Gathered) {
    let mut before: HashMap<PackageKey, u32> = HashMap::new();
    for (layer, database) in (0u32..).zip(databases) {
        let inventory = database.finish();
        if inventory.packages.is_empty() {
            continue;
        }
        let keys = inventory.packages.iter().map(package_key);
        let now: HashMap<PackageKey, u32> = keys
            .map(|key| {
                let since = before.get(&key).copied().unwrap_or(layer);
                (key, since)
            })
            .collect();
        let gone = before.keys().filter(|key| !now.contains_key(*key)).cloned();
        gathered.removed.extend(gone.map(|key| (key, layer)));
        before = now;
    }
    gathered.brought_by = before;
}
