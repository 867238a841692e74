//! [`Plan`]: for every rule, what can be refused here, by which means, and why not more.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use serde::Serialize;
use yagura_detect::{
    Field, Rule,
    enforce::{Alternatives, Condition, Literal},
    ir::{Term, Test, TextTest},
};
use yagura_event::EventKind;
use yagura_sensor::prevent::Hook;

use crate::{Means, Mode, Offers, gatekeeper::OPENS, known, tables};

/// How much of a rule can be refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Enforced {
    /// Everything it finds.
    Fully,
    /// Some of what it finds; the rest is told.
    Partly,
    /// Nothing: it is told.
    Not,
}

impl Enforced {
    /// The word used in JSON and tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fully => "fully",
            Self::Partly => "partly",
            Self::Not => "not",
        }
    }
}

/// A means and how far it goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedMeans {
    /// The means.
    pub means: Means,
    /// Whether it decides the whole condition for its events.
    pub whole: bool,
    /// What it does not know at that moment.
    pub unknown: BTreeSet<String>,
    /// Further limits, in words.
    pub limits: Vec<String>,
}

/// What can be done about one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RulePlan {
    /// The rule.
    pub rule: String,
    /// What is to be done.
    pub mode: Mode,
    /// How much of it can be refused.
    pub enforced: Enforced,
    /// By which means.
    pub means: Vec<PlannedMeans>,
    /// Why not more, in words.
    pub reasons: Vec<String>,
}

/// What can be done about all rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// What this machine offers.
    pub offers: Offers,
    /// Each rule.
    pub rules: Vec<RulePlan>,
}

impl Plan {
    /// Plans rules, each with what is to be done.
    pub fn new<'a>(rules: impl Iterator<Item = (&'a Rule, Mode)>, offers: Offers) -> Self {
        let rules = rules.map(|(rule, mode)| of_rule(rule, mode, &offers)).collect();
        Self { offers, rules }
    }
}

fn of_rule(rule: &Rule, mode: Mode, offers: &Offers) -> RulePlan {
    let mut plan = RulePlan {
        rule: rule.name.clone(),
        mode,
        enforced: Enforced::Not,
        means: Vec::new(),
        reasons: Vec::new(),
    };
    let mut open: BTreeSet<EventKind> = EventKind::ALL
        .iter()
        .copied()
        // A program that began is told as `execve`, whichever call began it.
        .filter(|kind| *kind != EventKind::Execveat && Condition::new(rule, *kind).is_some())
        .collect();
    if open.contains(&EventKind::Execve) {
        plan_exec(rule, offers, &mut plan, &mut open);
    }
    if open.contains(&EventKind::Connect) {
        plan_connect(rule, offers, &mut plan, &mut open);
    }
    plan_opens(rule, offers, &mut plan, &mut open);
    let other: Vec<&str> = open
        .iter()
        .filter(|kind| !matches!(kind, EventKind::Execve | EventKind::Connect) && !OPENS.contains(kind))
        .map(|kind| kind.name())
        .collect();
    if !other.is_empty() {
        plan.reasons.push(match &offers.lsm {
            Ok(()) => format!("nothing here refuses {}", list(&other)),
            Err(_) => format!(
                "nothing here refuses {}: this kernel takes no programs on its security hooks",
                list(&other)
            ),
        });
    }
    plan.enforced = match (plan.means.is_empty(), open.is_empty()) {
        (true, _) => Enforced::Not,
        (false, true) => Enforced::Fully,
        (false, false) => Enforced::Partly,
    };
    plan
}

fn list(words: &[&str]) -> String {
    const SHOWN: usize = 6;
    let shown = words.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    if words.len() > SHOWN { format!("{shown} and {} more", words.len() - SHOWN) } else { shown }
}

// Adds a means where the machine has it; says whether it decides the whole condition.
fn add(
    plan: &mut RulePlan,
    offers: &Offers,
    means: Means,
    found: &Alternatives,
    limits: Vec<String>,
) -> bool {
    if found.list.is_empty() {
        return false;
    }
    if let Err(reason) = offers.has(means) {
        plan.reasons.push(format!("{}: {reason}", means.name()));
        return false;
    }
    let whole = found.is_complete();
    plan.means.push(PlannedMeans { means, whole, unknown: found.unknown.clone(), limits });
    whole
}

