//! [`Gatekeeper`]: answers the gate's questions by the rules themselves.
//!
//! Opens no file but those of procfs: it may be asked about any other. INVARIANT: refuses only where a rule's answer is
//! *yes* with what is exact at that moment; who asks for the first process, or for what a machine is repaired with, is
//! let through.

use std::{
    collections::{BTreeSet, HashSet},
    os::unix::fs::MetadataExt,
    path::PathBuf,
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use yagura_detect::{
    Field, Rule,
    enforce::{Answer, Condition, all_fields},
    ir::Predicate,
};
use yagura_event::{Arg, ArgName, ArgValue, Event, EventKind, ExeFile, Fd, FdKind, FlagSet, Process};
use yagura_sensor::prevent::{Asked, FileFormat, Question, QuestionKind, Watched};

use crate::{Mode, known, plan};

/// Something that was refused, or would have been.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Refusal {
    /// Number of the rule.
    pub rule: u32,
    /// It was told only.
    pub dry: bool,
    /// The act as it would have been told: what is not known before it is missing.
    pub event: Event,
}

/// Answers the gate's questions.
pub struct Gatekeeper {
    rules: Vec<GateRule>,
    watched: Watched,
    asked: Asked,
    safe: HashSet<(u64, u64)>,
}

struct GateRule {
    number: u32,
    dry: bool,
    exec: Option<Condition>,
    opens: Vec<(EventKind, Condition)>,
}

/// Ways to open a file that are told apart.
pub(crate) const OPENS: [EventKind; 4] =
    [EventKind::Open, EventKind::Openat, EventKind::Openat2, EventKind::Creat];

impl Gatekeeper {
    /// Takes rules, each with its number and what is to be done; those that refuse come first. `kill`: the kernel's
    /// deciders are in force, and nobody is asked about what they decide whole.
    pub fn new<'a>(
        rules: impl Iterator<Item = (u32, &'a Rule, Mode)>,
        safe: &[(u64, u64)],
        kill: bool,
    ) -> Self {
        let mut watched = Watched::default();
        let mut taken: Vec<GateRule> = rules
            .filter(|(_, _, mode)| *mode != Mode::Detect)
            .map(|(number, rule, mode)| {
                let exec = plan::decidable_exec(rule).filter(|_| !(kill && plan::is_killed(rule)));
                watched.programs |= exec.is_some();
                let (opens, folders) = plan::decidable_opens(rule);
                watched.folders.extend(folders);
                GateRule { number, dry: mode == Mode::DryRun, exec, opens }
            })
            .filter(|rule| rule.exec.is_some() || !rule.opens.is_empty())
            .collect();
        taken.sort_by_key(|rule| rule.dry);
        Self { rules: taken, watched, asked: Asked::default(), safe: safe.iter().copied().collect() }
    }

    /// What has to be asked about; nothing where no rule needs the gate.
    pub fn watched(&self) -> Option<Watched> {
        (self.watched.programs || !self.watched.folders.is_empty()).then(|| self.watched.clone())
    }

    /// The folders that are asked about.
    pub fn folders(&self) -> &BTreeSet<PathBuf> {
        &self.watched.folders
    }

    /// What a question comes to; `None`: let it be.
    pub fn judge(&mut self, question: &Question) -> Option<Refusal> {
        match question.kind() {
            QuestionKind::Run => self.judge_run(question),
            QuestionKind::Open => self.judge_open(question),
        }
    }

    fn judge_run(&mut self, question: &Question) -> Option<Refusal> {
        let data = question.file_data()?;
        if self.safe.contains(&(data.dev(), data.ino())) {
            return None;
        }
        let path = question.path()?;
        let is_program = question.format() == FileFormat::Program;
        let of_file = |predicate: &Predicate| {
            known::fixed_of_exec(predicate).is_some()
                || is_program
                    && all_fields(predicate, &|field| {
                        matches!(field.field, Field::ProcExepath | Field::ProcExeIno)
                    })
        };
        let exe_file =
            ExeFile { path: path.into(), inode: data.ino(), device: data.dev(), ..ExeFile::default() };
        // The file alone answers for most programs: then nobody is looked at.
        let shape = Process { exe_file: exe_file.clone(), ..Process::default() };
        let event = known::template(EventKind::Execve, Arc::new(shape), None);
        let open = |rule: &&GateRule| {
            rule.exec.as_ref().is_some_and(|condition| condition.answer(&event, &of_file) != Answer::No)
        };
        if !self.rules.iter().any(|rule| open(&rule)) {
            return None;
        }
        let asker = self.asker(question)?;
        // A program that changes its user: who it will run as is not known.
        let keeps_user = data.mode() & 0o6000 == 0;
        let event = known::template(EventKind::Execve, Arc::new(about_to_run(&asker, exe_file)), None);
        let knows = |predicate: &Predicate| {
            let of_exe = |field: &yagura_detect::FieldRef| {
                matches!(field.field, Field::ProcExepath | Field::ProcExeIno)
            };
            let asks_exe = !all_fields(predicate, &|field| !of_exe(field));
            (is_program || !asks_exe) && known::known_before_exec(predicate, keeps_user)
        };
        let rule = self.rules.iter().find(|rule| {
            rule.exec.as_ref().is_some_and(|condition| condition.answer(&event, &knows) == Answer::Yes)
        })?;
        Some(Refusal { rule: rule.number, dry: rule.dry, event })
    }

