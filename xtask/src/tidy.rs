//! The invariants of ARCHITECTURE.md that can be read off the source tree.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use anyhow::Context;
use serde_json::Value;

/// Who may depend on whom: each crate names every crate of ours that it may use.
const LAYERS: &[(&str, &[&str])] = &[
    ("yagura-event", &[]),
    ("yagura-detect", &["yagura-event"]),
    ("yagura-rt", &["yagura-event"]),
    ("yagura-sensor", &["yagura-event"]),
    ("yagura-lake", &["yagura-event"]),
    ("yagura-state", &["yagura-event"]),
    ("yagura-respond", &["yagura-event", "yagura-state"]),
    ("yagura-api", &["yagura-event", "yagura-state"]),
    ("yagura-verify", &["yagura-event"]),
    ("yagura-protect", &["yagura-detect", "yagura-event", "yagura-sensor"]),
    ("yagura-packages", &[]),
    ("yagura-advisory", &[]),
    ("yagura-image", &[]),
    ("yagura-secrets", &[]),
    ("yagura-yara", &[]),
    (
        "yagura-scan",
        &[
            "yagura-advisory",
            "yagura-event",
            "yagura-image",
            "yagura-packages",
            "yagura-secrets",
            "yagura-yara",
        ],
    ),
    (
        "yagura",
        &[
            "yagura-advisory",
            "yagura-api",
            "yagura-detect",
            "yagura-event",
            "yagura-image",
            "yagura-lake",
            "yagura-packages",
            "yagura-protect",
            "yagura-respond",
            "yagura-rt",
            "yagura-scan",
            "yagura-secrets",
            "yagura-sensor",
            "yagura-state",
            "yagura-verify",
            "yagura-yara",
        ],
    ),
    ("xtask", &[]),
];

/// Dependencies that enter by one door: the crates that may name them.
const FENCES: &[(&str, &[&str])] = &[
    ("datafusion", &["yagura-lake"]),
    ("arrow", &["yagura-lake"]),
    ("parquet", &["yagura-lake"]),
    ("sqlx", &["yagura-state"]),
    ("axum", &["yagura-api"]),
    ("libbpf-rs", &["yagura-sensor"]),
    ("libbpf-cargo", &["yagura-sensor"]),
    ("yara-x", &["yagura-yara"]),
    ("cvss", &["yagura-advisory"]),
    ("ureq", &["yagura-advisory", "yagura-image", "yagura-respond"]),
];

/// Crates that take values and return values.
const PURE: &[&str] = &["event", "detect", "packages", "secrets"];
/// What a pure crate's code may not name.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net::Tcp",
    "std::net::Udp",
    "std::process",
    "std::env",
    "std::thread",
    "SystemTime",
    "Instant::now",
    "tokio::",
];
/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &["common", "utils", "util", "core", "shared", "types", "helpers", "misc"];

/// Runs every check; prints what is wrong.
pub(crate) fn run() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace");
    let mut wrong = Vec::new();
    for check in [dependencies, purity, unsafety, names, content, links] {
        match check(root) {
            Ok(found) => wrong.extend(found),
            Err(error) => wrong.push(format!("{error:#}")),
        }
    }
    for line in &wrong {
        eprintln!("tidy: {line}");
    }
    if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

// Development dependencies are free: they do not ship.
fn dependencies(root: &Path) -> anyhow::Result<Vec<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root)
        .output()?;
    let metadata: Value = serde_json::from_slice(&output.stdout).context("reading cargo metadata")?;
    let layers: BTreeMap<_, _> = LAYERS.iter().copied().collect();
    let mut wrong = Vec::new();
    for package in metadata["packages"].as_array().context("packages")? {
        let name = package["name"].as_str().unwrap_or_default();
        let Some(allowed) = layers.get(name) else {
            wrong.push(format!("{name}: has no layer; give it one in xtask/src/tidy.rs"));
            continue;
        };
        let used = package["dependencies"].as_array().into_iter().flatten();
        for dependency in used.filter(|dependency| dependency["kind"] != "dev") {
            let used = dependency["name"].as_str().unwrap_or_default();
            if used.starts_with("yagura") && !allowed.contains(&used) {
                wrong.push(format!("{name}: may not depend on {used}"));
            }
            if let Some((_, doors)) = FENCES.iter().find(|(fenced, _)| *fenced == used)
                && !doors.contains(&name)
            {
                wrong.push(format!("{name}: only {} may name {used}", doors.join(", ")));
            }
        }
    }
    Ok(wrong)
}

