//! The rules for secrets and malware: ours, carried in the binary, and the user's.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
};

use anyhow::{Context, anyhow};
use rust_embed::RustEmbed;
use yagura_secrets::Rules;
use yagura_yara::{DiagnosticSeverity, Ruleset, limits};

use crate::output::Failure;

use super::args::Common;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../content/secrets"]
#[include = "*.yaml"]
struct Content;

/// Ours alone.
pub fn builtin() -> Rules {
    let files = Content::iter().filter_map(|name| {
        let text = String::from_utf8(Content::get(&name)?.data.into_owned()).ok()?;
        Some((name, text))
    });
    Rules::builtin(files)
}

/// Ours and the user's; where both have an id, the user's counts.
pub fn secret_rules(common: &Common) -> Result<Rules, Failure> {
    let ours = builtin();
    if common.secret_rules.is_empty() {
        return Ok(ours);
    }
    let mut texts = Vec::new();
    for path in &common.secret_rules {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("reading {}", path.display()))
            .map_err(Failure::usage)?;
        texts.push((path.display().to_string(), text));
    }
    let (theirs, problems) = Rules::load(texts);
    for problem in &problems {
        eprintln!("warning: {problem}");
    }
    Ok(theirs.join(ours))
}

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../content/yara"]
#[include = "*.yar"]
struct Yara;

const FOLDERS_MAX: usize = 64;
const PROBLEMS_SHOWN: usize = 50;

/// Ours and the user's (files, or folders of them), and how many of the user's files have something that is not used.
pub fn malware_rules(paths: &[PathBuf]) -> Result<(Ruleset, usize), Failure> {
    let mut files: Vec<(String, Vec<u8>)> = Yara::iter()
        .filter_map(|name| Some((name.to_string(), Yara::get(&name)?.data.into_owned())))
        .collect();
    for path in paths {
        let before = files.len();
        collect(path, 0, &mut files)
            .with_context(|| format!("reading {}", path.display()))
            .map_err(Failure::usage)?;
        if files.len() == before {
            return Err(Failure::usage(anyhow!("{} holds no `.yar` or `.yara` file", path.display())));
        }
    }
    let (rules, problems) = Ruleset::compile(files);
    let errors: Vec<_> =
        problems.iter().filter(|problem| problem.severity == DiagnosticSeverity::Error).collect();
    for problem in errors.iter().take(PROBLEMS_SHOWN) {
        eprintln!("warning: {}", yagura_scan::output::shown(&problem.to_string()));
    }
    if errors.len() > PROBLEMS_SHOWN {
        eprintln!("warning: and {} more in YARA rules", errors.len() - PROBLEMS_SHOWN);
    }
    let bad: std::collections::BTreeSet<&str> = errors.iter().map(|problem| problem.file.as_str()).collect();
    Ok((rules, bad.len()))
}

/// A file as it is named; of a folder what ends like rules, in the order of names. Links to folders are not followed.
fn collect(path: &Path, depth: usize, files: &mut Vec<(String, Vec<u8>)>) -> std::io::Result<()> {
    if depth == 0 && path.is_file() {
        files.push((path.display().to_string(), read(path)?));
        return Ok(());
    }
    let entries = fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path()));
    let mut entries = entries.collect::<Result<Vec<PathBuf>, _>>()?;
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            if depth < FOLDERS_MAX && !entry.is_symlink() {
                collect(&entry, depth + 1, files)?;
            }
            continue;
        }
        let ends = entry
            .extension()
            .is_some_and(|end| end.eq_ignore_ascii_case("yar") || end.eq_ignore_ascii_case("yara"));
        if ends && files.len() <= limits::RULE_FILES_MAX {
            files.push((entry.display().to_string(), read(&entry)?));
        }
    }
    Ok(())
}

/// A byte more than is compiled, so that the compiler says that it is too much.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(limits::RULE_FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
