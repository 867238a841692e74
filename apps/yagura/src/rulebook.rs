//! The rules in force: read from files and from the binary, compiled, and replaced when a file changes.
//!
//! INVARIANT: a set with errors never replaces one that works; the first set is used even with errors, without the
//! rules that have them. Whoever judges events looks at [`Rulebook::current`] before each, so none is lost by a change.

pub mod exceptions;
mod files;
pub mod stored;
pub mod trial;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use arc_swap::ArcSwap;
use yagura_detect::{
    Engine, EngineOptions, ExceptionIndex, ExceptionSet, FileReport, Loaded, RuleIndex, RuleMatching,
    RuleSet, SourceFile, falco, load_exceptions,
};
use yagura_event::{EventKind, ExceptionInfo, Priority, RuleInfo, Timestamp};
use yagura_rt::Detect;

pub use self::files::{
    Fingerprint, builtin, builtin_cases, case_paths, fingerprint, read_file, read_sources, read_text,
    unreadable,
};

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
    // How often an exception kept each rule from matching, and how often each exception did.
    suppressed: Vec<AtomicU64>,
    exceptions: Vec<Suppressed>,
    set: RuleSet,
    exception_set: ExceptionSet,
    sources: BTreeMap<String, String>,
}

/// What one exception suppressed.
#[derive(Default)]
struct Suppressed {
    count: AtomicU64,
    // When it last did, in nanoseconds; 0 where it never did.
    last: AtomicI64,
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
    fingerprint: Fingerprint,
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
        let fingerprint = fingerprint(paths(&config));
        let loaded = read_all(&config, now);
        let files = loaded.files.clone();
        let rules = Rules::compile(&config, loaded, &enabled);
        let attempt = Attempt { time: now, files, taken: true, fingerprint };
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
        let changed = fingerprint(paths(&self.config)) != self.attempt().fingerprint;
        if changed {
            self.reload(now);
        }
        changed
    }

    /// Reads the rules again. A set with errors is reported and not taken.
    pub fn reload(&self, now: Timestamp) {
        let fingerprint = fingerprint(paths(&self.config));
        let loaded = read_all(&self.config, now);
        let files = loaded.files.clone();
        let taken = files.iter().all(|file| file.errors == 0);
        if taken {
            let enabled = self.enabled.lock().unwrap_or_else(PoisonError::into_inner);
            let next = Rules::compile(&self.config, loaded, &enabled);
            next.carry(&self.current.load());
            self.current.store(Arc::new(next));
        }
        let attempt = Attempt { time: now, files, taken, fingerprint };
        if !taken {
            tracing::error!(
                errors = attempt.errors(),
                "the changed rules have errors: the old ones stay in force"
            );
        }
        *self.attempt.lock().unwrap_or_else(PoisonError::into_inner) = attempt;
    }

    /// The user's rules as they would be loaded with this text in a file, which need not be there, in place of what is in
    /// it; or without that file. Nothing is put in force.
    pub fn load_with(&self, path: &Path, text: Option<&str>) -> Loaded {
        let (mut sources, _) = read_sources(&self.config.rules);
        let name = path.display().to_string();
        let there = sources.iter().position(|source| source.name == name);
        match (there, text) {
            (Some(at), Some(text)) => text.clone_into(&mut sources[at].text),
            (Some(at), None) => drop(sources.remove(at)),
            (None, Some(text)) => {
                // Where it will be read once it is there: among the files of its folder, by name.
                let folder = path.parent();
                let beside = |source: &SourceFile| Path::new(&source.name).parent() == folder;
                let after = sources.iter().rposition(|source| beside(source) && source.name < name);
                let first = sources.iter().position(beside);
                let at = after.map(|at| at + 1).or(first).unwrap_or(sources.len());
                sources.insert(at, SourceFile { name, text: text.to_owned() });
            }
            (None, None) => {}
        }
        falco::load(&sources, &falco::LoadOptions::default())
    }

    /// Switches a rule on or off until the next start; false where there is no such rule.
    pub fn set_enabled(&self, name: &str, on: bool) -> bool {
        let current = self.current.load_full();
        if !current.engine.rules().iter().any(|rule| rule.name == name) {
            return false;
        }
        let mut enabled = self.enabled.lock().unwrap_or_else(PoisonError::into_inner);
        enabled.insert(name.to_owned(), on);
        let sources = Sources {
            set: current.set.clone(),
            exceptions: current.exception_set.clone(),
            files: Vec::new(),
            sources: current.sources.clone(),
        };
        let next = Rules::compile(&self.config, sources, &enabled);
        next.carry(&current);
        self.current.store(Arc::new(next));
        true
    }
}

