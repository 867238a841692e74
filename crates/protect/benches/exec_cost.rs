//! What prevention adds to the start of a program: rounds without, with the kernel's deciders, and with the gate, one
//! after the other, by all rules that come with Yagura. Needs root. Prints raw figures; judges nothing.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use yagura_detect::{RuleSet, SourceFile, falco};
use yagura_protect::{Gatekeeper, Mode, program, respond, safe_files};
use yagura_sensor::prevent::Kernel;

const ROUNDS: usize = 15;
const PROGRAMS: u32 = 400;

fn rules() -> RuleSet {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/rules");
    let mut files: Vec<_> =
        fs::read_dir(folder).expect("our rules").map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    let is_rules = |path: &Path| {
        let name = path.to_string_lossy();
        name.ends_with(".yaml") && !name.ends_with(".cases.yaml")
    };
    let read =
        |path: &Path| SourceFile::new(path.display().to_string(), fs::read_to_string(path).expect("text"));
    let sources: Vec<SourceFile> =
        files.iter().filter(|path| is_rules(path)).map(|path| read(path)).collect();
    falco::load(&sources, &falco::LoadOptions::default()).rules
}

// Microseconds a program.
fn storm() -> f64 {
    let begin = Instant::now();
    for _ in 0..PROGRAMS {
        let status = Command::new("/bin/true").stdin(Stdio::null()).status();
        assert!(status.expect("it starts").success());
    }
    begin.elapsed().as_secs_f64() * 1e6 / f64::from(PROGRAMS)
}

fn main() {
    let rules = rules();
    // All in a dry run: each is decided, none is in the way.
    let numbered = || rules.rules().iter().zip(0..).map(|(rule, number)| (number, rule, Mode::DryRun));
    let compiled = program(numbered());
    let count = |hook| compiled.program.alternatives.get(&hook).map_or(0, Vec::len);
    println!(
        "{} rules; {} conjunctions for programs; {} without room",
        rules.rules().len(),
        count(yagura_sensor::prevent::Hook::Exec),
        compiled.left_out.len()
    );
    let mut times: [Vec<f64>; 3] = Default::default();
    storm();
    for _ in 0..ROUNDS {
        times[0].push(storm());
        let mut kernel = match Kernel::load() {
            Ok(kernel) => kernel,
            Err(error) => return println!("SKIPPED: {error}"),
        };
        kernel.apply(&compiled.program, &safe_files()).expect("it fits");
        times[1].push(storm());
        drop(kernel);
        let gatekeeper = Gatekeeper::new(numbered(), &safe_files(), true);
        let (stop, ready) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let (ends, begins) = (Arc::clone(&stop), Arc::clone(&ready));
        let responder = thread::spawn(move || {
            let tell = |_, _| begins.store(true, Ordering::Release);
            respond(gatekeeper, std::io::sink(), tell, &ends)
        });
        while !ready.load(Ordering::Acquire) && !responder.is_finished() {
            thread::sleep(Duration::from_millis(5));
        }
        times[2].push(storm());
        stop.store(true, Ordering::Release);
        if let Err(error) = responder.join().expect("it does not panic") {
            println!("the gate: {error}");
        }
        thread::sleep(Duration::from_millis(250));
    }
    for (name, list) in ["off", "kernel", "gate"].iter().zip(&times) {
        let added: Vec<f64> = list.iter().zip(&times[0]).map(|(with, off)| with - off).collect();
        println!(
            "{name:>7}: median {:.0} µs a program, {:+.0} µs added (5th {:+.0}, 95th {:+.0})",
            at(list, 0.5),
            at(&added, 0.5),
            at(&added, 0.05),
            at(&added, 0.95)
        );
    }
}

fn at(list: &[f64], part: f64) -> f64 {
    let mut sorted = list.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[((sorted.len() - 1) as f64 * part).round() as usize]
}
