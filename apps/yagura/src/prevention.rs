//! Prevention while the server runs: keeps the kernel's deciders and the gate's responder in step with the rules, and
//! tells what they refused.
//!
//! The responder and its guard are processes of their own (this program, started anew): whatever becomes of this one,
//! nobody waits for it. INVARIANT: what fails here refuses less, never more, and is counted.

mod containment;
mod posts;
mod report;

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use yagura_detect::{Engine, Rule, enforce};
use yagura_event::{Asset, Capability, Loss};
use yagura_protect::{Answers, Enforced, Means, Mode, Offers, Plan, RulePlan, program, safe_files};
use yagura_rt::Prevent;
use yagura_sensor::prevent::{Kernel, Program};

pub use self::containment::Containment;
use self::posts::Posts;
pub use self::posts::{run_guard, run_responder};
use crate::{
    judge::Hit,
    rulebook::{Rulebook, Rules},
};

/// How long the kernel's verdicts are waited for before anything else is looked at.
const WAIT: Duration = Duration::from_millis(100);
/// How often files that are left alone are looked up again, and the kernel's tables with them.
const REFRESH: Duration = Duration::from_secs(30);
/// How long after a responder's end the next one is started.
const AGAIN: Duration = Duration::from_secs(1);
/// How long the responder of the rules before goes on at most.
const RETIRE: Duration = Duration::from_secs(5);
/// The file that switches prevention off while it is there.
const OFF_FILE: &str = "prevent.off";

/// What is refused, and how that goes.
pub struct Prevention {
    config: Prevent,
    off_file: PathBuf,
    state: Mutex<Status>,
    counts: Counts,
}

#[derive(Default)]
struct Status {
    plan: Option<Plan>,
    off: Option<String>,
    answers: Answers,
}

#[derive(Default)]
struct Counts {
    refused: AtomicU64,
    would: AtomicU64,
    untold: AtomicU64,
    undecided: AtomicU64,
    failed_open: AtomicU64,
}

/// Where the file that switches prevention off lies.
pub fn off_file(data: &std::path::Path) -> PathBuf {
    data.join(OFF_FILE)
}

/// What is to be done for each rule of the engine, in its order.
pub fn modes(config: &Prevent, engine: &Engine) -> Vec<Mode> {
    let named = |patterns: &[String], rule: &str| patterns.iter().any(|pattern| fits(pattern, rule));
    let mode = |(index, rule): (usize, &Rule)| {
        let index = yagura_detect::RuleIndex(u32::try_from(index).unwrap_or(u32::MAX));
        if !engine.is_enabled(index) {
            Mode::Detect
        } else if named(&config.rules, &rule.name) {
            Mode::Prevent
        } else if named(&config.dry_run, &rule.name) {
            Mode::DryRun
        } else {
            Mode::Detect
        }
    };
    engine.rules().iter().enumerate().map(mode).collect()
}

// A name, or a pattern with `*` for any text.
fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = name.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// The rules that are not only told, less what exceptions take out; each with its number in the engine.
pub fn chosen(engine: &Engine, modes: &[Mode]) -> Vec<(u32, Rule, Mode)> {
    let now = yagura_rt::now();
    let rules = engine.rules().iter().zip(modes).enumerate().filter(|(_, (_, mode))| **mode != Mode::Detect);
    rules
        .map(|(index, (rule, mode))| {
            let number = u32::try_from(index).unwrap_or(u32::MAX);
            (number, enforce::excepted(rule, engine.exceptions(), now), *mode)
        })
        .collect()
}

impl Prevention {
    /// Prevention as configured; `data` is the data directory.
    pub fn new(config: Prevent, data: &std::path::Path) -> Self {
        Self {
            config,
            off_file: off_file(data),
            state: Mutex::new(Status::default()),
            counts: Counts::default(),
        }
    }

    /// Whether any rule may be refused.
    pub fn is_configured(&self) -> bool {
        !self.config.rules.is_empty() || !self.config.dry_run.is_empty()
    }

    fn status(&self) -> std::sync::MutexGuard<'_, Status> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps prevention going until `stop`.
    pub fn run(
        &self,
        rulebook: &Rulebook,
        asset: &Asset,
        hits: &tokio::sync::mpsc::Sender<Hit>,
        stop: &Arc<AtomicBool>,
    ) {
        let mut force: Option<Force> = None;
        let mut told = report::Report::new(asset, hits);
        while !stop.load(Ordering::Acquire) {
            let off = self.off_file.exists();
            let current = rulebook.current();
            let stands = force.as_ref().is_some_and(|force| {
                force.off == off && Arc::ptr_eq(&force.rules, &current) && force.since.elapsed() < REFRESH
            });
            if !stands {
                let rules = Arc::clone(&current);
                drop(current);
                force = Some(self.put_in_force(force, rules, rulebook, off));
            }
            if let Some(force) = &mut force {
                self.turn(force, rulebook, &mut told);
            }
            told.flush();
        }
    }

