//! The rules in force: read from files and from the binary, compiled, and replaced when a file changes.
//!
//! INVARIANT: a set with errors never replaces one that works; the first set is used even with errors, without the
//! rules that have them. Whoever judges events looks at [`Rulebook::current`] before each, so none is lost by a change.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Read,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::SystemTime,
};

use anyhow::Context;
use arc_swap::ArcSwap;
use yagura_detect::{
    Diagnostic, DiagnosticSeverity, Engine, EngineOptions, FileReport, RuleMatching, RuleSet, SourceFile,
    falco,
};
use yagura_event::{EventKind, Priority, RuleInfo, Timestamp};
use yagura_rt::Detect;

use crate::console::Content;

/// Largest rule file that is read, in bytes.
const FILE_BYTES_MAX: u64 = yagura_detect::limits::FILE_BYTES_MAX as u64;
/// Most rule files that are read.
const FILES_MAX: usize = 2_000;

/// The rules in force. Shared by everyone who judges, shows or changes them.
pub struct Rulebook {
    config: Detect,
    current: ArcSwap<Rules>,
    // What the last attempt to load said, also where its rules were not taken.
    attempt: Mutex<Attempt>,
    enabled: Mutex<BTreeMap<String, bool>>,
}

/// One compiled set of rules; never changes.
pub struct Rules {
    /// The compiled rules.
    pub engine: Arc<Engine>,
    /// How often each rule matched since this set was loaded, in the order of the engine's rules.
    pub matches: Vec<AtomicU64>,
    set: RuleSet,
    sources: BTreeMap<String, String>,
}

/// What an attempt to load the rules said.
#[derive(Clone, Default)]
pub struct Attempt {
    /// When it was made.
    pub time: Timestamp,
    /// Counts and diagnostics by file.
    pub files: Vec<FileReport>,
    /// Whether its rules are the ones in force.
    pub taken: bool,
    fingerprint: BTreeMap<PathBuf, (SystemTime, u64)>,
}

impl Attempt {
    /// Errors over all files.
    pub fn errors(&self) -> usize {
        self.files.iter().map(|file| file.errors).sum()
    }
}

impl Rulebook {
    /// Reads and compiles the rules. What cannot be read or understood is told by [`Rulebook::attempt`].
    pub fn load(config: Detect, enabled: BTreeMap<String, bool>, now: Timestamp) -> Self {
        let fingerprint = fingerprint(&config.rules);
        let loaded = read_all(&config);
        let rules = Rules::compile(&config, loaded.set, loaded.sources, &enabled);
        let attempt = Attempt { time: now, files: loaded.files, taken: true, fingerprint };
        Self {
            config,
            current: ArcSwap::from_pointee(rules),
            attempt: Mutex::new(attempt),
            enabled: Mutex::new(enabled),
        }
    }

    /// Where the rules are read from.
    pub const fn config(&self) -> &Detect {
        &self.config
    }

