//! CSAF 2.0 documents of distributions: Red Hat's and SUSE's advisories and VEX files.
//!
//! A product is a package in a platform: the package's URL says name and version, the platform's CPE says the release.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Deserialize;
use serde_json::Value;

use super::{Sink, cwe, day, first_line, json, percent_decode, yaml};
use crate::{
    ecosystem,
    limits::{AFFECTED_MAX, DEPTH_MAX},
    query::FixState,
    record::{Advisory, Affected, Range},
    severity::Severity,
};

#[derive(Deserialize)]
struct Document {
    document: Value,
    #[serde(default)]
    product_tree: Value,
    #[serde(default)]
    vulnerabilities: Vec<Value>,
}

/// A product as the tree describes it: a package, a platform, or a package in a platform.
#[derive(Debug, Clone, Default)]
pub(crate) struct Product {
    pub(crate) purl: String,
    pub(crate) cpe: String,
    pub(crate) name: String,
}

/// Every product of a document by its id, packages in platforms put together.
pub(crate) fn products(tree: &Value) -> HashMap<String, Product> {
    let mut all = HashMap::new();
    let mut rest: Vec<(&Value, usize)> = vec![(tree, 0)];
    while let Some((node, depth)) = rest.pop() {
        for product in [node.get("product")].into_iter().flatten().chain(list(node, "full_product_names")) {
            insert(&mut all, product);
        }
        if depth < DEPTH_MAX {
            rest.extend(list(node, "branches").map(|branch| (branch, depth + 1)));
        }
    }
    for relation in list(tree, "relationships") {
        let of = |key| all.get(yaml::text(relation, key)).cloned().unwrap_or_default();
        let (package, platform) = (of("product_reference"), of("relates_to_product_reference"));
        let Some(whole) = relation.get("full_product_name") else { continue };
        let reference = yaml::text(relation, "product_reference");
        let product = Product {
            name: if package.name.is_empty() { reference.to_owned() } else { package.name },
            purl: package.purl,
            cpe: platform.cpe,
        };
        all.insert(yaml::text(whole, "product_id").to_owned(), product);
    }
    all
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn insert(all: &mut HashMap<String, Product>, product: &Value) {
    let helper = product.get("product_identification_helper").cloned().unwrap_or_default();
    let purl = match helper.get("purl") {
        Some(purl) => purl.as_str().unwrap_or_default().to_owned(),
        None => yaml::texts(&helper, "purls").into_iter().next().unwrap_or_default(),
    };
    let entry = Product {
        purl,
        cpe: yaml::text(&helper, "cpe").to_owned(),
        name: yaml::text(product, "name").to_owned(),
    };
    all.insert(yaml::text(product, "product_id").to_owned(), entry);
}

/// Reads one document.
pub(super) fn read(bytes: &[u8], sink: &mut Sink) {
    let Some(document) = json::<Document>(bytes, sink) else { return };
    let tracking = document.document.get("tracking").cloned().unwrap_or_default();
    let id = yaml::text(&tracking, "id").to_owned();
    if id.is_empty() {
        return sink.problem(None, "the document has no tracking id");
    }
    let products = products(&document.product_tree);
    let own = document.vulnerabilities.len() == 1 && yaml::text(&document.vulnerabilities[0], "cve") == id;
    let mut advisory = Advisory::new(id);
    advisory.title = yaml::text(&document.document, "title").to_owned();
    advisory.published = day(yaml::text(&tracking, "initial_release_date"));
    advisory.modified = day(yaml::text(&tracking, "current_release_date"));
    advisory.withdrawn = yaml::text(&tracking, "status") == "withdrawn";
    if let Some(aggregate) = document.document.get("aggregate_severity") {
        advisory.severity = Severity::parse(yaml::text(aggregate, "text"));
    }
    advisory.references = list(&document.document, "references")
        .map(|reference| yaml::text(reference, "url").to_owned())
        .collect();
    let mut affected = BTreeMap::new();
    for vulnerability in &document.vulnerabilities {
        let cve = yaml::text(vulnerability, "cve");
        if !own && cve.starts_with("CVE-") {
            advisory.covers.push(cve.to_owned());
        }
        describe(&mut advisory, vulnerability);
        take(vulnerability, &products, &mut affected);
    }
    if advisory.title.is_empty() {
        advisory.title = first_line(&advisory.details);
    }
    if affected.len() > AFFECTED_MAX {
        sink.problem(
            None,
            format!("{} packages are more than {AFFECTED_MAX}; the rest is left out", affected.len()),
        );
    }
    advisory.affected = affected.into_values().take(AFFECTED_MAX).collect();
    sink.advisory(advisory);
}

fn describe(advisory: &mut Advisory, vulnerability: &Value) {
    if let Some(weakness) = vulnerability.get("cwe") {
        advisory.cwe.extend(cwe(yaml::text(weakness, "id")));
    }
    let note = |category: &str| {
        list(vulnerability, "notes")
            .find(|note| yaml::text(note, "category") == category)
            .map(|n| yaml::text(n, "text"))
    };
    if advisory.details.is_empty() {
        note("description").or_else(|| note("summary")).unwrap_or_default().clone_into(&mut advisory.details);
    }
    for score in list(vulnerability, "scores") {
        for key in ["cvss_v4", "cvss_v3", "cvss_v2"] {
            let vector = score.get(key).map(|data| yaml::text(data, "vectorString")).unwrap_or_default();
            if !vector.is_empty() && !advisory.cvss.iter().any(|other| other == vector) {
                advisory.cvss.push(vector.to_owned());
            }
        }
    }
}

type Key = (String, String, bool, String);

fn take(vulnerability: &Value, products: &HashMap<String, Product>, out: &mut BTreeMap<Key, Affected>) {
    let status = vulnerability.get("product_status").cloned().unwrap_or_default();
    let impacts = by_product(list(vulnerability, "threats"), "impact", "details");
    let unplanned: BTreeSet<String> =
        by_product(list(vulnerability, "remediations"), "no_fix_planned", "details").into_keys().collect();
    let mut put = |id: &str, fixed: bool| {
        let Some(product) = products.get(id) else { return };
        let Some((ecosystem, package)) = ecosystem_of(&product.cpe).zip(package(product)) else { return };
        let mut affected = Affected::new(ecosystem.clone(), package.name.clone());
        affected.of_source = package.source || !fixed;
        affected.severity = impacts.get(id).and_then(|word| Severity::parse(word));
        if !package.module.is_empty() {
            affected.note = format!("module {}", package.module);
        }
        if fixed && !package.version.is_empty() {
            affected.ranges.push(Range::before(package.version.clone()));
        } else if fixed {
            return;
        } else {
            affected.ranges.push(Range::everything());
            affected.fix_state =
                if unplanned.contains(id) { FixState::WillNotFix } else { FixState::NotFixed };
        }
        let version = if fixed { package.version } else { String::new() };
        out.entry((ecosystem, package.name, affected.of_source, version)).or_insert(affected);
    };
    for key in ["fixed", "first_fixed"] {
        yaml::texts(&status, key).iter().for_each(|id| put(id, true));
    }
    for key in ["known_affected", "first_affected", "last_affected"] {
        yaml::texts(&status, key).iter().for_each(|id| put(id, false));
    }
}

// Product ids of all items of a category, with a text of the item.
fn by_product<'a>(
    items: impl Iterator<Item = &'a Value>,
    category: &str,
    key: &str,
) -> HashMap<String, String> {
    let wanted = items.filter(|item| yaml::text(item, "category") == category);
    wanted
        .flat_map(|item| {
            let text = yaml::text(item, key).to_owned();
            yaml::texts(item, "product_ids").into_iter().map(move |id| (id, text.clone()))
        })
        .collect()
}

