//! [`Matcher`]: puts events through an [`Engine`].
//!
//! For an event it looks, in this order, at: what is remembered of its process (which rules of this shape of event the
//! process passes); the look-ups that those rules hang on; the rules the look-ups point at. Every predicate and every
//! shared part of a condition is evaluated at most once per event, and at most once per process where the process alone
//! decides it.
//!
//! INVARIANT: a [`yagura_event::Process`] never changes and its id is never given to another, so answers kept by id
//! stay true. [`Matcher::forget`] drops them for whoever replays several recordings.

pub(crate) mod bits;
pub(crate) mod glob;
pub(crate) mod hash;
mod memory;
pub(crate) mod re2;
mod sieve;
pub(crate) mod single;
pub(crate) mod term;
pub(crate) mod texts;

use std::sync::Arc;

use yagura_event::{Event, FlagSet};

use self::{
    bits::each_bit,
    memory::{EventMemory, FlagMemory, ProcessMemory},
};
use crate::{
    compile::{
        Engine, RuleMatching,
        graph::{Node, NodeId},
        group::{Group, GroupId, Index},
        plan::Plan,
        shape::{Shape, ShapeId},
    },
    exception::ExceptionIndex,
    field::{Value, quick::QuickValue},
    rule::RuleIndex,
};

/// Puts events through an [`Engine`]. Holds some megabytes of memory about processes, bounded by `limits.rs`.
#[derive(Debug)]
pub struct Matcher {
    engine: Arc<Engine>,
    state: State,
    matched: Vec<RuleIndex>,
    suppressed: Vec<(RuleIndex, ExceptionIndex)>,
}

#[derive(Debug)]
struct State {
    event: EventMemory,
    processes: ProcessMemory,
    // Where the present event's process is kept.
    entry: usize,
    candidates: Vec<u64>,
}

impl Matcher {
    pub(crate) fn new(engine: Arc<Engine>) -> Self {
        let state = State {
            event: EventMemory::new(&engine),
            processes: ProcessMemory::new(&engine),
            entry: 0,
            candidates: Vec::new(),
        };
        Self { engine, state, matched: Vec::new(), suppressed: Vec::new() }
    }

    /// The rules that match the event: the first in load order, or all, as the engine's options say. A rule that an
    /// exception suppresses counts as if it had not matched.
    pub fn matches(&mut self, event: &Event) -> &[RuleIndex] {
        self.matched.clear();
        self.suppressed.clear();
        let engine = &*self.engine;
        let shape = Shape::place(event);
        let plan = &engine.plans[usize::from(shape)];
        if plan.rules.is_empty() {
            return &self.matched;
        }
        let state = &mut self.state;
        state.event.next();
        state.entry = state.processes.enter(event.process.id);
        if !state.candidates(engine, plan, shape, event) {
            return &self.matched;
        }
        for word in 0..state.candidates.len() {
            for position in each_bit(state.candidates[word], word * 64) {
                let rule = &plan.rules[position];
                if (!plan.process_deferred.has(position) || state.holds(engine, event, rule.process))
                    && state.holds(engine, event, rule.event)
                {
                    if let Some(exception) = state.exception(engine, event, rule.rule) {
                        self.suppressed.push((rule.rule, exception));
                        continue;
                    }
                    self.matched.push(rule.rule);
                    if engine.rule_matching == RuleMatching::First {
                        return &self.matched;
                    }
                }
            }
        }
        &self.matched
    }

    /// The rules that would have matched the last event, each with the exception that suppressed it.
    pub fn suppressed(&self) -> &[(RuleIndex, ExceptionIndex)] {
        &self.suppressed
    }

    /// The engine this matcher runs.
    pub fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// Forgets every process. To be called before events of another run of a sensor, whose process ids begin anew.
    pub fn forget(&mut self) {
        self.state.processes.forget();
    }
}

impl State {
    // The first exception from this rule that holds and has not run out.
    fn exception(&mut self, engine: &Engine, event: &Event, rule: RuleIndex) -> Option<ExceptionIndex> {
        let found = engine.exceptions_of(rule).iter().find(|(index, node)| {
            !engine.exception(*index).is_expired(event.time) && self.holds(engine, event, *node)
        });
        found.map(|(index, _)| *index)
    }