    /// Rules that were switched on or off.
    pub fn enabled(&self) -> BTreeMap<String, bool> {
        self.enabled.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The rules in force.
    pub fn current(&self) -> arc_swap::Guard<Arc<Rules>> {
        self.current.load()
    }

    /// What the last attempt to load said.
    pub fn attempt(&self) -> Attempt {
        self.attempt.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the rules again where a file changed since; true where an attempt was made.
    pub fn reload_if_changed(&self, now: Timestamp) -> bool {
        let changed = fingerprint(&self.config.rules) != self.attempt().fingerprint;
        if changed {
            self.reload(now);
        }
        changed
    }

    /// Reads the rules again. A set with errors is reported and not taken.
    pub fn reload(&self, now: Timestamp) {
        let fingerprint = fingerprint(&self.config.rules);
        let loaded = read_all(&self.config);
        let taken = loaded.files.iter().all(|file| file.errors == 0);
        if taken {
            let enabled = self.enabled.lock().unwrap_or_else(PoisonError::into_inner);
            self.current.store(Arc::new(Rules::compile(&self.config, loaded.set, loaded.sources, &enabled)));
        }
        let attempt = Attempt { time: now, files: loaded.files, taken, fingerprint };
        if !taken {
            tracing::error!(
                errors = attempt.errors(),
                "the changed rules have errors: the old ones stay in force"
            );
        }
        *self.attempt.lock().unwrap_or_else(PoisonError::into_inner) = attempt;
    }

    /// Switches a rule on or off until the next start; false where there is no such rule.
    pub fn set_enabled(&self, name: &str, on: bool) -> bool {
        let current = self.current.load_full();
        if !current.engine.rules().iter().any(|rule| rule.name == name) {
            return false;
        }
        let mut enabled = self.enabled.lock().unwrap_or_else(PoisonError::into_inner);
        enabled.insert(name.to_owned(), on);
        let next = Rules::compile(&self.config, current.set.clone(), current.sources.clone(), &enabled);
        self.current.store(Arc::new(next));
        true
    }
}

impl Rules {
    fn compile(
        config: &Detect,
        set: RuleSet,
        sources: BTreeMap<String, String>,
        enabled: &BTreeMap<String, bool>,
    ) -> Self {
        let engine = Arc::new(Engine::compile(&set, &engine_options(config, enabled)));
        let matches = engine.rules().iter().map(|_| AtomicU64::new(0)).collect();
        Self { engine, matches, set, sources }
    }

    /// What is told about each rule; `captured` are the kinds of event the sensor delivers.
    pub fn infos(&self, captured: &BTreeSet<EventKind>) -> Vec<RuleInfo> {
        let mut infos = self.engine.rule_infos(captured);
        for (info, matches) in infos.iter_mut().zip(&self.matches) {
            info.matches = matches.load(Ordering::Relaxed);
        }
        infos
    }

    /// The file a rule came from, whole.
    pub fn source(&self, file: &str) -> Option<&str> {
        self.sources.get(file).map(String::as_str)
    }
}

/// The engine's options that follow from the configuration.
fn engine_options(config: &Detect, enabled: &BTreeMap<String, bool>) -> EngineOptions {
    EngineOptions {
        rule_matching: match config.matching {
            yagura_rt::RuleMatching::First => RuleMatching::First,
            yagura_rt::RuleMatching::All => RuleMatching::All,
        },
        priority_min: Priority::parse(&config.priority_min).unwrap_or(Priority::Debug),
        enabled: enabled.clone(),
    }
}

struct Sources {
    set: RuleSet,
    files: Vec<FileReport>,
    sources: BTreeMap<String, String>,
}

// The user's files first, then ours: an event that both know is theirs. Ours are a set of their own, so that a macro
// of theirs cannot change what our rules mean.
fn read_all(config: &Detect) -> Sources {
    let (mut sources, mut failed) = read_sources(&config.rules);
    let mut loaded = falco::load(&sources, &falco::LoadOptions::default());
    if config.builtin {
        let ours = builtin();
        let more = falco::load(&ours, &falco::LoadOptions::default());
        loaded.rules.extend(more.rules);
        loaded.files.extend(more.files);
        sources.extend(ours);
    }
    loaded.files.append(&mut failed);
    let sources = sources.into_iter().map(|file| (file.name, file.text)).collect();
    Sources { set: loaded.rules, files: loaded.files, sources }
}

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

fn fingerprint(paths: &[PathBuf]) -> BTreeMap<PathBuf, (SystemTime, u64)> {
    let files = paths.iter().flat_map(|path| rule_files(path).unwrap_or_default());
    files
        .filter_map(|file| {
            let metadata = fs::metadata(&file).ok()?;
            Some((file, (metadata.modified().ok()?, metadata.len())))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str =
        "- rule: one\n  desc: d\n  condition: evt.type = execve\n  output: o\n  priority: INFO\n";

    fn book(dir: &Path) -> Rulebook {
        let config = Detect { rules: vec![dir.to_owned()], builtin: false, ..Detect::default() };
        Rulebook::load(config, BTreeMap::new(), Timestamp::default())
    }

    #[test]
    fn a_changed_file_is_taken_and_a_bad_one_leaves_the_old_rules() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("a.yaml");
        fs::write(&file, GOOD).expect("writable");
        let book = book(dir.path());
        assert_eq!(book.current().engine.rules().len(), 1);

        fs::write(&file, format!("{GOOD}{}", GOOD.replace("one", "two"))).expect("writable");
        assert!(book.reload_if_changed(Timestamp::default()));
        assert_eq!(book.current().engine.rules().len(), 2);

        fs::write(&file, "- rule: broken\n  condition: (\n").expect("writable");
        assert!(book.reload_if_changed(Timestamp::default()));
        assert_eq!(book.current().engine.rules().len(), 2);
        assert!(!book.attempt().taken);
        assert!(book.attempt().errors() > 0);
        assert!(!book.reload_if_changed(Timestamp::default()), "an unchanged file is not read again");
    }

    #[test]
    fn our_own_rules_load_without_errors_and_warnings() {
        let loaded = falco::load(&builtin(), &falco::LoadOptions::default());
        for file in &loaded.files {
            assert_eq!((file.errors, file.warnings), (0, 0), "{}: {:?}", file.file, file.diagnostics);
        }
        assert!(loaded.files.iter().map(|file| file.rules).sum::<usize>() >= 30);
    }

    #[test]
    fn a_file_that_is_no_text_is_reported_and_the_rest_is_read() {
        let dir = tempfile::tempdir().expect("a folder");
        fs::write(dir.path().join("a.yaml"), [0xff, 0xfe, 0]).expect("writable");
        fs::write(dir.path().join("b.yaml"), GOOD).expect("writable");
        let book = book(dir.path());
        assert_eq!(book.current().engine.rules().len(), 1);
        assert_eq!(book.attempt().errors(), 1);
    }
}
