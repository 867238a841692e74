//! Rule and exception files: those of the user, those in the binary, and what is told where one cannot be read.

use std::{
    collections::BTreeMap,
    fs,
    io::Read,
    path::{Path, PathBuf},
    time::SystemTime,
};

use anyhow::Context;
use yagura_detect::{Diagnostic, DiagnosticSeverity, FileReport, SourceFile};

use crate::console::Content;

/// Largest rule file that is read, in bytes.
const FILE_BYTES_MAX: u64 = yagura_detect::limits::FILE_BYTES_MAX as u64;
/// Most rule files that are read.
const FILES_MAX: usize = 2_000;

/// When each file was changed, and its size: what differs when a file does.
pub type Fingerprint = BTreeMap<PathBuf, (SystemTime, u64)>;

/// The rules that come with Yagura, in the order of their names.
pub fn builtin() -> Vec<SourceFile> {
    embedded(|name| !name.ends_with(".cases.yaml"))
}

fn embedded(wanted: impl Fn(&str) -> bool) -> Vec<SourceFile> {
    let mut names: Vec<_> = Content::iter().filter(|name| wanted(name)).collect();
    names.sort();
    let file = |name: &str| {
        let text = Content::get(name)?.data;
        Some(SourceFile {
            name: format!("builtin/{name}"),
            text: String::from_utf8_lossy(&text).into_owned(),
        })
    };
    names.iter().filter_map(|name| file(name)).collect()
}

/// The cases of the rules that come with Yagura.
pub fn builtin_cases() -> Vec<SourceFile> {
    embedded(|name| name.ends_with(".cases.yaml"))
}

/// The cases beside the rules in `path`: of one rule file, or all of a folder.
pub fn case_paths(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        let cases = path.with_extension("cases.yaml");
        let is_case = path.to_string_lossy().contains(".cases.");
        return Ok([path.to_owned(), cases]
            .into_iter()
            .filter(|file| file.is_file() && (is_case || file != path))
            .collect());
    }
    let files = fs::read_dir(path)?.collect::<Result<Vec<_>, _>>()?;
    let mut files: Vec<PathBuf> = files.into_iter().map(|entry| entry.path()).collect();
    files.retain(|file| file.to_string_lossy().ends_with(".cases.yaml"));
    files.sort();
    Ok(files)
}

/// Reads files, and the `*.yaml` and `*.yml` files of folders in the order of their names; also what could not be read.
pub fn read_sources(paths: &[PathBuf]) -> (Vec<SourceFile>, Vec<FileReport>) {
    let mut sources = Vec::new();
    let mut failed = Vec::new();
    for path in paths {
        match rule_files(path) {
            Ok(files) => {
                for file in files {
                    match read_file(&file) {
                        Ok(text) => sources.push(SourceFile { name: file.display().to_string(), text }),
                        Err(error) => failed.push(unreadable(&file, &error)),
                    }
                }
            }
            Err(error) => failed.push(unreadable(path, &error)),
        }
    }
    (sources, failed)
}

/// What is told about a file that cannot be read.
pub fn unreadable(path: &Path, error: &anyhow::Error) -> FileReport {
    let file = path.display().to_string();
    let diagnostic = Diagnostic {
        file: file.clone(),
        line: 1,
        column: 1,
        length: 1,
        severity: DiagnosticSeverity::Error,
        code: "unreadable".to_owned(),
        message: format!("{error:#}"),
        help: Some(format!(
            "check that it is text of at most {FILE_BYTES_MAX} bytes which this user may read"
        )),
        more: 0,
    };
    FileReport { file, errors: 1, diagnostics: vec![diagnostic], ..FileReport::default() }
}

// A default folder that is not there means "no rules of the user's"; a path that somebody named must be there, which
// the commands check. Cases are not rules.
fn rule_files(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(if path.exists() { vec![path.to_owned()] } else { Vec::new() });
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path).with_context(|| format!("reading folder {}", path.display()))? {
        let file = entry?.path();
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_rules = (name.ends_with(".yaml") || name.ends_with(".yml")) && !name.contains(".cases.");
        if is_rules && !name.starts_with('.') {
            files.push(file);
        }
        anyhow::ensure!(files.len() <= FILES_MAX, "more than {FILES_MAX} rule files in {}", path.display());
    }
    files.sort();
    Ok(files)
}

/// Reads a text file of at most so many bytes as rules may have.
pub fn read_file(path: &Path) -> anyhow::Result<String> {
    let file = fs::File::open(path)?;
    anyhow::ensure!(file.metadata()?.is_file(), "not a regular file");
    read_text(file)
}

/// Reads text of at most so many bytes as rules may have.
pub fn read_text(source: impl Read) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    source.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    anyhow::ensure!(bytes.len() as u64 <= FILE_BYTES_MAX, "larger than {FILE_BYTES_MAX} bytes");
    String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + good.iter().filter(|byte| **byte == b'\n').count();
        anyhow::anyhow!("not UTF-8 text: line {line} has a byte that is none")
    })
}

/// The fingerprint of the files below these paths.
pub fn fingerprint<'p>(paths: impl Iterator<Item = &'p PathBuf>) -> Fingerprint {
    let files = paths.flat_map(|path| rule_files(path).unwrap_or_default());
    files
        .filter_map(|file| {
            let metadata = fs::metadata(&file).ok()?;
            Some((file, (metadata.modified().ok()?, metadata.len())))
        })
        .collect()
}
