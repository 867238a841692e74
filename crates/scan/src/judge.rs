//! From what was gathered to a report: advisories asked, risk told, what is not covered said.

use std::collections::BTreeMap;

use yagura_advisory::{Answer, Coverage, Lifecycle, Match, Query, lifecycle, vex::Statements};
use yagura_packages::{Distro, Inventory, Package};

use crate::{
    advisor::Advisor,
    gather::package_key,
    kernel,
    report::{DistroInfo, Note, PackageEntry, Status, Vulnerability},
    risk,
    used::Used,
};

/// What is needed to judge besides the packages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Judging<'a> {
    /// The release of the running kernel, for a host.
    pub(crate) running_kernel: Option<&'a str>,
    /// Packages whose files belong to a package of the distribution are asked about, too.
    pub(crate) owned: bool,
    /// What others say about matches.
    pub(crate) vex: Option<&'a Statements>,
    /// Which packages are in use.
    pub(crate) used: &'a Used,
    /// Keeps the proof of each finding.
    pub(crate) explain: bool,
}

/// The packages with the layer that brought each.
pub(crate) fn packages(
    inventory: &Inventory,
    brought_by: &crate::gather::BroughtBy,
    used: &Used,
    is_image: bool,
) -> Vec<PackageEntry> {
    let entry = |package: &Package| {
        let lowest = package.locations.iter().map(|location| location.layer).min();
        let brought = brought_by.get(&package_key(package)).copied().or(lowest);
        let purl = package.purl();
        PackageEntry {
            used_file: used.of(package, &purl).file().map(str::to_owned),
            purl,
            brought_by: brought.filter(|_| is_image),
            package: package.clone(),
        }
    };
    inventory.packages.iter().map(entry).collect()
}

/// Asks about every package. Notes tell what nobody could know.
pub(crate) fn vulnerabilities(
    entries: &[PackageEntry],
    distro: Option<&Distro>,
    advisor: &dyn Advisor,
    judging: &Judging,
    notes: &mut Vec<Note>,
) -> Vec<Vulnerability> {
    let mut found = Vec::new();
    let mut gaps: BTreeMap<String, u64> = BTreeMap::new();
    let mut owned = 0;
    let mut unknown_versions = 0;
    for entry in entries {
        if entry.package.owned_by.is_some() && !judging.owned {
            owned += 1;
            continue;
        }
        let mut answer = ask(&entry.package, distro, advisor);
        if let Some(statements) = judging.vex {
            statements.apply(&entry.purl, &[], &mut answer.matches);
        }
        match answer.coverage {
            Coverage::Covered { .. } => unknown_versions += u64::from(entry.package.version.is_empty()),
            Coverage::NoSource { ecosystem, .. } => *gaps.entry(ecosystem).or_default() += 1,
            Coverage::UnknownEcosystem { package_type } => *gaps.entry(package_type).or_default() += 1,
        }
        found.extend(answer.matches.into_iter().map(|one| vulnerability(entry, one, judging)));
    }
    let gap = |(ecosystem, count): (String, u64)| Note {
        code: "no_advisory_source",
        message: format!("no advisory source covers {ecosystem}: {count} packages were not judged"),
    };
    notes.extend(gaps.into_iter().map(gap));
    if advisor.failures() > 0 {
        let message = format!(
            "the advisory database is damaged: {} questions had no answer; build it again with `yagura db update`",
            advisor.failures()
        );
        notes.push(Note { code: "database_damaged", message });
    }
    if unknown_versions > 0 {
        let message = format!(
            "{unknown_versions} packages tell no version: only advisories that mean every version count for them"
        );
        notes.push(Note { code: "unknown_version", message });
    }
    if owned > 0 {
        let message = format!(
            "{owned} language packages belong to packages of the distribution, whose advisories count; \
             --owned-packages judges them by their own, too"
        );
        notes.push(Note { code: "owned_packages", message });
    }
    sort(&mut found);
    found
}

/// By risk, then by id and package; what does not count last.
pub fn sort(found: &mut [Vulnerability]) {
    found.sort_by(|a, b| {
        let aside = |one: &Vulnerability| one.status != Status::Affected;
        let score = b.risk.score.total_cmp(&a.risk.score);
        aside(a).cmp(&aside(b)).then(score).then_with(|| (&a.id, &a.package).cmp(&(&b.id, &b.package)))
    });
}