fn plan_exec(rule: &Rule, offers: &Offers, plan: &mut RulePlan, open: &mut BTreeSet<EventKind>) {
    let kernel = tables::alternatives(rule, Hook::Exec).unwrap_or_default();
    let gate = gate_alternatives(rule, EventKind::Execve).unwrap_or_default();
    if add(plan, offers, Means::Kill, &kernel, Vec::new()) {
        open.remove(&EventKind::Execve);
        return;
    }
    let limits = vec![
        "a file system that was mounted a moment ago is not asked about yet; neither is a memory file"
            .to_owned(),
    ];
    // It decides all of it, but it does not see every file.
    if add(plan, offers, Means::DenyExec, &gate, limits) {
        plan.reasons.push("only the gate decides all of it, and it does not see every file".to_owned());
    }
    if kernel.list.is_empty() && gate.list.is_empty() {
        let unknown: BTreeSet<&String> = kernel.unknown.intersection(&gate.unknown).collect();
        let unknown: Vec<&str> = if unknown.is_empty() {
            kernel.unknown.iter().map(String::as_str).collect()
        } else {
            unknown.into_iter().map(String::as_str).collect()
        };
        plan.reasons.push(format!("not known before a program runs: {}", list(&unknown)));
    }
    if kernel.too_many || gate.too_many {
        plan.reasons.push("its condition has too many alternatives for the kernel's tables".to_owned());
    }
}

fn plan_connect(rule: &Rule, offers: &Offers, plan: &mut RulePlan, open: &mut BTreeSet<EventKind>) {
    let found = tables::alternatives(rule, Hook::Connect).unwrap_or_default();
    let limits = vec!["Internet addresses only; datagrams sent without connect pass".to_owned()];
    if add(plan, offers, Means::DenyConnect, &found, limits) {
        open.remove(&EventKind::Connect);
    } else if found.list.is_empty() && !found.unknown.is_empty() {
        let unknown: Vec<&str> = found.unknown.iter().map(String::as_str).collect();
        plan.reasons.push(format!("not known to the kernel before a connection: {}", list(&unknown)));
    }
}

fn plan_opens(rule: &Rule, offers: &Offers, plan: &mut RulePlan, open: &mut BTreeSet<EventKind>) {
    let mut joined = Alternatives::default();
    let mut limits = BTreeSet::new();
    let mut whole = Vec::new();
    for kind in OPENS {
        let Some(found) = gate_alternatives(rule, kind) else { continue };
        let (kept, everywhere) = split(found.list);
        if everywhere {
            limits.insert(
                "some of it would have to be asked at every open of the machine, which is not done"
                    .to_owned(),
            );
        } else if found.unknown.is_empty() && !found.too_many && !kept.is_empty() {
            whole.push(kind);
        }
        joined.unknown.extend(found.unknown);
        joined.too_many |= found.too_many;
        joined.list.extend(kept.into_iter().map(|(literals, _)| literals));
    }
    if joined.list.is_empty() {
        if OPENS.iter().any(|kind| open.contains(kind)) {
            let unknown: Vec<&str> = joined.unknown.iter().map(String::as_str).collect();
            let more = limits.into_iter().next();
            plan.reasons.push(match more {
                Some(limit) => limit,
                None => format!("not known before a file is opened: {}", list(&unknown)),
            });
        }
        return;
    }
    limits.insert("a file that O_CREAT makes is made before anybody is asked, and stays empty".to_owned());
    let is_there = offers.has(Means::DenyOpen).is_ok();
    add(plan, offers, Means::DenyOpen, &joined, limits.into_iter().collect());
    whole.iter().filter(|_| is_there).for_each(|kind| {
        open.remove(kind);
    });
}

fn gate_alternatives(rule: &Rule, kind: EventKind) -> Option<Alternatives> {
    Some(Condition::new(rule, kind)?.alternatives(&|predicate| known::gate_support(kind, predicate)))
}

/// Whether the kernel's deciders decide all of a rule's condition for programs.
pub(crate) fn is_killed(rule: &Rule) -> bool {
    tables::alternatives(rule, Hook::Exec).is_some_and(|found| found.is_complete() && !found.list.is_empty())
}

/// The condition for programs, where the gate can decide some of it.
pub(crate) fn decidable_exec(rule: &Rule) -> Option<Condition> {
    let found = gate_alternatives(rule, EventKind::Execve)?;
    // With nothing about the file or who runs it, every program would be refused.
    let says_something = found.list.iter().any(|literals| !literals.is_empty());
    says_something.then(|| Condition::new(rule, EventKind::Execve)).flatten()
}

/// The conditions for files by way of opening, where the gate can decide some of them, and the folders to watch.
pub(crate) fn decidable_opens(rule: &Rule) -> (Vec<(EventKind, Condition)>, BTreeSet<PathBuf>) {
    let (mut conditions, mut folders) = (BTreeMap::new(), BTreeSet::new());
    for kind in OPENS {
        let Some(found) = gate_alternatives(rule, kind) else { continue };
        let (kept, _) = split(found.list);
        for (_, of) in kept {
            folders.extend(of);
            if !conditions.contains_key(&kind) {
                conditions.extend(Condition::new(rule, kind).map(|condition| (kind, condition)));
            }
        }
    }
    (conditions.into_iter().collect(), folders)
}

/// A conjunction, and the folders whose files are to be asked about for it.
type InFolders = (Vec<Literal>, BTreeSet<PathBuf>);

