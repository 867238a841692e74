//! [`KindPlan`]: which rules to look at for one kind of event, and when.
//!
//! A rule's condition is split into a part that the process decides and a part that needs the event. Each part may have
//! an *anchor*: a set of look-ups of which at least one must hit for the part to be true. So the cost of an event is
//! that of its look-ups and of the few rules they point at, not of all rules:
//!
//! * process part anchored, or nothing else to go by: decided once per process and kind, and remembered;
//! * event part anchored: looked at only when an anchor hits.

use std::collections::BTreeMap;

use super::{
    graph::{Graph, Node, NodeId},
    group::{GroupId, Groups, Index},
};
use crate::{
    matcher::{bits::BitSet, texts::PredicateId},
    rule::RuleIndex,
};

/// Rules that only their event part's anchor points at are decided per process too while there are at most so many.
const EAGER_RULES_MAX: usize = 64;

/// What to do with events of one kind.
#[derive(Debug)]
pub(crate) struct KindPlan {
    pub(crate) rules: Vec<PlannedRule>,
    /// Rules to be decided per process because a hit on the process points at them.
    pub(crate) process_anchored: BitSet,
    /// Rules to be decided for every process.
    pub(crate) process_always: BitSet,
    /// Rules whose process part waits until their event part's anchor hits.
    pub(crate) process_deferred: BitSet,
    pub(crate) process_groups: Vec<GroupId>,
    /// Rules to be looked at for every event of a process that they passed.
    pub(crate) event_always: BitSet,
    /// Look-ups for the event, each with the rules it serves.
    pub(crate) event_groups: Vec<(GroupId, BitSet)>,
    // By predicate: one more than an index into `anchored`; 0 where it anchors nothing.
    anchor_of: Vec<u32>,
    anchored: Vec<Box<[u32]>>,
}

/// A rule within a plan.
#[derive(Debug)]
pub(crate) struct PlannedRule {
    pub(crate) rule: RuleIndex,
    pub(crate) process: NodeId,
    pub(crate) event: NodeId,
}

impl KindPlan {
    pub(crate) fn new(rules: &[(RuleIndex, NodeId)], graph: &mut Graph, groups: &Groups) -> Self {
        let count = rules.len();
        let mut this = Self {
            rules: Vec::with_capacity(count),
            process_anchored: BitSet::new(count),
            process_always: BitSet::new(count),
            process_deferred: BitSet::new(count),
            process_groups: Vec::new(),
            event_always: BitSet::new(count),
            event_groups: Vec::new(),
            anchor_of: vec![0; graph.predicates.len()],
            anchored: Vec::new(),
        };
        let mut anchors: BTreeMap<PredicateId, Vec<u32>> = BTreeMap::new();
        let mut event_groups: BTreeMap<GroupId, BitSet> = BTreeMap::new();
        for (at, (rule, node)) in rules.iter().enumerate() {
            let (process, event) = split(graph, *node);
            let position = u32::try_from(at).expect("limits.rs bounds the rules");
            let process_anchor = anchor(graph, groups, process, true);
            let event_anchor = anchor(graph, groups, event, false);
            match (&process_anchor, &event_anchor) {
                (Some(anchor), _) => {
                    this.process_anchored.set(at);
                    for predicate in &anchor.predicates {
                        anchors.entry(*predicate).or_default().push(position);
                        this.process_groups.push(groups.of_predicate[*predicate as usize]);
                    }
                }
                (None, Some(_)) => this.process_deferred.set(at),
                (None, None) => this.process_always.set(at),
            }
            match event_anchor {
                Some(anchor) => {
                    for predicate in anchor.predicates {
                        anchors.entry(predicate).or_default().push(position);
                        let group = groups.of_predicate[predicate as usize];
                        event_groups.entry(group).or_insert_with(|| BitSet::new(count)).set(at);
                    }
                }
                None => this.event_always.set(at),
            }
            this.rules.push(PlannedRule { rule: *rule, process, event });
        }
        if this.process_deferred.count() <= EAGER_RULES_MAX {
            this.process_always.add(&this.process_deferred);
            this.process_deferred = BitSet::new(count);
        }
        for (predicate, rules) in anchors {
            this.anchored.push(rules.into());
            this.anchor_of[predicate as usize] = u32::try_from(this.anchored.len()).expect("bounded by predicates");
        }
        this.process_groups.sort_unstable();
        this.process_groups.dedup();
        this.event_groups = event_groups.into_iter().collect();
        this
    }

    /// The rules, by position, that a hit of this predicate points at.
    pub(crate) fn pointed_at(&self, predicate: PredicateId) -> &[u32] {
        match self.anchor_of[predicate as usize] {
            0 => &[],
            index => &self.anchored[index as usize - 1],
        }
    }
}

// The part that the process decides and the part that needs the event; both must be true.
fn split(graph: &mut Graph, node: NodeId) -> (NodeId, NodeId) {
    let parts = match &graph.nodes[node as usize] {
        Node::And(parts) => parts.to_vec(),
        _ => vec![node],
    };
    let (process, event) = parts.into_iter().partition(|part| graph.of_process[*part as usize]);
    (graph.all(process), graph.all(event))
}

struct Anchor {
    cost: usize,
    predicates: Vec<PredicateId>,
}

// Hits of which at least one is needed for the node to be true; `None` where there is no such set.
fn anchor(graph: &Graph, groups: &Groups, node: NodeId, of_process: bool) -> Option<Anchor> {
    match &graph.nodes[node as usize] {
        Node::Predicate(id) => {
            let group = &groups.groups[groups.of_predicate[*id as usize] as usize];
            let cost = match group.index {
                Index::Equal(_) | Index::Numbers(_) => 4,
                Index::StartsWith(_) | Index::EndsWith(_) => 5,
                Index::Contains(_) => 8,
                Index::Single(..) => return None,
            };
            (group.is_selective && group.of_process == of_process)
                .then(|| Anchor { cost, predicates: vec![*id] })
        }
        Node::And(parts) => parts
            .iter()
            .filter_map(|part| anchor(graph, groups, *part, of_process))
            .min_by_key(|anchor| anchor.cost),
        Node::Or(parts) => {
            let mut all = Anchor { cost: 0, predicates: Vec::new() };
            for part in parts {
                let one = anchor(graph, groups, *part, of_process)?;
                all.cost += one.cost;
                all.predicates.extend(one.predicates);
            }
            all.predicates.sort_unstable();
            all.predicates.dedup();
            Some(all)
        }
        Node::Constant(_) | Node::Not(_) => None,
    }
}
