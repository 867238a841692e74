//! Every emulation runs and leaves the machine as it was. Needs root for most; says what it skips.
//!
//! This binary is also the program that the runner starts for each emulation, as the application is.

mod content;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    time::{Duration, Instant},
};

use yagura_event::Timestamp;
use yagura_verify::{Mark, Need, Observer, RunOptions, Sighting, catalogue, run, run_child};

const WATCHED: [&str; 10] =
    ["/etc", "/root", "/var/log", "/dev/shm", "/tmp", "/usr/bin", "/opt", "/var/spool", "/run", "/srv"];
const DEPTH_MAX: usize = 3;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.get(1..).unwrap_or_default() {
        ["verify", "--run-emulation", id, "--work-dir", stage] => return run_child(id, Path::new(stage)),
        ["run-and-be-killed", work, ids @ ..] => {
            run(&options(Path::new(work), ids), &mut Blind, &mut |_| {});
            return ExitCode::SUCCESS;
        }
        ["--list", ..] => return ExitCode::SUCCESS,
        _ => {}
    }
    for (name, test) in TESTS {
        println!("test {name}");
        test();
    }
    println!("test result: ok. {} passed", TESTS.len());
    ExitCode::SUCCESS
}

const TESTS: [(&str, fn()); 10] = [
    ("our_rules_load_without_a_word", content::our_rules_load_without_a_word),
    (
        "every_rule_fires_where_it_should_and_only_there",
        content::every_rule_fires_where_it_should_and_only_there,
    ),
    ("every_emulation_expects_a_rule_of_ours", content::every_emulation_expects_a_rule_of_ours),
    ("every_emulation_runs_and_leaves_nothing", every_emulation_runs_and_leaves_nothing),
    ("a_sighting_becomes_a_row", a_sighting_becomes_a_row),
    ("a_row_has_the_documented_keys", a_row_has_the_documented_keys),
    ("emulations_are_chosen_by_id_and_technique", emulations_are_chosen_by_id_and_technique),
    ("emulations_of_one_rule_are_kept_apart", emulations_of_one_rule_are_kept_apart),
    ("an_interrupted_run_cleans_up", an_interrupted_run_cleans_up),
    ("the_next_run_cleans_up_after_a_killed_one", the_next_run_cleans_up_after_a_killed_one),
];

fn every_emulation_runs_and_leaves_nothing() {
    let work = tempfile::tempdir_in("/var/tmp").expect("a folder");
    let mut performed = 0;
    for emulation in catalogue() {
        let before = Snapshot::take(work.path());
        let started = Instant::now();
        let rows = run(&options(work.path(), &[emulation.id]), &mut Blind, &mut |_| {});
        let [row] = rows.as_slice() else { panic!("{}: {} rows", emulation.id, rows.len()) };
        let took = started.elapsed().as_millis();
        let word = if row.skipped {
            "skipped"
        } else if row.blocked {
            "refused"
        } else {
            "done"
        };
        println!("  {:<24} {:<8} {took:>5} ms  {}", row.id, word, row.reason.as_deref().unwrap_or_default());
        performed += usize::from(!row.skipped);
        Snapshot::take(work.path()).assert_equals(&before, emulation.id);
    }
    println!("  performed {performed} of {}", catalogue().len());
    if nix::unistd::geteuid().is_root() {
        assert!(performed >= 100, "only {performed} emulations could run");
    } else {
        println!("  skipped: most emulations need root");
    }
}

fn a_sighting_becomes_a_row() {
    struct Sharp;
    impl Observer for Sharp {
        fn mark(&mut self) -> Mark {
            Mark { time: Timestamp::from_millis(7) }
        }
        fn wait(&mut self, mark: &Mark, root_pid: u32, rules: &[&str], _: Duration) -> Option<Sighting> {
            assert_eq!(*mark, Mark { time: Timestamp::from_millis(7) });
            assert!(root_pid > 0);
            let rule = rules.last()?.to_string();
            let (event_time, seen_time) = (Timestamp::from_millis(1_000), Timestamp::from_millis(1_250));
            Some(Sighting { rule, event_time, seen_time })
        }
    }
    let work = tempfile::tempdir().expect("a folder");
    let mut told = Vec::new();
    let rows = run(&options(work.path(), &["key-search"]), &mut Sharp, &mut |row| told.push(row.clone()));
    assert_eq!(rows, told);
    let row = rows.first().expect("one row");
    assert!(row.seen && !row.blocked && !row.skipped, "{row:?}");
    assert_eq!(row.rule, "Search Private Keys or Passwords");
    assert_eq!(row.latency_ms, Some(250.0));
}

