//! What the kernel kills is what the rule engine finds: conditions and argument lists by chance, judged by both.

use std::{path::Path, process::Command, sync::Arc};

use yagura_detect::{Engine, EngineOptions};
use yagura_event::{Credentials, Event, EventKind, ExeFile, Process};
use yagura_protect::Mode;

use crate::{End, InForce, attempt, copy_of_false, rules, turn};

/// Numbers by chance that are the same every time (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most as u64) as usize
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}

const WORDS: [&str; 9] = ["a", "b", "ab", "ba", "a b", "aab", "-x", "", " "];
const NAMES: [&str; 3] = ["y_aa", "y_ab", "y_b"];

fn comparison(chance: &mut Chance, dir: &str) -> String {
    let word = match chance.of(&WORDS) {
        "" | " " => "b a",
        word => word,
    };
    let more = chance.of(&["a b", "b", "aa", "x a"]);
    match chance.below(12) {
        0 => format!("proc.name = {}", chance.of(&NAMES)),
        1 => format!("proc.name in ({}, {})", chance.of(&NAMES), chance.of(&NAMES)),
        2 => format!("proc.name != {}", chance.of(&NAMES)),
        3 => format!("proc.name endswith {}", chance.of(&["a", "b", "ab"])),
        4 => format!("proc.exepath = {dir}/{}", chance.of(&NAMES)),
        5 => format!("proc.exepath startswith {dir}/{}", chance.of(&["y_", "y_a", "z"])),
        6 => format!("proc.args contains \"{word}\""),
        7 => format!("proc.args {} \"{word}\"", chance.of(&["=", "!=", "startswith", "endswith"])),
        8 => format!("proc.cmdline {} \"y_{more}\"", chance.of(&["contains", "endswith", "startswith"])),
        9 => format!("proc.cmdline = \"{} {word}\"", chance.of(&NAMES)),
        10 => format!("proc.args glob \"*{word}\""),
        _ => format!("user.uid {} 0", chance.of(&["=", "!="])),
    }
}

fn condition(chance: &mut Chance, dir: &str, depth: usize) -> String {
    match chance.below(if depth == 0 { 1 } else { 4 }) {
        0 => comparison(chance, dir),
        1 => format!("not ({})", condition(chance, dir, depth - 1)),
        2 => format!("({} and {})", condition(chance, dir, depth - 1), condition(chance, dir, depth - 1)),
        _ => format!("({} or {})", condition(chance, dir, depth - 1), condition(chance, dir, depth - 1)),
    }
}

// The event that the sensor tells of this program.
fn event(path: &Path, args: &[&str]) -> Event {
    let name = path.file_name().expect("a name").to_string_lossy();
    let args: Vec<Box<str>> = args.iter().map(|arg| (*arg).into()).collect();
    let process = Process {
        id: 1,
        pid: 2,
        cmdline: Process::join_cmdline(&name, &args),
        name: name.into(),
        exe: path.to_string_lossy().into(),
        exe_file: ExeFile { path: path.to_string_lossy().into(), ..ExeFile::default() },
        args: args.into(),
        credentials: Credentials::default(),
        ..Process::default()
    };
    let mut event = yagura_detect::case::event("{kind: execve}").expect("an event");
    (event.process, event.kind) = (Arc::new(process), EventKind::Execve);
    event
}

#[test]
fn the_kernel_and_the_rule_engine_are_of_one_mind() {
    let _turn = turn();
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().to_str().expect("text").to_owned();
    for name in NAMES {
        copy_of_false(&dir.path().join(name));
    }
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    let (mut killed, mut ran, mut undecided) = (0, 0, 0);
    for _ in 0..60 {
        let condition = format!(
            "evt.type = execve and proc.exepath startswith {folder}/ and {}",
            condition(&mut chance, &folder, 3)
        );
        let set = rules(&[&condition]);
        let engine = Arc::new(Engine::compile(&set, &EngineOptions::default()));
        // Some of these conditions contradict themselves: then there is nothing to decide.
        let tables = yagura_protect::program(crate::numbered(&set, Mode::Prevent));
        if tables.program.is_empty() {
            continue;
        }
        let Some(force) = InForce::new("of_one_mind", &[&condition], Mode::Prevent, &[]) else { return };
        for _ in 0..20 {
            let path = dir.path().join(chance.of(&NAMES));
            let args: Vec<&str> = (0..chance.below(4)).map(|_| chance.of(&WORDS)).collect();
            let mut matcher = engine.matcher();
            let finds = !matcher.matches(&event(&path, &args)).is_empty();
            match (attempt(Command::new(&path).args(&args)), finds) {
                (Some(End::Killed), true) => killed += 1,
                (Some(End::Ran), false) => ran += 1,
                // A single empty argument: its blank at the end is not decided by.
                (Some(End::Ran), true) if args == [""] => undecided += 1,
                (end, finds) => {
                    panic!("{condition}: {} {args:?}: {end:?}, the rule finds it: {finds}", path.display())
                }
            }
        }
        force.end();
    }
    println!("{killed} killed, {ran} ran, {undecided} undecided: as the rules say");
    assert!(killed > 100 && ran > 100, "{killed} {ran}");
}
