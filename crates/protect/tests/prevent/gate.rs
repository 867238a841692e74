//! The gate: what it refuses, and that nobody waits for one who does not answer.
//!
//! Responder and guard are processes of their own, as in the product: this test binary, started anew for one test.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write, pipe},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, atomic::AtomicBool},
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use yagura_protect::{Answers, Gatekeeper, Mode, PATIENCE, Refusal, respond};
use yagura_sensor::prevent::guard;

use crate::{End, attempt, copy_of_false, numbered, rules, turn};

const CONDITIONS: &str = "YAGURA_TEST_CONDITIONS";
const REFUSALS: &str = "YAGURA_TEST_REFUSALS";
const WATCHED: &str = "YAGURA_TEST_WATCHED";

/// A responder and its guard.
struct Posts {
    responder: Child,
    guard: Child,
    refusals: PathBuf,
}

impl Posts {
    fn new(test: &str, dir: &Path, conditions: &[&str], mode: &str) -> Option<Self> {
        let refusals = dir.join("refusals");
        let (beats, writes) = pipe().expect("a pipe");
        let this = |name: &str| {
            let mut command = Command::new(std::env::current_exe().expect("this program"));
            command.args([name, "--exact", "--nocapture", "--test-threads=1"]).stdout(Stdio::null());
            command
        };
        let responder = this("gate::responder_of_its_own")
            .env(CONDITIONS, conditions.join("\n"))
            .env(REFUSALS, &refusals)
            .env("YAGURA_TEST_MODE", mode)
            .stderr(writes)
            .spawn()
            .expect("it starts");
        let guard = this("gate::guard_of_its_own")
            .env(WATCHED, responder.id().to_string())
            .stdin(beats)
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let mut posts = Self { responder, guard, refusals };
        let begin = Instant::now();
        while !posts.refusals.exists() {
            if posts.responder.try_wait().expect("it is ours").is_some() {
                println!("SKIPPED {test}: needs root and fanotify permission events");
                return None;
            }
            assert!(begin.elapsed() < Duration::from_secs(20), "the responder does not begin");
            thread::sleep(Duration::from_millis(5));
        }
        Some(posts)
    }

    fn answers(&self) -> Answers {
        thread::sleep(Duration::from_millis(300));
        let text = fs::read_to_string(self.refusals.with_extension("counts")).expect("it was made");
        serde_json::from_str(&text).expect("counts")
    }

    fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.responder.id() as i32), signal).expect("it lives");
    }

    fn refusals(&self) -> Vec<Refusal> {
        thread::sleep(Duration::from_millis(50));
        let text = fs::read_to_string(&self.refusals).expect("it was made");
        text.lines().map(|line| serde_json::from_str(line).expect("a refusal")).collect()
    }
}

impl Drop for Posts {
    fn drop(&mut self) {
        let _ = self.responder.kill();
        let _ = self.responder.wait();
        let _ = self.guard.wait();
    }
}

// Not a test: the responder, where it is started as such.
#[test]
fn responder_of_its_own() {
    let (Ok(conditions), Ok(refusals)) = (std::env::var(CONDITIONS), std::env::var(REFUSALS)) else { return };
    let conditions: Vec<&str> = conditions.lines().collect();
    let rules = rules(&conditions);
    let mode =
        if std::env::var("YAGURA_TEST_MODE").as_deref() == Ok("dry") { Mode::DryRun } else { Mode::Prevent };
    let gatekeeper = Gatekeeper::new(numbered(&rules, mode), &[], false);
    let mut file: Option<File> = None;
    let counts = format!("{refusals}.counts");
    let tell = |refusal: Option<Refusal>, answers: Answers| {
        let _ = fs::write(&counts, serde_json::to_string(&answers).expect("it has a form"));
        let file = file.get_or_insert_with(|| {
            OpenOptions::new().create(true).append(true).open(&refusals).expect("writable")
        });
        if let Some(refusal) = refusal {
            let line = serde_json::to_string(&refusal).expect("it has a form");
            file.write_all(format!("{line}\n").as_bytes()).expect("room");
        }
    };
    let _ = respond(gatekeeper, io::stderr(), tell, &Arc::new(AtomicBool::new(false)));
}