fn a_row_has_the_documented_keys() {
    let work = tempfile::tempdir().expect("a folder");
    let rows = run(&options(work.path(), &["key-search"]), &mut Blind, &mut |_| {});
    let json = serde_json::to_value(&rows[0]).expect("a row");
    for key in ["id", "technique", "rule", "seen", "blocked", "latency_ms"] {
        assert!(json.get(key).is_some(), "{key} is missing");
    }
}

fn emulations_are_chosen_by_id_and_technique() {
    let work = tempfile::tempdir().expect("a folder");
    let ids = |only: &[&str]| {
        let rows = run(&options(work.path(), only), &mut Blind, &mut |_| {});
        rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(&["key-"]), ["key-search"]);
    assert_eq!(ids(&["t1552.004", "key-"]), ["key-search", "private-key-theft"], "each once");
    assert_eq!(ids(&["T1562.003"]), ["history-off"], "by the technique's former id");
    assert_eq!(ids(&["no-such-thing"]), [""; 0]);
}

fn emulations_of_one_rule_are_kept_apart() {
    struct Always;
    impl Observer for Always {
        fn mark(&mut self) -> Mark {
            Mark { time: Timestamp::default() }
        }
        fn wait(&mut self, _: &Mark, _: u32, rules: &[&str], _: Duration) -> Option<Sighting> {
            let time = Timestamp::default();
            Some(Sighting { rule: rules.first()?.to_string(), event_time: time, seen_time: time })
        }
    }
    let work = tempfile::tempdir().expect("a folder");
    let apart = Duration::from_millis(700);
    let took = |ids: &[&str]| {
        let started = Instant::now();
        let rows = run(&RunOptions { apart, ..options(work.path(), ids) }, &mut Always, &mut |_| {});
        assert!(rows.len() == 2 && rows.iter().all(|row| row.seen), "{rows:?}");
        started.elapsed()
    };
    assert!(took(&["web-shell", "database-shell"]) >= apart, "the same rule sees both");
    assert!(took(&["web-shell", "history-off"]) < apart, "different rules see them");
}

fn an_interrupted_run_cleans_up() {
    let work = tempfile::tempdir().expect("a folder");
    let before = Snapshot::take(work.path());
    let mut runner = start_runner(work.path(), "");
    wait_for_a_stage(work.path());
    signal(runner.id(), "-TERM");
    assert!(runner.wait().expect("it ends").success(), "the runner returns its rows");
    Snapshot::take(work.path()).assert_equals(&before, "an interrupted run");
}

fn the_next_run_cleans_up_after_a_killed_one() {
    let work = tempfile::tempdir().expect("a folder");
    let before = Snapshot::take(work.path());
    for (only, delay_ms) in
        [("", 0), ("container", 0), ("container", 25), ("container", 50), ("self-", 5), ("process-", 5)]
    {
        if only == "container" && Need::MountNamespace.missing().is_some() {
            println!("  skipped: killed in a container (needs root)");
            continue;
        }
        let mut runner = start_runner(work.path(), only);
        wait_for_a_stage(work.path());
        std::thread::sleep(Duration::from_millis(delay_ms));
        signal(runner.id(), "-KILL");
        runner.wait().expect("it ends");
        run(&options(work.path(), &["no-such-thing"]), &mut Blind, &mut |_| {});
        Snapshot::take(work.path()).assert_equals(&before, "a killed run");
    }
}

fn start_runner(work: &Path, only: &str) -> std::process::Child {
    Command::new(std::env::current_exe().expect("our own path"))
        .arg("run-and-be-killed")
        .arg(work)
        .args(catalogue().iter().map(|emulation| emulation.id).filter(|id| id.starts_with(only)))
        .stdout(Stdio::null())
        .spawn()
        .expect("the runner starts")
}