    // Collects the rules to look at; false where there are none.
    fn candidates(&mut self, engine: &Engine, plan: &Plan, shape: ShapeId, event: &Event) -> bool {
        let passed = match self.processes.passed(self.entry, shape) {
            Some(passed) => passed,
            None => self.decide_process(engine, plan, shape, event),
        };
        let words = plan.event_always.words.len();
        let lookups = self.processes.passed_lookups(self.entry, passed);
        if lookups == 0 && !plan.has_always {
            return false;
        }
        self.candidates.clear();
        self.candidates.extend(
            self.processes
                .passed_words(self.entry, passed, words)
                .iter()
                .zip(&plan.event_always.words)
                .map(|(passed, always)| passed & always),
        );
        for lookup in each_bit(lookups, 0) {
            for (group, _) in plan.groups_of_lookup(lookup) {
                self.ask_group(engine, event, *group);
            }
        }
        let passed_words = self.processes.passed_words(self.entry, passed, words);
        for predicate in &self.event.hits {
            for position in plan.pointed_at(*predicate) {
                let (word, bit) = (*position as usize / 64, 1 << (position % 64));
                self.candidates[word] |= passed_words[word] & bit;
            }
        }
        true
    }

    // Finds the rules of this shape that the process passes, and remembers them.
    fn decide_process(&mut self, engine: &Engine, plan: &Plan, shape: ShapeId, event: &Event) -> usize {
        for group in &plan.process_groups {
            self.ask_group(engine, event, *group);
        }
        let mut open: Vec<u64> = std::mem::take(&mut self.candidates);
        open.clear();
        open.extend_from_slice(&plan.process_always.words);
        for predicate in self.processes.hits(self.entry) {
            for position in plan.pointed_at(*predicate) {
                let (word, bit) = (*position as usize / 64, 1 << (position % 64));
                open[word] |= plan.process_anchored.words[word] & bit;
            }
        }
        for (at, word) in open.iter_mut().enumerate() {
            for position in each_bit(*word, at * 64) {
                if !self.holds(engine, event, plan.rules[position].process) {
                    *word &= !(1 << (position % 64));
                }
            }
            *word |= plan.process_deferred.words[at];
        }
        let passed = self.processes.remember(self.entry, shape, plan.lookups(&open), &open);
        self.candidates = open;
        passed
    }

    fn holds(&mut self, engine: &Engine, event: &Event, node: NodeId) -> bool {
        let of_process = engine.graph.of_process[node as usize];
        let known = match &engine.graph.nodes[node as usize] {
            Node::Constant(value) => return *value,
            Node::Not(inner) => return !self.holds(engine, event, *inner),
            Node::Predicate(id) => return self.predicate_holds(engine, event, node, *id),
            Node::And(_) | Node::Or(_) if of_process => {
                self.processes.known(self.entry, engine.graph.process_bit[node as usize])
            }
            Node::And(_) | Node::Or(_) => self.event.known(node),
        };
        if let Some(value) = known {
            return value;
        }
        let value = match &engine.graph.nodes[node as usize] {
            Node::And(parts) => parts.iter().all(|part| self.holds(engine, event, *part)),
            Node::Or(parts) => parts.iter().any(|part| self.holds(engine, event, *part)),
            Node::Constant(_) | Node::Not(_) | Node::Predicate(_) => unreachable!("answered above"),
        };
        if of_process {
            self.processes.know(self.entry, engine.graph.process_bit[node as usize], value);
        } else {
            self.event.know(node, value);
        }
        value
    }

    fn predicate_holds(&mut self, engine: &Engine, event: &Event, node: NodeId, predicate: u32) -> bool {
        let group = engine.groups.of_predicate[predicate as usize];
        self.ask_group(engine, event, group);
        if engine.graph.of_process[node as usize] {
            self.processes.is_hit(self.entry, predicate)
        } else {
            self.event.is_hit(predicate)
        }
    }

