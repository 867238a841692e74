//! Facts about a package for which formats have no field: as names and values.

use crate::{
    distro::Distro,
    package::{Location, Package},
};

const PREFIX: &str = "yagura:";

/// The facts of a package, in a fixed order. Several may have one name.
pub(super) fn of(package: &Package) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut add = |name: &str, value: &str| out.push((format!("{PREFIX}{name}"), value.to_owned()));
    for (name, value) in [
        ("source_name", &package.source_name),
        ("source_version", &package.source_version),
        ("module", &package.module),
        ("vendor", &package.vendor),
        ("owned_by", &package.owned_by),
    ] {
        if let Some(value) = value {
            add(name, value);
        }
    }
    if package.dev {
        add("dev", "true");
    }
    if let Some(direct) = package.direct {
        add("direct", if direct { "true" } else { "false" });
    }
    if package.installed {
        add("installed", "true");
    }
    if package.epoch == Some(0) {
        add("epoch", "0");
    }
    for Location { path, layer, line } in &package.locations {
        add("location", &format!("{layer}:{}:{path}", line.unwrap_or(0)));
    }
    out
}

/// Puts a fact back; names that are not ours are those of other tools or nothing.
pub(super) fn apply(package: &mut Package, name: &str, value: &str) {
    if let Some(name) = name.strip_prefix(PREFIX) {
        return apply_own(package, name, value);
    }
    let text = || Some(value.to_owned()).filter(|text| !text.is_empty());
    let joined = |package: &Package, part: &str| {
        let version = package.source_version.as_deref().unwrap_or("");
        Some(format!("{version}{part}{value}"))
    };
    match name {
        "aquasecurity:trivy:SrcName" => package.source_name = text(),
        "aquasecurity:trivy:SrcEpoch" if value != "0" => {
            let version = package.source_version.as_deref().unwrap_or("");
            package.source_version = Some(format!("{value}:{version}"));
        }
        "aquasecurity:trivy:SrcVersion" => package.source_version = joined(package, ""),
        "aquasecurity:trivy:SrcRelease" => package.source_version = joined(package, "-"),
        "aquasecurity:trivy:Modularitylabel" => package.module = text(),
        "syft:metadata:source" => package.source_name = text(),
        "syft:metadata:sourceVersion" => package.source_version = text(),
        "syft:metadata:originPackage" => package.source_name = text(),
        "syft:location:0:path" | "aquasecurity:trivy:FilePath" => {
            let path = value.trim_start_matches('/').to_owned();
            package.locations.push(Location { path, layer: 0, line: None });
        }
        _ => {}
    }
}

fn apply_own(package: &mut Package, name: &str, value: &str) {
    let text = || Some(value.to_owned());
    match name {
        "source_name" => package.source_name = text(),
        "source_version" => package.source_version = text(),
        "module" => package.module = text(),
        "vendor" => package.vendor = text(),
        "owned_by" => package.owned_by = text(),
        "dev" => package.dev = value == "true",
        "direct" => package.direct = Some(value == "true"),
        "installed" => package.installed = value == "true",
        "epoch" => package.epoch = value.parse().ok(),
        "licence" => package.licences.push(value.to_owned()),
        "location" => package.locations.extend(location(value)),
        _ => {}
    }
}

fn location(value: &str) -> Option<Location> {
    let (layer, rest) = value.split_once(':')?;
    let (line, path) = rest.split_once(':')?;
    let line = line.parse().ok().filter(|line| *line > 0);
    Some(Location { path: path.to_owned(), layer: layer.parse().ok()?, line })
}

/// The facts of a distribution.
pub(super) fn of_distro(distro: &Distro) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut add = |name: &str, value: &str| out.push((format!("{PREFIX}{name}"), value.to_owned()));
    if !distro.id_like.is_empty() {
        add("id_like", &distro.id_like.join(" "));
    }
    for (name, value) in [("codename", &distro.codename), ("pretty_name", &distro.pretty_name)] {
        if let Some(value) = value {
            add(name, value);
        }
    }
    out
}

/// Puts a fact of a distribution back.
pub(super) fn apply_distro(distro: &mut Distro, name: &str, value: &str) {
    match name.strip_prefix(PREFIX) {
        Some("id_like") => distro.id_like = value.split_whitespace().map(str::to_owned).collect(),
        Some("codename") => distro.codename = Some(value.to_owned()),
        Some("pretty_name") => distro.pretty_name = Some(value.to_owned()),
        _ => {}
    }
}
