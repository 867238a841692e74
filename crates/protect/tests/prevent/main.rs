//! Refusals on the real kernel: what is called blocked is tried again and again, in every way we know.
//!
//! Without root or the means the tests say so and are skipped. `YAGURA_ATTEMPTS` sets how often a race is run.

mod acts;
mod gate;
mod races;
mod same;

use std::{
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use yagura_detect::{RuleSet, SourceFile, falco};
use yagura_protect::{Mode, program};
use yagura_sensor::prevent::{Kernel, KernelCounts, Verdict};

// Deciders of two tests would judge each other's programs.
static TURN: Mutex<()> = Mutex::new(());

fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One rule of this condition.
fn rules(conditions: &[&str]) -> RuleSet {
    let rule = |(number, condition): (usize, &&str)| {
        let condition = serde_json::to_string(condition).expect("a text");
        format!("- rule: r{number}\n  desc: d\n  condition: {condition}\n  output: o\n  priority: INFO\n")
    };
    let text: String = conditions.iter().enumerate().map(rule).collect();
    let loaded = falco::load(&[SourceFile::new("t.yaml", text)], &falco::LoadOptions::default());
    assert_eq!(loaded.rules.rules().len(), conditions.len(), "{:?}", loaded.diagnostics);
    loaded.rules
}

fn numbered(rules: &RuleSet, mode: Mode) -> impl Iterator<Item = (u32, &yagura_detect::Rule, Mode)> + Clone {
    rules.rules().iter().enumerate().map(move |(number, rule)| (number as u32, rule, mode))
}

/// Deciders in force until dropped, and what they told.
struct InForce {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<KernelCounts>>,
    verdicts: Arc<Mutex<Vec<Verdict>>>,
}

impl InForce {
    fn new(test: &str, conditions: &[&str], mode: Mode, safe: &[(u64, u64)]) -> Option<Self> {
        let mut kernel = match Kernel::load() {
            Ok(kernel) => kernel,
            Err(error) => {
                println!("SKIPPED {test}: {error}");
                return None;
            }
        };
        let rules = rules(conditions);
        let compiled = program(numbered(&rules, mode));
        assert!(compiled.left_out.is_empty(), "{:?}", compiled.left_out);
        assert!(!compiled.program.is_empty(), "nothing of it can be decided in the kernel");
        kernel.apply(&compiled.program, safe).expect("it fits");
        let (stop, verdicts) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
        let (ends, sink) = (Arc::clone(&stop), Arc::clone(&verdicts));
        let thread = std::thread::spawn(move || {
            while !ends.load(Ordering::Acquire) {
                let mut tell = |verdict| sink.lock().expect("not poisoned").push(verdict);
                kernel.read(Duration::from_millis(5), &mut tell).expect("the ring");
            }
            kernel.counts()
        });
        Some(Self { stop, thread: Some(thread), verdicts })
    }

    fn end(mut self) -> (Vec<Verdict>, KernelCounts) {
        std::thread::sleep(Duration::from_millis(50));
        self.stop.store(true, Ordering::Release);
        let counts = self.thread.take().expect("ended once").join().expect("it does not panic");
        let verdicts = std::mem::take(&mut *self.verdicts.lock().expect("not poisoned"));
        (verdicts, counts)
    }
}

/// How an attempt ended: the program ran, was killed, or was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Ran,
    Killed,
    Refused,
}

/// Runs a copy of `false`: it ends with 1 where it ran.
fn attempt(command: &mut std::process::Command) -> Option<End> {
    use std::os::unix::process::ExitStatusExt;
    match command.status() {
        Ok(status) if status.signal() == Some(9) => Some(End::Killed),
        Ok(status) if status.code() == Some(1) => Some(End::Ran),
        Err(error) if error.raw_os_error() == Some(1) => Some(End::Refused),
        // The file was not there at that moment, or was being written.
        Ok(_) | Err(_) => None,
    }
}

fn copy_of_false(path: &Path) {
    std::fs::copy("/bin/false", path).expect("a copy");
}