    // Answers a group's predicates, unless they are answered already.
    fn ask_group(&mut self, engine: &Engine, event: &Event, id: GroupId) {
        let group = &engine.groups.groups[id as usize];
        if group.of_process {
            if self.processes.ask(self.entry, id) {
                let entry = self.processes.entry(self.entry);
                search(group, id, event, &mut self.event.flags, &mut |hit| entry.hit(hit));
            }
        } else if self.event.ask(id) {
            let EventMemory { epoch, hit_stamps, hits, flags, slash, .. } = &mut self.event;
            let mut hit = |hit: u32| {
                if hit_stamps[hit as usize] != *epoch {
                    hit_stamps[hit as usize] = *epoch;
                    hits.push(hit);
                }
            };
            match group.quick.map(|quick| quick.get(event, slash)) {
                Some(QuickValue::Nothing) => {}
                Some(QuickValue::Text(text)) => search_text(&group.index, text, &mut hit),
                Some(QuickValue::Flags(set, bits)) => {
                    flag_hits(&group.index, id, set, bits, flags, &mut hit);
                }
                Some(QuickValue::Other) | None => search(group, id, event, flags, &mut hit),
            }
        }
    }
}

fn search(group: &Group, id: GroupId, event: &Event, flags: &mut FlagMemory, hit: &mut impl FnMut(u32)) {
    if let Index::Single(single, predicate) = &group.index {
        if single.holds(event) {
            hit(*predicate);
        }
        return;
    }
    term::each(&group.term, event, &mut |value| match (&group.index, value) {
        (Index::Numbers(table), value) => {
            if let Some(ids) = value.number().and_then(|number| table.get(&number)) {
                ids.iter().copied().for_each(&mut *hit);
            }
        }
        (index, Value::Flags(set, bits)) => flag_hits(index, id, set, bits, flags, hit),
        (index, value) => search_text(index, &value.into_text(), hit),
    });
}

// The text of flags is long, and the same few values come again and again.
fn flag_hits(
    index: &Index,
    group: GroupId,
    set: FlagSet,
    bits: u64,
    memory: &mut FlagMemory,
    hit: &mut impl FnMut(u32),
) {
    let find = |found: &mut Vec<u32>| search_text(index, &set.render(bits), &mut |id| found.push(id));
    memory.get(group, set, bits, find).iter().copied().for_each(hit);
}