fn wait_for_a_stage(work: &Path) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while fs::read_dir(work).expect("readable").next().is_none() {
        assert!(Instant::now() < deadline, "no stage appeared");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn signal(pid: u32, name: &str) {
    let sent = Command::new("kill").args([name, &pid.to_string()]).status().expect("kill runs");
    assert!(sent.success());
}

fn options(work: &Path, ids: &[&str]) -> RunOptions {
    RunOptions {
        only: ids.iter().map(|id| (*id).to_owned()).collect(),
        timeout: Duration::ZERO,
        apart: Duration::ZERO,
        self_exe: PathBuf::from("/proc/self/exe"),
        work_dir: work.to_owned(),
    }
}

/// Sees nothing.
struct Blind;

impl Observer for Blind {
    fn mark(&mut self) -> Mark {
        Mark { time: Timestamp::default() }
    }
    fn wait(&mut self, _: &Mark, _: u32, _: &[&str], _: Duration) -> Option<Sighting> {
        None
    }
}

/// What an emulation could have changed: files, mounts, namespaces, processes.
struct Snapshot {
    files: BTreeMap<PathBuf, (u32, u64, i64, i64)>,
    stages: Vec<PathBuf>,
    mounts: String,
    network_namespaces: BTreeSet<PathBuf>,
    processes: BTreeSet<String>,
}

impl Snapshot {
    fn take(work: &Path) -> Self {
        let mut files = BTreeMap::new();
        for dir in WATCHED {
            list(Path::new(dir), DEPTH_MAX, &mut files);
        }
        let mut cgroups = BTreeMap::new();
        list(Path::new("/sys/fs/cgroup"), DEPTH_MAX, &mut cgroups);
        cgroups.retain(|path, _| path.to_string_lossy().contains("yagura-verify-"));
        files.extend(cgroups);
        // Others may be at work on this machine: of shared folders, only what bears our name counts.
        files.retain(|path, _| {
            let shared = ["/tmp", "/run", "/root/.c", "/root/.npm"].iter().any(|dir| path.starts_with(dir))
                || path.to_string_lossy().starts_with("/root/.c");
            !shared || path.to_string_lossy().contains("yagura-verify-")
        });
        let stages = fs::read_dir(work).expect("readable").flatten().map(|entry| entry.path()).collect();
        let (mut network_namespaces, mut processes) = (BTreeSet::new(), BTreeSet::new());
        for entry in fs::read_dir("/proc").expect("readable").flatten() {
            let environment = fs::read(entry.path().join("environ")).unwrap_or_default();
            if String::from_utf8_lossy(&environment).contains("YAGURA_VERIFY_STAGE=") {
                network_namespaces.extend(fs::read_link(entry.path().join("ns/net")));
                processes.insert(entry.file_name().to_string_lossy().into_owned());
            }
        }
        let mounts = fs::read_to_string("/proc/self/mountinfo").expect("readable");
        Self { files, stages, mounts, network_namespaces, processes }
    }

    fn assert_equals(&self, before: &Self, who: &str) {
        for (path, meta) in &self.files {
            assert_eq!(before.files.get(path), Some(meta), "{who} changed {}", path.display());
        }
        for path in before.files.keys() {
            assert!(self.files.contains_key(path), "{who} removed {}", path.display());
        }
        assert_eq!(self.stages, before.stages, "{who} left a stage");
        assert_eq!(self.mounts, before.mounts, "{who} left a mount");
        assert_eq!(self.processes, before.processes, "{who} left a process");
        assert_eq!(self.network_namespaces, before.network_namespaces, "{who} left a namespace");
    }
}

fn list(dir: &Path, depth: usize, files: &mut BTreeMap<PathBuf, (u32, u64, i64, i64)>) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    for entry in entries.flatten() {
        let Ok(meta) = entry.path().symlink_metadata() else { continue };
        if meta.is_dir() && depth > 1 {
            list(&entry.path(), depth - 1, files);
        }
        // The change time catches what was changed and changed back.
        if meta.is_file() {
            files.insert(entry.path(), (meta.mode(), meta.size(), meta.mtime(), meta.ctime()));
        } else {
            files.insert(entry.path(), (meta.mode(), 0, 0, 0));
        }
    }
}