fn ask(package: &Package, distro: Option<&Distro>, advisor: &dyn Advisor) -> Answer {
    let is_os = package.package_type.is_os();
    let (id, release) = distribution(package, distro);
    let version = package.full_version();
    advisor.answer(&Query {
        package_type: package.package_type.as_str(),
        distro: if is_os { id } else { "" },
        release: if is_os { release } else { "" },
        namespace: if is_os { "" } else { package.namespace.as_deref().unwrap_or_default() },
        name: &package.name,
        version: &version,
        source_name: package.source_name.as_deref().unwrap_or_default(),
        source_version: package.source_version.as_deref().unwrap_or_default(),
        arch: package.arch.as_deref().unwrap_or_default(),
        module: package.module.as_deref().unwrap_or_default(),
    })
}

/// `debian-12` of the package, or the target's.
fn distribution<'a>(package: &'a Package, distro: Option<&'a Distro>) -> (&'a str, &'a str) {
    match (&package.distro, distro) {
        (Some(own), Some(distro)) if *own == distro.qualifier() => (&distro.id, &distro.version_id),
        (Some(own), _) => match own.rsplit_once('-') {
            Some((id, release)) if release.starts_with(|c: char| c.is_ascii_digit()) => (id, release),
            _ => (own, ""),
        },
        (None, Some(distro)) => (&distro.id, &distro.version_id),
        (None, None) => ("", ""),
    }
}

fn vulnerability(entry: &PackageEntry, found: Match, judging: &Judging) -> Vulnerability {
    let package = &entry.package;
    let risk = risk::risk(&found, &judging.used.of(package, &entry.purl));
    let (status, status_reason) = status(package, &found, judging);
    Vulnerability {
        id: found.id,
        aliases: found.aliases,
        advisories: found.advisories,
        kind: found.kind,
        severity: found.severity,
        severity_source: found.severity_source,
        cvss: found.cvss,
        cwe: found.cwe,
        kev: found.kev,
        epss: found.epss,
        title: found.title,
        published: found.published,
        package: entry.purl.clone(),
        name: package.full_name().into_owned(),
        version: package.full_version().into_owned(),
        package_type: package.package_type.as_str().to_owned(),
        fixed_version: found.fixed_version,
        fix_state: found.fix_state,
        locations: package.locations.clone(),
        layer: entry.brought_by,
        used_file: entry.used_file.clone(),
        risk,
        status,
        status_reason,
        notes: found.notes,
        proof: if judging.explain { found.proof } else { Vec::new() },
    }
}

fn status(package: &Package, found: &Match, judging: &Judging) -> (Status, String) {
    if let Some(vex) = found.vex.as_ref().filter(|vex| vex.status.settles()) {
        let parts =
            [vex.justification.as_str(), vex.reason.as_str(), vex.author.as_str(), vex.document.as_str()];
        let words: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        return (Status::NotAffected, words.join("; "));
    }
    match kernel::set_aside(package, judging.running_kernel) {
        Some(reason) => (Status::NotRunning, reason),
        None => (Status::Affected, String::new()),
    }
}

/// The distribution for the report; a note if its support is over.
pub(crate) fn distribution_info(distro: &Distro, today: &str, notes: &mut Vec<Note>) -> DistroInfo {
    let query = Query {
        package_type: "generic",
        distro: &distro.id,
        release: &distro.version_id,
        ..Query::default()
    };
    let name = distro.pretty_name.clone().unwrap_or_else(|| distro.qualifier());
    let (end, is_over) = match lifecycle(&query.ecosystem(), today) {
        Lifecycle::Supported { until } => (Some(until), false),
        Lifecycle::Extended { since, until } => {
            let message = format!(
                "{name} has had no free security support since {since}; only extended support, until {until}, gives fixes"
            );
            notes.push(Note { code: "extended_support", message });
            (Some(until), false)
        }
        Lifecycle::EndOfLife { since } => {
            let message = format!(
                "{name} has had no security support since {since}: vulnerabilities found later are not in its \
                 advisories, and few findings are no good news"
            );
            notes.push(Note { code: "end_of_life", message });
            (Some(since), true)
        }
        Lifecycle::Unknown => (None, false),
    };
    DistroInfo {
        id: distro.id.clone(),
        release: distro.version_id.clone(),
        name,
        end_of_life: end,
        is_end_of_life: is_over,
    }
}
