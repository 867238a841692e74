//! [`Groups`]: predicates that one look-up answers together.
//!
//! A group is all predicates of one term and one way of comparing. When any of them is asked for, the term's value is
//! taken once and all are answered.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::graph::{Graph, Node, NodeId};
use crate::{
    field::{Scope, quick::Quick},
    ir::{NumberTest, Predicate, Term, Test, TextTest},
    matcher::{
        hash::FastMap,
        single::Single,
        term,
        texts::{Anywhere, End, Equal, PredicateId, Tree},
    },
};

/// Index of a group.
pub(crate) type GroupId = u32;

/// All groups, and where each predicate belongs.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    pub(crate) groups: Vec<Group>,
    /// Of each predicate: its group; [`NO_GROUP`] where no enabled rule needs it.
    pub(crate) of_predicate: Vec<GroupId>,
}

/// Marks a predicate that nothing needs.
pub(crate) const NO_GROUP: GroupId = GroupId::MAX;

/// A group.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) term: Term,
    /// A quicker way to the term's value, where there is one.
    pub(crate) quick: Option<Quick>,
    pub(crate) index: Index,
    /// Whether its answers hold for the process.
    pub(crate) of_process: bool,
    /// Whether a match tells rules apart well enough to look them up by it.
    pub(crate) is_selective: bool,
}

/// What answers a group's predicates.
#[derive(Debug)]
pub(crate) enum Index {
    Equal(Equal),
    StartsWith(Tree),
    EndsWith(Tree),
    Contains(Anywhere),
    Numbers(FastMap<i64, Box<[PredicateId]>>),
    Single(Box<Single>, PredicateId),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Class {
    Equal,
    StartsWith,
    EndsWith,
    Contains,
    ContainsIgnoringCase,
    Numbers,
    Alone(PredicateId),
}

impl Class {
    const fn is_text(self) -> bool {
        !matches!(self, Self::Numbers | Self::Alone(_))
    }
}

impl Groups {
    /// The groups of all predicates below the given nodes.
    pub(crate) fn new(graph: &Graph, roots: impl Iterator<Item = NodeId>) -> Self {
        let mut members: HashMap<(Term, Class), Vec<PredicateId>> = HashMap::new();
        for id in needed(graph, roots) {
            let predicate = &graph.predicates[id as usize];
            members.entry((predicate.term.clone(), class(id, predicate))).or_default().push(id);
        }
        // A stable order makes every run the same.
        let mut members: Vec<_> = members.into_iter().collect();
        members.sort_by_key(|(_, ids)| ids.iter().copied().min());
        let mut this = Self { groups: Vec::new(), of_predicate: vec![NO_GROUP; graph.predicates.len()] };
        for ((term, class), ids) in members {
            let group = GroupId::try_from(this.groups.len()).expect("no more groups than predicates");
            for id in &ids {
                this.of_predicate[*id as usize] = group;
            }
            this.groups.push(Group::new(term, class, &ids, graph));
        }
        this
    }
}

impl Group {
    fn new(term: Term, class: Class, ids: &[PredicateId], graph: &Graph) -> Self {
        let coarse = matches!(&term, Term::Field(field) if field.field.is_coarse());
        Self {
            of_process: term::scope(&term) == Scope::Process,
            is_selective: !coarse && !matches!(class, Class::Alone(_)),
            quick: match &term {
                Term::Field(field) => Quick::of(field).filter(|_| class.is_text()),
                Term::Literal(_) | Term::Apply(..) => None,
            },
            index: index(class, ids, graph),
            term,
        }
    }
}

fn class(id: PredicateId, predicate: &Predicate) -> Class {
    match &predicate.test {
        Test::Text(TextTest::Equals, _) => Class::Equal,
        Test::Text(TextTest::StartsWith, _) => Class::StartsWith,
        Test::Text(TextTest::EndsWith, _) => Class::EndsWith,
        Test::Text(TextTest::Contains, _) => Class::Contains,
        Test::Text(TextTest::ContainsIgnoringCase, _) => Class::ContainsIgnoringCase,
        Test::Number(NumberTest::Equal, _) | Test::NumberIn(_) => Class::Numbers,
        _ => Class::Alone(id),
    }
}

fn index(class: Class, ids: &[PredicateId], graph: &Graph) -> Index {
    let patterns: Vec<(&str, PredicateId)> = ids
        .iter()
        .flat_map(|id| match &graph.predicates[*id as usize].test {
            Test::Text(_, patterns) => patterns.iter().map(|pattern| (&**pattern, *id)).collect(),
            _ => Vec::new(),
        })
        .collect();
    let anywhere = |ignore_case| {
        Index::Contains(
            Anywhere::new(&patterns, ignore_case).expect("limits.rs bounds the texts of conditions"),
        )
    };
    match class {
        Class::Equal => Index::Equal(Equal::new(&patterns)),
        Class::StartsWith => Index::StartsWith(Tree::new(End::Front, &patterns)),
        Class::EndsWith => Index::EndsWith(Tree::new(End::Back, &patterns)),
        Class::Contains => anywhere(false),
        Class::ContainsIgnoringCase => anywhere(true),
        Class::Numbers => Index::Numbers(numbers(ids, graph)),
        Class::Alone(id) => Index::Single(Box::new(Single::new(graph.predicates[id as usize].clone())), id),
    }
}

fn numbers(ids: &[PredicateId], graph: &Graph) -> FastMap<i64, Box<[PredicateId]>> {
    let mut table: FastMap<i64, Vec<PredicateId>> = FastMap::default();
    for id in ids {
        match &graph.predicates[*id as usize].test {
            Test::Number(_, number) => table.entry(*number).or_default().push(*id),
            Test::NumberIn(numbers) => {
                numbers.iter().for_each(|number| table.entry(*number).or_default().push(*id));
            }
            _ => {}
        }
    }
    table.into_iter().map(|(number, ids)| (number, ids.into())).collect()
}

fn needed(graph: &Graph, roots: impl Iterator<Item = NodeId>) -> BTreeSet<PredicateId> {
    let mut found = BTreeSet::new();
    let mut seen: HashSet<NodeId> = HashSet::new();
    let mut open: Vec<NodeId> = roots.collect();
    while let Some(node) = open.pop() {
        if !seen.insert(node) {
            continue;
        }
        match &graph.nodes[node as usize] {
            Node::Constant(_) => {}
            Node::Predicate(id) => {
                found.insert(*id);
            }
            Node::Not(inner) => open.push(*inner),
            Node::And(parts) | Node::Or(parts) => open.extend_from_slice(parts),
        }
    }
    found
}