    fn judge_open(&mut self, question: &Question) -> Option<Refusal> {
        let (kind, flags) = opened_how(question.call()?)?;
        let rules: Vec<usize> = (0..self.rules.len())
            .filter(|index| self.rules[*index].opens.iter().any(|(of, _)| *of == kind))
            .collect();
        if rules.is_empty() {
            return None;
        }
        let data = question.file_data()?;
        let is = if data.is_dir() { FdKind::Directory } else { FdKind::File };
        let fd = Fd { inode: Some((data.dev(), data.ino())), ..known::opened(is, &question.path()?) };
        let mut event = known::template(kind, Arc::default(), Some(fd));
        if let Some(flags) = flags {
            event.args.push(Arg { name: ArgName::Flags, value: ArgValue::Flags(FlagSet::Open, flags) });
        }
        let of_file = |predicate: &Predicate| {
            known::known_before_open(predicate, flags.is_some())
                && all_fields(predicate, &|field| {
                    let name = field.field.name();
                    name.starts_with("fd.") || name.starts_with("evt.")
                })
        };
        let answer = |rule: &GateRule, event: &Event, knows: &dyn Fn(&Predicate) -> bool| {
            let conditions = rule.opens.iter().filter(|(of, _)| *of == kind);
            conditions.map(|(_, condition)| condition.answer(event, knows)).next().unwrap_or(Answer::No)
        };
        if rules.iter().all(|index| answer(&self.rules[*index], &event, &of_file) == Answer::No) {
            return None;
        }
        event.process = self.asker(question)?;
        event.tid = question.tid();
        let knows = |predicate: &Predicate| known::known_before_open(predicate, flags.is_some());
        let rule = rules
            .iter()
            .map(|index| &self.rules[*index])
            .find(|rule| answer(rule, &event, &knows) == Answer::Yes)?;
        Some(Refusal { rule: rule.number, dry: rule.dry, event })
    }

    // Who asks, unless nobody may refuse it anything.
    fn asker(&mut self, question: &Question) -> Option<Arc<Process>> {
        let pid = question.pid()?;
        let process = self.asked.process(pid).filter(|process| process.pid != 1)?;
        let file = &process.exe_file;
        (!self.safe.contains(&(file.device, file.inode))).then_some(process)
    }
}

// The process as it will be, as far as that is known; its name is only a guess, for people.
fn about_to_run(asker: &Process, exe_file: ExeFile) -> Process {
    let name = exe_file.path.rsplit('/').next().unwrap_or_default();
    let name: Arc<str> = name.chars().take(15).collect::<String>().into();
    Process {
        exe: exe_file.path.clone(),
        cmdline: Arc::clone(&name),
        name,
        exe_file,
        args: Arc::default(),
        env: Arc::default(),
        ..asker.clone()
    }
}

// How a file is opened: by the number of the call (x86-64), and the flags where they stand in a register. `openat2` has
// them in memory, which another thread may change meanwhile; any other call tells nothing.
fn opened_how((number, args): (u64, [u64; 6])) -> Option<(EventKind, Option<u64>)> {
    const O_CREAT_WRONLY_TRUNC: u64 = 0o1101;
    match number {
        2 => Some((EventKind::Open, Some(args[1] & 0xffff_ffff))),
        257 => Some((EventKind::Openat, Some(args[2] & 0xffff_ffff))),
        85 => Some((EventKind::Creat, Some(O_CREAT_WRONLY_TRUNC))),
        437 => Some((EventKind::Openat2, None)),
        _ => None,
    }
}