// Conjunctions that name the folders of their files; true where others were left out.
fn split(alternatives: Vec<Vec<Literal>>) -> (Vec<InFolders>, bool) {
    let all = alternatives.len();
    let kept: Vec<InFolders> = alternatives
        .into_iter()
        .filter_map(|literals| {
            let folders = literals.iter().find_map(folders_of)?;
            Some((literals, folders))
        })
        .collect();
    let left_out = kept.len() < all;
    (kept, left_out)
}

// Folders that a test names: by the file's name, or by its folder.
fn folders_of(literal: &Literal) -> Option<BTreeSet<PathBuf>> {
    let Term::Field(field) = &literal.predicate.term else { return None };
    let Test::Text(TextTest::Equals, texts) = &literal.predicate.test else { return None };
    if !literal.holds {
        return None;
    }
    let absolute = |text: &str| text.starts_with('/').then(|| PathBuf::from(text));
    texts
        .iter()
        .map(|text| match field.field {
            Field::FdName => {
                Path::new(&**text).parent().filter(|_| text.starts_with('/')).map(Path::to_owned)
            }
            Field::FdDirectory => absolute(text),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use yagura_detect::{SourceFile, falco};

    use super::*;

    fn plan(condition: &str) -> RulePlan {
        let condition = serde_json::to_string(condition).expect("a text");
        let text = format!("- rule: r\n  desc: d\n  condition: {condition}\n  output: o\n  priority: INFO\n");
        let loaded = falco::load(&[SourceFile::new("t.yaml", text)], &falco::LoadOptions::default());
        let rule = loaded.rules.find("r").unwrap_or_else(|| panic!("{:?}", loaded.diagnostics));
        of_rule(rule, Mode::Prevent, &Offers::everything())
    }

    #[test]
    fn what_a_rule_asks_for_decides_what_can_be_refused() {
        use Enforced::{Fully, Not, Partly};
        use Means::{DenyConnect, DenyExec, DenyOpen, Kill};
        for (condition, enforced, means) in [
            ("evt.type = execve and proc.name = nc", Fully, &[Kill][..]),
            ("evt.type = execve and evt.res = SUCCESS and proc.exepath = /bin/nc", Fully, &[Kill]),
            (
                "evt.type in (execve, execveat) and proc.exepath = /bin/nc and proc.args contains -e",
                Fully,
                &[Kill],
            ),
            ("evt.type = execve and proc.exepath = /bin/nc and container.id != host", Partly, &[DenyExec]),
            ("evt.type = execve and proc.name != sh and proc.pname != sh and proc.tty != 0", Fully, &[Kill]),
            ("evt.type = execve and proc.name = sh and proc.aname in (nginx, apache2)", Fully, &[Kill]),
            ("evt.type = execve and proc.name = sh and proc.aname startswith ng", Not, &[]),
            ("evt.type = execve and proc.args icontains x", Not, &[]),
            ("evt.type = execve and (proc.name = nc or proc.env contains X)", Partly, &[Kill]),
            ("evt.type = execve and proc.name = nc and not proc.cmdline contains ok", Fully, &[Kill]),
            ("evt.type in (open, openat) and fd.name = /etc/shadow", Fully, &[DenyOpen]),
            (
                "evt.type in (open, openat, openat2) and evt.is_open_write = true and fd.name = /etc/x",
                Partly,
                &[DenyOpen],
            ),
            ("evt.type = openat and fd.directory = /etc/cron.d and fd.num >= 0", Fully, &[DenyOpen]),
            ("evt.type = openat and fd.name startswith /etc/", Not, &[]),
            ("evt.type = openat and fd.name = /etc/x and proc.cmdline contains y", Not, &[]),
            ("evt.type = connect and fd.sport = 4444 and fd.sip = \"10.0.0.1\"", Fully, &[DenyConnect]),
            ("evt.type = connect and fd.sport = 4444 and fd.cport = 1", Not, &[]),
            ("evt.type in (connect, sendto) and fd.sport = 4444", Partly, &[DenyConnect]),
            ("evt.type = ptrace", Not, &[]),
        ] {
            let plan = plan(condition);
            let found: Vec<Means> = plan.means.iter().map(|planned| planned.means).collect();
            assert_eq!((plan.enforced, found.as_slice()), (enforced, means), "{condition}: {plan:?}");
            assert!(
                enforced == Fully || !plan.reasons.is_empty() || !plan.means.is_empty(),
                "{condition}: says why"
            );
        }
    }

    #[test]
    fn what_the_machine_lacks_is_said() {
        let lacking = Offers { kill: Err("EPERM".to_owned()), ..Offers::everything() };
        let text = "- rule: r\n  desc: d\n  condition: evt.type = execve and proc.name = nc\n  output: o\n  priority: INFO\n";
        let loaded = falco::load(&[SourceFile::new("t.yaml", text)], &falco::LoadOptions::default());
        let plan = Plan::new(loaded.rules.rules().iter().map(|rule| (rule, Mode::Prevent)), lacking);
        assert_eq!(plan.rules[0].enforced, Enforced::Not);
        assert!(plan.rules[0].reasons.contains(&"kill: EPERM".to_owned()), "{:?}", plan.rules[0].reasons);
    }
}