    // Everything anew where the rules changed; where they did not, what is left alone is looked up again.
    fn put_in_force(
        &self,
        before: Option<Force>,
        rules: Arc<Rules>,
        rulebook: &Rulebook,
        off: bool,
    ) -> Force {
        let modes = modes(&self.config, &rules.engine);
        let chosen = if off { Vec::new() } else { chosen(&rules.engine, &modes) };
        let same = before.as_ref().is_some_and(|force| Arc::ptr_eq(&force.rules, &rules) && force.off == off);
        let safe = safe_files();
        let (kernel, gate) = before.map_or((None, Gate::default()), |force| (force.kernel, force.gate));
        let kernel = self.fill_kernel(kernel, &chosen, safe);
        let plan = Plan::new(chosen.iter().map(|(_, rule, mode)| (rule, *mode)), offers(&kernel));
        let gate = if same {
            gate
        } else {
            let posts = self.post(&chosen, rulebook, kernel.is_ok());
            // The one before answers until the new one does.
            let retiring = gate.posts.filter(|_| posts.is_some()).map(|old| (old, Instant::now()));
            Gate { is_needed: posts.is_some(), posts, retiring, ended: None }
        };
        *self.status() = Status {
            plan: Some(plan),
            off: off.then(|| format!("switched off: {} is there", self.off_file.display())),
            answers: Answers::default(),
        };
        let kernel = kernel.ok().flatten();
        Force { rules, off, kernel, gate, since: Instant::now() }
    }

    // Other tables come with deciders of their own, which are in force before the others go: there is no moment in which
    // nothing is refused.
    fn fill_kernel(
        &self,
        before: Option<Deciders>,
        chosen: &[(u32, Rule, Mode)],
        safe: Vec<(u64, u64)>,
    ) -> Result<Option<Deciders>, String> {
        let compiled = program(chosen.iter().map(|(number, rule, mode)| (*number, rule, *mode)));
        let wanted = (!compiled.program.is_empty()).then_some((compiled.program, safe));
        let Some(tables) = wanted else { return Ok(None) };
        if before.as_ref().is_some_and(|before| before.tables == tables) {
            return Ok(before);
        }
        for (_, rule) in &compiled.left_out {
            tracing::warn!("the kernel's tables have no room for the rule `{rule}`: it is told only");
        }
        let loaded = Kernel::load().and_then(|mut kernel| {
            kernel.apply(&tables.0, &tables.1)?;
            Ok(Deciders { kernel, tables })
        });
        // Only now do the others go.
        drop(before);
        loaded.map(Some).map_err(|error| {
            tracing::error!(%error, "the kernel's deciders are not in force");
            error.to_string()
        })
    }

    fn post(&self, chosen: &[(u32, Rule, Mode)], rulebook: &Rulebook, kill: bool) -> Option<Posts> {
        let by_gate = yagura_protect::Gatekeeper::new(
            chosen.iter().map(|(number, rule, mode)| (*number, rule, *mode)),
            &[],
            kill,
        );
        by_gate.watched()?;
        let modes: BTreeMap<String, Mode> =
            chosen.iter().map(|(_, rule, mode)| (rule.name.clone(), *mode)).collect();
        let started = Posts::start(&posts::Orders {
            detect: rulebook.config().clone(),
            enabled: rulebook.enabled(),
            modes,
            kill,
        });
        started.map_err(|error| tracing::error!("the gate's responder could not start: {error:#}")).ok()
    }

    // One round: what the kernel refused, what the gate refused, and whether its responder still lives.
    fn turn(&self, force: &mut Force, rulebook: &Rulebook, told: &mut report::Report<'_>) {
        let engine = &force.rules.engine;
        match &force.kernel {
            Some(Deciders { kernel, .. }) => {
                let mut tell = |verdict| self.count(told.verdict(engine, &verdict));
                if let Err(error) = kernel.read(WAIT, &mut tell) {
                    tracing::error!(%error, "what the kernel refuses is not told");
                    std::thread::sleep(WAIT);
                }
                let counts = kernel.counts();
                self.counts.untold.store(counts.untold, Ordering::Relaxed);
                self.counts.undecided.store(counts.undecided, Ordering::Relaxed);
            }
            None => std::thread::sleep(WAIT),
        }
        self.turn_gate(force, rulebook, told);
    }