// Not a test: the guard, where it is started as such.
#[test]
fn guard_of_its_own() {
    let Some(pid) = std::env::var(WATCHED).ok().and_then(|text| text.parse().ok()) else { return };
    let killed = guard(pid, io::stdin(), PATIENCE).unwrap_or(false);
    std::process::exit(if killed { 10 } else { 0 });
}

#[test]
fn programs_are_refused_by_path_and_parent_and_others_run() {
    let _turn = turn();
    let dir = tempfile::tempdir().expect("a folder");
    let at = |name: &str| dir.path().join(name);
    for name in ["y_path", "y_child", "y_argued"] {
        copy_of_false(&at(name));
    }
    fs::copy("/bin/bash", at("y_parent")).expect("a copy");
    let conditions = [
        format!("evt.type = execve and evt.res = SUCCESS and proc.exepath = {}", at("y_path").display()),
        format!(
            "evt.type = execve and proc.exepath = {} and proc.pname = y_parent and container.id = host and user.name = root",
            at("y_child").display()
        ),
        format!("evt.type = execve and proc.exepath = {} and proc.args contains x", at("y_argued").display()),
        "evt.type = execve and proc.exepath = /lib64/ld-linux-x86-64.so.2".to_owned(),
    ];
    let conditions: Vec<&str> = conditions.iter().map(String::as_str).collect();
    let Some(posts) = Posts::new("programs_are_refused", dir.path(), &conditions, "") else { return };
    assert_eq!(attempt(&mut Command::new(at("y_path"))), Some(End::Refused));
    assert_eq!(attempt(&mut Command::new(at("y_child"))), Some(End::Ran), "another parent");
    // Two commands, so that the shell does not become the last one.
    let script = format!("{}; code=$?; true; exit $code", at("y_child").display());
    let status = Command::new(at("y_parent")).args(["-c", &script]).stderr(Stdio::null()).status();
    assert_eq!(status.expect("bash runs").code(), Some(126), "refused to that parent");
    assert_eq!(
        attempt(Command::new(at("y_argued")).arg("x")),
        Some(End::Ran),
        "its arguments are not known yet"
    );
    assert!(Command::new("/bin/true").status().expect("its loader is not refused").success());
    let refusals = posts.refusals();
    let told: Vec<(u32, &str)> =
        refusals.iter().map(|it| (it.rule, &*it.event.process.exe_file.path)).collect();
    assert_eq!(told, [(0, at("y_path").to_str().expect("text")), (1, at("y_child").to_str().expect("text"))]);
    assert_eq!(refusals[1].event.process.parent.get().map(|parent| &*parent.name), Some("y_parent"));
}

#[test]
fn files_are_refused_by_name_and_how_they_are_opened() {
    let _turn = turn();
    let dir = tempfile::tempdir().expect("a folder");
    let at = |name: &str| dir.path().join(name);
    let (secret, log) = (at("secret"), at("log"));
    for file in [&secret, &log, &at("other")] {
        fs::write(file, "text").expect("writable");
    }
    let conditions = [
        format!("evt.type in (open, openat, openat2) and fd.name = {} and fd.num >= 0", secret.display()),
        format!(
            "evt.type in (open, openat, openat2) and evt.is_open_write = true and fd.typechar = 'f' and fd.num >= 0 and \
             fd.name = {} and not proc.name in (tee)",
            log.display()
        ),
    ];
    let conditions: Vec<&str> = conditions.iter().map(String::as_str).collect();
    let Some(posts) = Posts::new("files_are_refused", dir.path(), &conditions, "") else { return };
    let errno = |result: io::Result<File>| result.err().and_then(|error| error.raw_os_error());
    assert_eq!(errno(File::open(&secret)), Some(1));
    assert_eq!(errno(File::open(at("other"))), None);
    assert_eq!(errno(File::open(&log)), None, "reading it is allowed");
    assert_eq!(errno(OpenOptions::new().append(true).open(&log)), Some(1));
    assert_eq!(errno(OpenOptions::new().write(true).truncate(true).open(&log)), Some(1));
    let mut tee =
        Command::new("tee").arg(&log).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("tee");
    drop(tee.stdin.take());
    assert!(tee.wait().expect("it ends").success(), "that program may");
    // Another file in its place is the same name.
    fs::write(at("fresh"), "text").expect("writable");
    fs::rename(at("fresh"), &secret).expect("the same folder");
    assert_eq!(errno(File::open(&secret)), Some(1));
    std::os::unix::fs::symlink(&secret, at("link")).expect("a link");
    assert_eq!(errno(File::open(at("link"))), Some(1), "through a link");
    assert_eq!(posts.refusals().len(), 5);
}

