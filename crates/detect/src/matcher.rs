//! [`Matcher`]: puts events through an [`Engine`].
//!
//! For an event it looks, in this order, at: what is remembered of its process (which rules of this kind of event the
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
pub(crate) mod single;
pub(crate) mod term;
pub(crate) mod texts;

use std::sync::Arc;

use yagura_event::Event;

use self::{
    bits::each_bit,
    memory::{EventMemory, ProcessMemory},
};
use crate::{
    compile::{
        Engine, RuleMatching,
        graph::{Node, NodeId},
        group::{GroupId, Index},
        plan::KindPlan,
    },
    exception::ExceptionIndex,
    field::Value,
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
        let plan = &engine.plans[event.kind.index()];
        if plan.rules.is_empty() {
            return &self.matched;
        }
        let state = &mut self.state;
        state.event.next();
        state.entry = state.processes.enter(event.process.id);
        if !state.candidates(engine, plan, event) {
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
    fn candidates(&mut self, engine: &Engine, plan: &KindPlan, event: &Event) -> bool {
        let passed = match self.processes.passed(self.entry, event.kind) {
            Some(passed) => passed,
            None => self.decide_process(engine, plan, event),
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

    // Finds the rules of this kind that the process passes, and remembers them.
    fn decide_process(&mut self, engine: &Engine, plan: &KindPlan, event: &Event) -> usize {
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
        let passed = self.processes.remember(self.entry, event.kind, plan.lookups(&open), &open);
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
                search(&group.term, &group.index, id, event, &mut self.event.flags, &mut |hit| {
                    entry.hit(hit)
                });
            }
        } else if self.event.ask(id) {
            let EventMemory { epoch, hit_stamps, hits, flags, .. } = &mut self.event;
            search(&group.term, &group.index, id, event, flags, &mut |hit: u32| {
                if hit_stamps[hit as usize] != *epoch {
                    hit_stamps[hit as usize] = *epoch;
                    hits.push(hit);
                }
            });
        }
    }
}

fn search(
    term: &crate::ir::Term,
    index: &Index,
    group: GroupId,
    event: &Event,
    flags: &mut memory::FlagMemory,
    hit: &mut impl FnMut(u32),
) {
    if let Index::Single(single, id) = index {
        if single.holds(event) {
            hit(*id);
        }
        return;
    }
    term::each(term, event, &mut |value| match (index, value) {
        (Index::Numbers(table), value) => {
            if let Some(ids) = value.number().and_then(|number| table.get(&number)) {
                ids.iter().copied().for_each(&mut *hit);
            }
        }
        (index, Value::Flags(set, bits)) => flags
            .get(group, set, bits, |found| search_text(index, &set.render(bits), &mut |id| found.push(id)))
            .iter()
            .copied()
            .for_each(&mut *hit),
        (index, value) => search_text(index, &value.into_text(), hit),
    });
}

fn search_text(index: &Index, text: &str, hit: &mut impl FnMut(u32)) {
    match index {
        Index::Equal(equal) => equal.find(text, hit),
        Index::StartsWith(trie) => trie.find(text.bytes(), hit),
        Index::EndsWith(trie) => trie.find(text.bytes().rev(), hit),
        Index::Contains(anywhere) => anywhere.find(text, hit),
        Index::Numbers(_) | Index::Single(..) => {}
    }
}