fn purity(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut wrong = Vec::new();
    for name in PURE {
        for file in files(&root.join("crates").join(name).join("src"), "rs")? {
            for (number, line) in code(&file)? {
                for word in IMPURE.iter().filter(|word| line.contains(**word)) {
                    wrong.push(format!("{}:{number}: a pure crate names {word}", shown(root, &file)));
                }
            }
        }
    }
    Ok(wrong)
}

fn unsafety(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut wrong = Vec::new();
    for place in ["crates", "apps", "xtask"] {
        for file in files(&root.join(place), "rs")? {
            if file.starts_with(root.join("crates/sensor")) || file.ends_with("xtask/src/tidy.rs") {
                continue;
            }
            for (number, line) in code(&file)? {
                if line.contains("unsafe ") || line.contains("unsafe{") {
                    wrong
                        .push(format!("{}:{number}: unsafe lives in crates/sensor only", shown(root, &file)));
                }
            }
        }
    }
    Ok(wrong)
}

fn names(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut wrong = Vec::new();
    for place in ["crates", "apps", "console/src"] {
        for file in files(&root.join(place), "")? {
            let folders = file
                .strip_prefix(root)?
                .components()
                .map(|part| part.as_os_str().to_string_lossy().into_owned());
            let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            for name in folders.chain([stem]).filter(|name| EMPTY_NAMES.contains(&name.as_str())) {
                wrong.push(format!("{}: `{name}` says nothing about what is inside", shown(root, &file)));
            }
        }
    }
    Ok(wrong)
}

// Every rule has its cases: beside it, or, where a file is one rule, in it.
fn content(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut wrong = rules_with_cases_beside(root)?;
    for (folder, extension, mark) in [("content/secrets", "yaml", "\ncases:\n"), ("content/yara", "yar", "")]
    {
        if !root.join(folder).exists() {
            continue;
        }
        for file in files(&root.join(folder), extension)? {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let beside = ["cases.yaml", "cases.toml"].iter().any(|end| file.with_extension(end).exists());
            let inside = !mark.is_empty() && fs::read_to_string(&file)?.contains(mark);
            if !name.starts_with('_') && !name.ends_with(".cases.yaml") && !beside && !inside {
                wrong.push(format!("{}: has no cases", shown(root, &file)));
            }
        }
    }
    Ok(wrong)
}

fn rules_with_cases_beside(root: &Path) -> anyhow::Result<Vec<String>> {
    let rules = files(&root.join("content/rules"), "yaml")?;
    let names: BTreeSet<String> =
        rules.iter().filter_map(|file| Some(file.file_name()?.to_string_lossy().into_owned())).collect();
    let lonely = names.iter().filter(|name| !name.starts_with('_') && !name.ends_with(".cases.yaml"));
    let without = lonely.filter(|name| !names.contains(&name.replace(".yaml", ".cases.yaml")));
    Ok(without.map(|name| format!("content/rules/{name}: has no cases beside it")).collect())
}

// Links from the top pages to files of the repository lead somewhere.
fn links(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut pages: Vec<PathBuf> = ["README.md", "README.ja.md", "ARCHITECTURE.md", "CONTRIBUTING.md"]
        .map(|name| root.join(name))
        .into();
    pages.extend(files(&root.join("docs"), "md")?);
    let mut wrong = Vec::new();
    for page in pages {
        let text = fs::read_to_string(&page).with_context(|| format!("reading {}", page.display()))?;
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = link.split('#').next().unwrap_or_default();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            if !page.parent().unwrap_or(root).join(target).exists() {
                wrong.push(format!("{}: the link to {target} leads nowhere", shown(root, &page)));
            }
        }
    }
    Ok(wrong)
}

// Lines of a file outside its tests and comments. Tests stand last in a file, under `#[cfg(test)]`.
fn code(file: &Path) -> anyhow::Result<Vec<(usize, String)>> {
    let text = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let is_test = file.file_stem().is_some_and(|stem| stem == "tests")
        || file.components().any(|part| part.as_os_str() == "tests" || part.as_os_str() == "benches");
    if is_test {
        return Ok(Vec::new());
    }
    let lines = text.lines().enumerate().take_while(|(_, line)| !line.starts_with("#[cfg(test)]"));
    let lines = lines.filter(|(_, line)| !line.trim_start().starts_with("//"));
    Ok(lines.map(|(index, line)| (index + 1, line.to_owned())).collect())
}

// All files below a folder with this extension ("" for all), without what is installed or built.
fn files(dir: &Path, extension: &str) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).with_context(|| format!("reading {}", dir.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && !path.is_symlink() && name != "node_modules" && name != "target" {
            found.extend(files(&path, extension)?);
        } else if path.is_file() && (extension.is_empty() || name.ends_with(&format!(".{extension}"))) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn shown(root: &Path, file: &Path) -> String {
    file.strip_prefix(root).unwrap_or(file).display().to_string()
}