#[test]
fn a_dry_run_of_the_gate_tells_and_lets_it_be() {
    let _turn = turn();
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("y_dry");
    copy_of_false(&file);
    let condition = format!("evt.type = execve and proc.exepath = {}", file.display());
    let Some(posts) = Posts::new("a_dry_run_of_the_gate", dir.path(), &[&condition], "dry") else { return };
    assert_eq!(attempt(&mut Command::new(&file)), Some(End::Ran));
    let refusals = posts.refusals();
    assert_eq!(refusals.iter().map(|refusal| refusal.dry).collect::<Vec<_>>(), [true]);
}

/// Programs that do nothing but take time on the processors.
struct Crowd(Vec<Child>);

impl Crowd {
    fn new(size: usize) -> Self {
        let busy = || Command::new("sh").args(["-c", "while :; do :; done"]).spawn().expect("a shell");
        Self((0..size).map(|_| busy()).collect())
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

// A hundred programs at once; how long until all of them ended.
fn hundred() -> Duration {
    let begin = Instant::now();
    let threads: Vec<_> = (0..100).map(|_| thread::spawn(|| Command::new("/bin/true").status())).collect();
    for thread in threads {
        assert!(thread.join().expect("no panic").expect("it starts").success());
    }
    begin.elapsed()
}

#[test]
fn nobody_waits_for_a_responder_that_is_stopped_or_killed() {
    let _turn = turn();
    for signal in [Signal::SIGSTOP, Signal::SIGKILL] {
        let dir = tempfile::tempdir().expect("a folder");
        let forbidden = dir.path().join("y_path");
        copy_of_false(&forbidden);
        let condition = format!("evt.type = execve and proc.exepath = {}", forbidden.display());
        let Some(mut posts) = Posts::new("nobody_waits", dir.path(), &[&condition], "") else { return };
        assert_eq!(attempt(&mut Command::new(&forbidden)), Some(End::Refused));
        let usual = hundred();
        posts.signal(signal);
        let stopped = hundred();
        println!("a hundred programs: {usual:?}; with {signal:?} to the responder: {stopped:?}");
        // The guard's patience, and what a hundred programs take on a busy machine.
        assert!(stopped < PATIENCE + usual * 3 + Duration::from_secs(2), "{stopped:?}");
        let code = posts.guard.wait().expect("it ends").code();
        assert_eq!(code, Some(if signal == Signal::SIGSTOP { 10 } else { 0 }), "the guard's word");
        assert!(!posts.responder.wait().expect("it ended").success());
        assert_eq!(attempt(&mut Command::new(&forbidden)), Some(End::Ran), "nobody is asked any more");
    }
}

#[test]
fn nobody_runs_what_the_gate_refuses() {
    let _turn = turn();
    let dir = tempfile::tempdir().expect("a folder");
    let at = |name: &str| dir.path().join(name);
    let forbidden = at("y_path");
    copy_of_false(&forbidden);
    copy_of_false(&at("source"));
    let condition = format!("evt.type = execve and proc.exepath = {}", forbidden.display());
    let Some(posts) = Posts::new("nobody_runs", dir.path(), &[&condition], "") else { return };
    let run = |_| Command::new(&forbidden);
    // Who answers is not to be crowded out: its guard would end it.
    let _crowd = Crowd::new(8);
    let (met, ran) = crate::races::race(&run, &|turn| {
        let fresh = at(&format!("fresh{}", turn % 8));
        if fs::copy(at("source"), &fresh).is_ok() {
            let _ = fs::rename(&fresh, &forbidden);
        }
    });
    let answers = posts.answers();
    println!(
        "refused by the gate while another file is put in its place: {ran} of {met} succeeded; {answers:?}"
    );
    assert_eq!(ran, 0);
}