impl Rules {
    fn compile(config: &Detect, sources: Sources, enabled: &BTreeMap<String, bool>) -> Self {
        let Sources { set, exceptions: exception_set, sources, .. } = sources;
        let options = engine_options(config, enabled);
        let engine = Arc::new(Engine::compile_with(&set, &exception_set, &options));
        let zeros = || engine.rules().iter().map(|_| AtomicU64::new(0)).collect();
        let (matches, suppressed) = (zeros(), zeros());
        let exceptions = engine.exceptions().iter().map(|_| Suppressed::default()).collect();
        Self { engine, matches, suppressed, exceptions, set, exception_set, sources }
    }

    // Goes on counting where another set left off, by name.
    fn carry(&self, before: &Self) {
        let load = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let counts = before.matches.iter().zip(&before.suppressed);
        let of_rule: BTreeMap<&str, _> =
            before.engine.rules().iter().map(|rule| rule.name.as_str()).zip(counts).collect();
        for (at, rule) in self.engine.rules().iter().enumerate() {
            if let Some((matches, suppressed)) = of_rule.get(rule.name.as_str()) {
                self.matches[at].store(load(matches), Ordering::Relaxed);
                self.suppressed[at].store(load(suppressed), Ordering::Relaxed);
            }
        }
        let of_exception: BTreeMap<&str, &Suppressed> =
            before.engine.exceptions().iter().map(|it| it.name.as_str()).zip(&before.exceptions).collect();
        for (exception, counter) in self.engine.exceptions().iter().zip(&self.exceptions) {
            if let Some(known) = of_exception.get(exception.name.as_str()) {
                counter.count.store(load(&known.count), Ordering::Relaxed);
                counter.last.store(known.last.load(Ordering::Relaxed), Ordering::Relaxed);
            }
        }
    }