    fn turn_gate(&self, force: &mut Force, rulebook: &Rulebook, told: &mut report::Report<'_>) {
        let engine = &force.rules.engine;
        let gate = &mut force.gate;
        let lines: Vec<posts::Line> = gate.posts.iter().flat_map(Posts::lines).collect();
        let answers = !lines.is_empty();
        if gate.retiring.as_ref().is_some_and(|(_, since)| answers || since.elapsed() > RETIRE) {
            gate.retiring = None;
        }
        for line in lines {
            match line {
                posts::Line::Refusal(refusal) => self.count(told.refusal(engine, refusal)),
                posts::Line::Answers(answers) => self.status().answers = answers,
            }
        }
        if gate.posts.as_mut().is_some_and(Posts::has_ended) {
            self.counts.failed_open.fetch_add(1, Ordering::Relaxed);
            tracing::error!("the gate's responder ended: nobody waited for it, and a new one is started");
            (gate.posts, gate.ended) = (None, Some(Instant::now()));
        }
        let due = gate.ended.is_some_and(|ended| ended.elapsed() > AGAIN);
        if gate.is_needed && gate.posts.is_none() && due {
            let modes = modes(&self.config, engine);
            gate.posts = self.post(&chosen(engine, &modes), rulebook, force.kernel.is_some());
            gate.ended = Some(Instant::now());
        }
    }

    fn count(&self, dry: bool) {
        let counter = if dry { &self.counts.would } else { &self.counts.refused };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// What is refused and how, as lines of the sensor's status.
    pub fn capabilities(&self) -> Vec<Capability> {
        let status = self.status();
        let Some(plan) = status.plan.as_ref().filter(|_| self.is_configured()) else { return Vec::new() };
        let mut lines: Vec<Capability> = Means::ALL
            .iter()
            .map(|means| Capability {
                name: format!("prevent/{}", means.name()),
                available: plan.offers.has(*means).is_ok(),
                detail: plan.offers.has(*means).err().unwrap_or(means.how()).to_owned(),
            })
            .collect();
        if let Err(reason) = &plan.offers.lsm {
            lines.push(Capability {
                name: "prevent/lsm".to_owned(),
                available: false,
                detail: reason.clone(),
            });
        }
        lines.extend(status.off.iter().map(|reason| Capability {
            name: "prevent".to_owned(),
            available: false,
            detail: reason.clone(),
        }));
        lines.extend(plan.rules.iter().map(rule_line));
        lines
    }

    /// What went wrong on the way of refusing.
    pub fn losses(&self) -> Vec<Loss> {
        if !self.is_configured() {
            return Vec::new();
        }
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let loss = |place: &str, count, detail: &str| Loss {
            place: place.to_owned(),
            count,
            detail: detail.to_owned(),
        };
        let answers = self.status().answers;
        vec![
            loss("prevent_untold", count(&self.counts.untold), "refused in the kernel and not told"),
            loss(
                "prevent_undecided",
                count(&self.counts.undecided) + answers.undecided + answers.failed,
                "acts that went on because nobody could decide in time",
            ),
            loss(
                "prevent_failed_open",
                count(&self.counts.failed_open),
                "times that the gate's responder ended or was ended by its guard; acts went on meanwhile",
            ),
        ]
    }

    /// How many acts were refused, and how many would have been.
    pub fn refused(&self) -> (u64, u64) {
        (self.counts.refused.load(Ordering::Relaxed), self.counts.would.load(Ordering::Relaxed))
    }
}

/// The kernel's deciders and what they decide by.
struct Deciders {
    kernel: Kernel,
    tables: (Program, Vec<(u64, u64)>),
}

/// What is in force at the moment.
struct Force {
    rules: Arc<Rules>,
    off: bool,
    kernel: Option<Deciders>,
    gate: Gate,
    since: Instant,
}

/// The gate's answerers.
#[derive(Default)]
struct Gate {
    is_needed: bool,
    posts: Option<Posts>,
    // Those of the rules before, since when.
    retiring: Option<(Posts, Instant)>,
    // When the last responder ended.
    ended: Option<Instant>,
}

// What the machine has, without taking down what is in force.
fn offers(kernel: &Result<Option<Deciders>, String>) -> Offers {
    let mut offers = Offers { kill: Ok(()), connect: Ok(()), ..Offers::probe_gate() };
    match kernel {
        Ok(Some(deciders)) => offers.connect = deciders.kernel.connections().map_err(str::to_owned),
        Ok(None) => return Offers::probe(),
        Err(error) => (offers.kill, offers.connect) = (Err(error.clone()), Err(error.clone())),
    }
    offers
}

fn rule_line(plan: &RulePlan) -> Capability {
    let means: Vec<&str> = plan.means.iter().map(|planned| planned.means.name()).collect();
    let means = if means.is_empty() { "told only".to_owned() } else { means.join(", ") };
    let why = if plan.reasons.is_empty() { String::new() } else { format!("; {}", plan.reasons.join("; ")) };
    Capability {
        name: format!("{}: {}", plan.mode.name(), plan.rule),
        available: plan.enforced != Enforced::Not,
        detail: format!("{} enforced: {means}{why}", plan.enforced.name()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_names_rules_by_any_text_between() {
        for (pattern, name, expected) in [
            ("Netcat run", "Netcat run", true),
            ("Netcat run", "Netcat runs", false),
            ("*", "anything", true),
            ("Netcat*", "Netcat run", true),
            ("*run", "Netcat run", true),
            ("N*t*n", "Netcat run", true),
            ("N*x*n", "Netcat run", false),
            ("", "Netcat run", false),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }
}