// `cpe:/a:redhat:enterprise_linux:9::appstream` is Red Hat:9, `cpe:/o:suse:sles:15:sp5` is SUSE:15.5.
fn ecosystem_of(cpe: &str) -> Option<String> {
    let rest = cpe.strip_prefix("cpe:/").or_else(|| cpe.strip_prefix("cpe:2.3:"))?;
    let parts: Vec<&str> = rest.split(':').collect();
    let (vendor, product, version) =
        (*parts.get(1)?, *parts.get(2)?, parts.get(3).copied().unwrap_or_default());
    let update = parts.get(4).copied().unwrap_or_default().strip_prefix("sp").unwrap_or_default();
    Some(match (vendor, product) {
        ("redhat", "enterprise_linux") => ecosystem::canonical(&format!("Red Hat:{version}")),
        ("redhat", product) => format!("Red Hat:{product}:{}", parts[3..].join(":").trim_end_matches(':')),
        ("suse", "sles" | "sled" | "sles_sap" | "sle_hpc") if !update.is_empty() => {
            format!("SUSE:{version}.{update}")
        }
        ("suse", "sles" | "sled" | "sles_sap" | "sle_hpc") => format!("SUSE:{version}"),
        ("opensuse", "leap") => format!("openSUSE:{version}"),
        ("opensuse", "tumbleweed") => "openSUSE:Tumbleweed".to_owned(),
        _ => return None,
    })
}

struct Package {
    name: String,
    version: String,
    source: bool,
    module: String,
}

// From the package URL, or from the product's name where there is none (`kernel`).
fn package(product: &Product) -> Option<Package> {
    let Some(rest) = product.purl.strip_prefix("pkg:") else {
        let name = product.name.rsplit('/').next().unwrap_or_default();
        let plain = !name.is_empty() && !name.contains([' ', ':']);
        return plain.then(|| Package {
            name: name.to_owned(),
            version: String::new(),
            source: true,
            module: String::new(),
        });
    };
    let (path, qualifiers) = rest.split_once('?').unwrap_or((rest, ""));
    if !path.starts_with("rpm/") && !path.starts_with("rpmmod/") {
        return None;
    }
    let (path, version) = path.split_once('@').unwrap_or((path, ""));
    let qualifier = |key: &str| {
        let pairs = qualifiers.split('&').filter_map(|pair| pair.split_once('='));
        pairs
            .into_iter()
            .find(|(name, _)| *name == key)
            .map(|(_, value)| percent_decode(value))
            .unwrap_or_default()
    };
    let epoch = qualifier("epoch");
    let version = percent_decode(version);
    Some(Package {
        name: percent_decode(path.rsplit('/').next()?),
        version: if epoch.is_empty() || version.is_empty() { version } else { format!("{epoch}:{version}") },
        source: matches!(qualifier("arch").as_str(), "src" | "nosrc"),
        module: qualifier("rpmmod"),
    })
}
