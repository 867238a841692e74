//! [`Plan`]: which rules to look at for one shape of event, and when.
//!
//! A rule's condition is split into a part that the process decides and a part that needs the event. Each part may have
//! an *anchor*: a set of look-ups of which at least one must hit for the part to be true. So the cost of an event is
//! that of its look-ups and of the few rules they point at, not of all rules:
//!
//! * process part anchored, or nothing else to go by: decided once per process and shape, and remembered;
//! * event part anchored: looked at only when an anchor hits.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{
    graph::{Graph, Node, NodeId},
    group::{GroupId, Groups, Index},
};
use crate::{
    limits::ANCHORS_MAX,
    matcher::{bits::BitSet, texts::PredicateId},
    rule::RuleIndex,
};

/// Rules that only their event part's anchor points at are decided per process too while there are at most so many.
const EAGER_RULES_MAX: usize = 64;

// The last bit of a word of look-ups.
const LAST_LOOKUP: usize = 63;

/// What to do with events of one shape.
#[derive(Debug)]
pub(crate) struct Plan {
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
    /// Whether there are such rules.
    pub(crate) has_always: bool,
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

impl Plan {
    pub(crate) fn new(
        rules: &[(RuleIndex, NodeId)],
        graph: &mut Graph,
        groups: &Groups,
        hopeless: &mut Hopeless,
    ) -> Self {
        let count = rules.len();
        let mut this = Self {
            rules: Vec::with_capacity(count),
            process_anchored: BitSet::new(count),
            process_always: BitSet::new(count),
            process_deferred: BitSet::new(count),
            process_groups: Vec::new(),
            event_always: BitSet::new(count),
            has_always: false,
            event_groups: Vec::new(),
            anchor_of: vec![0; graph.predicates.len()],
            anchored: Vec::new(),
        };
        let mut anchors: BTreeMap<PredicateId, Vec<u32>> = BTreeMap::new();
        let mut asked = BTreeSet::new();
        let mut event_groups: BTreeMap<GroupId, BitSet> = BTreeMap::new();
        for (at, (rule, node)) in rules.iter().enumerate() {
            let (process, event) = split(graph, *node);
            let position = u32::try_from(at).expect("limits.rs bounds the rules");
            let mut anchors_of = Anchors { graph, groups, hopeless, asked: std::mem::take(&mut asked) };
            let process_anchor = anchors_of.choose(process, true);
            let event_anchor = anchors_of.choose(event, false);
            asked = anchors_of.asked;
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
            this.anchor_of[predicate as usize] =
                u32::try_from(this.anchored.len()).expect("bounded by predicates");
        }
        this.process_groups.sort_unstable();
        this.process_groups.dedup();
        this.event_groups = event_groups.into_iter().collect();
        this.has_always = this.event_always.count() > 0;
        this
    }

    /// The look-ups for the event that some of these rules hang on, one bit each; the last bit stands for all further ones.
    pub(crate) fn lookups(&self, rules: &[u64]) -> u64 {
        let serves =
            |serves: &BitSet| serves.words.iter().zip(rules).any(|(serves, rules)| serves & rules != 0);
        let lookups = self.event_groups.iter().enumerate().filter(|(_, (_, rules))| serves(rules));
        lookups.fold(0, |bits, (at, _)| bits | 1 << at.min(LAST_LOOKUP))
    }

    /// What one of these bits stands for.
    pub(crate) fn groups_of_lookup(&self, lookup: usize) -> &[(GroupId, BitSet)] {
        let end = if lookup == LAST_LOOKUP { self.event_groups.len() } else { lookup + 1 };
        &self.event_groups[lookup..end]
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

/// Nodes that have no anchor, whatever else is asked: for the process, or for the event. They hold for all kinds.
pub(crate) type Hopeless = HashSet<(NodeId, bool)>;

struct Anchors<'g> {
    graph: &'g Graph,
    groups: &'g Groups,
    hopeless: &'g mut Hopeless,
    // Groups that are asked anyway: to hang one more rule on them costs next to nothing.
    asked: BTreeSet<GroupId>,
}

impl Anchors<'_> {
    fn choose(&mut self, node: NodeId, of_process: bool) -> Option<Anchor> {
        let anchor = self.find(node, of_process)?;
        self.asked.extend(anchor.predicates.iter().map(|id| self.groups.of_predicate[*id as usize]));
        Some(anchor)
    }

    // Hits of which at least one is needed for the node to be true; `None` where there is no such set.
    fn find(&mut self, node: NodeId, of_process: bool) -> Option<Anchor> {
        if self.hopeless.contains(&(node, of_process)) {
            return None;
        }
        let found = self.find_in(node, of_process);
        if found.is_none() {
            self.hopeless.insert((node, of_process));
        }
        found
    }

    fn find_in(&mut self, node: NodeId, of_process: bool) -> Option<Anchor> {
        let graph = self.graph;
        match &graph.nodes[node as usize] {
            Node::Predicate(id) => {
                let group = &self.groups.groups[self.groups.of_predicate[*id as usize] as usize];
                let fits = group.is_selective && group.of_process == of_process;
                fits.then(|| self.anchor(vec![*id]))
            }
            Node::And(parts) => {
                let anchors = parts.iter().filter_map(|part| self.find(*part, of_process));
                anchors.min_by_key(|anchor| (anchor.cost, anchor.predicates.len()))
            }
            Node::Or(parts) => {
                let mut all = Vec::new();
                for part in parts {
                    all.extend(self.find(*part, of_process)?.predicates);
                    if all.len() > ANCHORS_MAX {
                        return None;
                    }
                }
                all.sort_unstable();
                all.dedup();
                Some(self.anchor(all))
            }
            Node::Constant(_) | Node::Not(_) => None,
        }
    }

    fn anchor(&self, predicates: Vec<PredicateId>) -> Anchor {
        let groups: BTreeSet<GroupId> =
            predicates.iter().map(|id| self.groups.of_predicate[*id as usize]).collect();
        let cost = |id: &GroupId| match self.groups.groups[*id as usize].index {
            _ if self.asked.contains(id) => 1,
            Index::Equal(_) | Index::Numbers(_) => 8,
            Index::StartsWith(_) | Index::EndsWith(_) => 9,
            Index::Contains(_) | Index::Single(..) => 20,
        };
        Anchor { cost: groups.iter().map(cost).sum(), predicates }
    }
}