    /// Counts that an exception kept a rule from matching an event of this time.
    pub fn count_suppressed(&self, rule: RuleIndex, exception: ExceptionIndex, time: Timestamp) {
        if let Some(count) = self.suppressed.get(rule.0 as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        if let Some(counter) = self.exceptions.get(exception.0 as usize) {
            counter.count.fetch_add(1, Ordering::Relaxed);
            counter.last.store(time.nanos(), Ordering::Relaxed);
        }
    }

    /// What is told about the exceptions; `now` decides which have run out.
    pub fn exception_infos(&self, now: Timestamp) -> Vec<ExceptionInfo> {
        let mut infos = self.engine.exception_infos(now);
        for (info, counter) in infos.iter_mut().zip(&self.exceptions) {
            info.suppressed = counter.count.load(Ordering::Relaxed);
            let last = counter.last.load(Ordering::Relaxed);
            info.last_suppressed = (last != 0).then(|| Timestamp::from_nanos(last));
        }
        infos
    }

    /// What is told about each rule; `captured` are the kinds of event the sensor delivers.
    pub fn infos(&self, captured: &BTreeSet<EventKind>) -> Vec<RuleInfo> {
        let mut infos = self.engine.rule_infos(captured);
        for (info, (matches, suppressed)) in infos.iter_mut().zip(self.matches.iter().zip(&self.suppressed)) {
            info.matches = matches.load(Ordering::Relaxed);
            info.suppressed = suppressed.load(Ordering::Relaxed);
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
    exceptions: ExceptionSet,
    files: Vec<FileReport>,
    sources: BTreeMap<String, String>,
}

// Everything that is read, and read again when it changes.
fn paths(config: &Detect) -> impl Iterator<Item = &std::path::PathBuf> {
    config.rules.iter().chain(&config.exceptions)
}

// The user's files first, then ours: an event that both know is theirs. Ours are a set of their own, so that a macro
// of theirs cannot change what our rules mean. Exceptions work on both.
fn read_all(config: &Detect, now: Timestamp) -> Sources {
    let (mut sources, mut failed) = read_sources(&config.rules);
    let mut loaded = falco::load(&sources, &falco::LoadOptions::default());
    if config.builtin {
        let ours = builtin();
        let more = load_builtin(&ours);
        loaded.rules.extend(more.rules);
        loaded.files.extend(more.files);
        sources.extend(ours);
    }
    let (files, unread) = read_sources(&config.exceptions);
    let (exceptions, reports) = load_exceptions(&files, &loaded.rules, now);
    loaded.files.extend(reports);
    sources.extend(files);
    failed.extend(unread);
    loaded.files.append(&mut failed);
    let sources = sources.into_iter().map(|file| (file.name, file.text)).collect();
    Sources { set: loaded.rules, exceptions, files: loaded.files, sources }
}

/// Loads the rules that come with Yagura, the most urgent first: their files are in the order of their names, which means
/// nothing, and where only the first match counts a mild rule must not hide a severe one.
pub fn load_builtin(files: &[SourceFile]) -> Loaded {
    let mut loaded = falco::load(files, &falco::LoadOptions::default());
    loaded.rules.sort_by_priority();
    loaded
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const GOOD: &str =
        "- rule: one\n  desc: d\n  condition: evt.type = execve\n  output: o\n  priority: INFO\n";

    fn book(dir: &Path) -> Rulebook {
        let config = Detect {
            rules: vec![dir.to_owned()],
            exceptions: vec![dir.join("exceptions")],
            builtin: false,
            ..Detect::default()
        };
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
    fn a_text_is_checked_where_it_would_be_read() {
        let dir = tempfile::tempdir().expect("a folder");
        fs::write(dir.path().join("a.yaml"), "- macro: m\n  condition: evt.type = execve\n")
            .expect("writable");
        fs::write(dir.path().join("c.yaml"), GOOD.replace("evt.type = execve", "m")).expect("writable");
        let book = book(dir.path());
        let errors = |name: &str, text: Option<&str>| -> Vec<(String, usize)> {
            let loaded = book.load_with(&dir.path().join(name), text);
            let bad = loaded.files.into_iter().filter(|file| file.errors > 0);
            bad.map(|file| (file.file.rsplit('/').next().unwrap_or_default().to_owned(), file.errors))
                .collect()
        };
        let uses = GOOD.replace("one", "two").replace("evt.type = execve", "m");
        assert_eq!(errors("b.yaml", Some(&uses)), [], "a macro of another file is known");
        assert_eq!(errors("b.yaml", Some("- rule: x\n")), [("b.yaml".to_owned(), 1)]);
        assert_eq!(errors("a.yaml", None), [("c.yaml".to_owned(), 1)], "others miss the macro");
        assert_eq!(errors("a.yaml", Some(GOOD)), [("c.yaml".to_owned(), 1)]);
        assert_eq!(errors("none.yaml", None), []);
        assert_eq!(book.current().engine.rules().len(), 1, "nothing is put in force");
    }

    #[test]
    fn our_own_rules_load_without_errors_and_warnings() {
        let loaded = falco::load(&builtin(), &falco::LoadOptions::default());
        for file in &loaded.files {
            assert_eq!((file.errors, file.warnings), (0, 0), "{}: {:?}", file.file, file.diagnostics);
        }
        assert!(loaded.files.iter().map(|file| file.rules).sum::<usize>() >= 30);
    }

    const EXCEPTION: &str =
        "- exception: mine\n  rule: one\n  condition: proc.name = sh\n  reason: r\n  expires: never\n";

    #[test]
    fn exceptions_follow_their_files_and_go_on_counting() {
        let dir = tempfile::tempdir().expect("a folder");
        fs::write(dir.path().join("a.yaml"), GOOD).expect("writable");
        let book = book(dir.path());
        assert!(book.current().exception_infos(Timestamp::default()).is_empty());

        fs::create_dir(dir.path().join("exceptions")).expect("writable");
        let file = dir.path().join("exceptions/mine.yaml");
        fs::write(&file, EXCEPTION).expect("writable");
        assert!(book.reload_if_changed(Timestamp::default()));
        let time = Timestamp::from_nanos(7);
        book.current().count_suppressed(RuleIndex(0), ExceptionIndex(0), time);

        fs::write(&file, EXCEPTION.replace("never", "2030-01-02")).expect("writable");
        assert!(book.reload_if_changed(Timestamp::default()));
        let current = book.current();
        let infos = current.exception_infos(Timestamp::default());
        assert_eq!((infos[0].suppressed, infos[0].last_suppressed), (1, Some(time)));
        assert_eq!(
            (infos[0].expires.as_deref(), infos[0].covers.as_slice()),
            (Some("2030-01-02"), &["one".to_owned()][..])
        );
        let rule = &current.infos(&BTreeSet::new())[0];
        assert_eq!((rule.suppressed, rule.exceptions.as_slice()), (1, &["mine".to_owned()][..]));
        drop(current);

        fs::write(&file, "- exception: broken\n").expect("writable");
        assert!(book.reload_if_changed(Timestamp::default()));
        assert!(!book.attempt().taken, "a bad file leaves the old exceptions in force");
        assert_eq!(book.current().exception_infos(Timestamp::default()).len(), 1);
    }

    #[test]
    fn our_own_rules_stand_in_the_order_of_their_urgency() {
        let loaded = load_builtin(&builtin());
        let priorities: Vec<Priority> = loaded.rules.rules().iter().map(|rule| rule.priority).collect();
        assert!(priorities.is_sorted(), "{priorities:?}");
        assert!(priorities.first() < priorities.last());
    }

    #[test]
    fn a_users_rules_stay_in_the_order_of_their_files() {
        let dir = tempfile::tempdir().expect("a folder");
        let mild = GOOD.replace("INFO", "DEBUG");
        fs::write(dir.path().join("a.yaml"), format!("{mild}{}", GOOD.replace("one", "two")))
            .expect("writable");
        let book = book(dir.path());
        let names: Vec<String> = book.current().engine.rules().iter().map(|rule| rule.name.clone()).collect();
        assert_eq!(names, ["one", "two"]);
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