fn search_text(index: &Index, text: &str, hit: &mut impl FnMut(u32)) {
    match index {
        Index::Equal(equal) => equal.find(text, hit),
        Index::StartsWith(tree) | Index::EndsWith(tree) => tree.find(text, hit),
        Index::Contains(anywhere) => anywhere.find(text, hit),
        Index::Numbers(_) | Index::Single(..) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        EngineOptions, SourceFile, case, falco,
        ir::{Expr, Predicate},
    };

    const CONDITIONS: [&str; 28] = [
        "evt.type in (open, openat, openat2) and evt.is_open_write = true and fd.typechar = 'f' and fd.num >= 0",
        "evt.type = openat and evt.is_open_read = true and fd.name startswith /etc",
        "evt.type = openat and not evt.is_open_read = true and fd.directory = /etc",
        "evt.type = openat and evt.is_open_write = false",
        "evt.is_open_write exists and fd.filename in (shadow, passwd)",
        "evt.type in (open, openat) and fd.type = file and fd.name contains /.ssh/",
        "evt.type in (open, openat) and not fd.type = file",
        "fd.typechar in (d, f) and fd.name endswith shadow",
        "fd.num > -1 and evt.type = openat and fd.nameraw contains ../",
        "fd.num < 0 and evt.type = openat",
        "fd.num in (3, 4) and evt.type = openat",
        "fd.num = 3 or fd.num = -1",
        "evt.num = 0",
        "not evt.num = 0 and evt.type = openat and evt.arg.flags contains O_CREAT",
        "evt.num >= 0 and evt.type = unlinkat and evt.arg.name endswith ash_history",
        "evt.num > 0 and evt.type = unlinkat and fd.name exists",
        "evt.num != 0 and evt.type = connect and fd.sport = 22",
        "evt.num < 1 or evt.type = execve",
        "evt.num <= 1 and proc.name = sh",
        "evt.num in (0, 1, 2)",
        "evt.num in (0, -5) or fd.directory in (/etc, /root/.ssh)",
        "fd.name glob /etc/* and evt.is_open_read = true",
        "not (evt.is_open_write = true or proc.name = sh) and evt.type in (openat, openat2)",
        "evt.type = openat and evt.arg.flags contains O_TRUNC and not fd.name pmatch (/tmp, /var)",
        "evt.type = openat and fd.name icontains SHADOW",
        "evt.type.is.open = 1 and evt.is_open_read = true",
        "proc.name in (sh, cat) and evt.type != openat",
        "evt.arg.name contains history or evt.arg.path contains x",
    ];

    fn events() -> Vec<Event> {
        let mut texts = vec![
            "{kind: execve, process: {name: sh}}".to_owned(),
            "{kind: unlinkat, args: {name: /root/.bash_history}}".to_owned(),
            "{kind: unlinkat, args: {name: x, path: /x}, fd: {name: /a, number: -1}}".to_owned(),
            "{kind: connect, fd: {name: '10.0.0.1:9->10.0.0.2:22', kind: ipv4, number: 3}}".to_owned(),
            "{kind: openat}".to_owned(),
        ];
        let names = ["/etc/shadow", "/root/.ssh/id_rsa", "/etc", "/tmp/passwd", "shadow", "/", "/var/x/../y"];
        for kind in ["open", "openat", "openat2"] {
            for name in names {
                for fd in ["file", "directory", "pipe"] {
                    for (number, flags) in [
                        (3, "O_RDONLY"),
                        (3, "O_WRONLY|O_CREAT|O_TRUNC"),
                        (4, "O_RDWR"),
                        (-1, "O_RDONLY"),
                        (0, "O_RDWR|O_CREAT"),
                    ] {
                        let process = if number == 3 { "cat" } else { "sh" };
                        texts.push(format!(
                            "{{kind: {kind}, process: {{name: {process}}}, result: {number}, fd: {{name: {name}, raw_name: \
                             ../{name}, kind: {fd}, number: {number}}}, args: {{flags: {flags}, name: {name}}}}}"
                        ));
                    }
                }
                texts.push(format!("{{kind: {kind}, fd: {{name: {name}, number: 3}}}}"));
            }
        }
        let event = |(index, text): (usize, &String)| {
            let mut event = case::event(text).expect(text);
            event.number = index as u64 % 3 + 1;
            // Some share a process, as events do.
            Arc::make_mut(&mut event.process).id =
                if &*event.process.name == "cat" { 1 } else { 2 + index as u64 };
            event
        };
        texts.iter().enumerate().map(event).collect()
    }

    fn one_by_one(expression: &Expr, event: &Event) -> bool {
        match expression {
            Expr::Constant(value) => *value,
            Expr::Test(predicate) => single::Single::new(Predicate::clone(predicate)).holds(event),
            Expr::Not(inner) => !one_by_one(inner, event),
            Expr::Named(_, inner) => one_by_one(inner, event),
            Expr::And(parts) => parts.iter().all(|part| one_by_one(part, event)),
            Expr::Or(parts) => parts.iter().any(|part| one_by_one(part, event)),
        }
    }

    #[test]
    fn all_rules_together_match_what_each_matches_by_itself() {
        let rule = |(index, condition): (usize, &&str)| {
            format!(
                "- rule: r{index}\n  desc: d\n  condition: >\n    {condition}\n  output: o\n  priority: INFO\n"
            )
        };
        let text: String = CONDITIONS.iter().enumerate().map(rule).collect();
        let loaded = falco::load(&[SourceFile::new("r.yaml", text)], &falco::LoadOptions::default());
        assert_eq!(loaded.rules.rules().len(), CONDITIONS.len(), "{:?}", loaded.diagnostics);
        let options = EngineOptions { rule_matching: RuleMatching::All, ..EngineOptions::default() };
        let engine = Arc::new(Engine::compile(&loaded.rules, &options));
        let mut matcher = engine.matcher();
        let mut matches = 0;
        for event in events() {
            let together = matcher.matches(&event).to_vec();
            let apart: Vec<RuleIndex> = (0..)
                .map(RuleIndex)
                .zip(engine.rules())
                .filter(|(_, rule)| one_by_one(&rule.expression, &event))
                .map(|(index, _)| index)
                .collect();
            assert_eq!(together, apart, "{event:?}");
            matches += apart.len();
        }
        assert!(matches > 500, "only {matches} matches were compared");
    }
}
