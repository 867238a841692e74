//! What a rule says of an act that has not happened yet: for whoever may still refuse it.
//!
//! Before an act not everything is known that the event will tell. [`Condition::answer`] decides in three values: *yes*
//! and *no* hold whatever the unknown fields turn out to be, anything else is *unknown*. So who refuses only at *yes*
//! never refuses what the rule would not have found. [`Condition::alternatives`] gives the same condition as a list of
//! conjunctions, for deciders that know no trees, such as a program in the kernel.
//!
//! Knows neither hooks nor kernels: the caller says which tests are known.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use yagura_event::{Event, EventKind, Timestamp};

use crate::{
    compile::{
        graph::{Folding, Graph, Node, NodeId},
        shape::Shape,
    },
    exception::Exception,
    field::FieldRef,
    ir::{Expr, Predicate, Term, Test},
    limits::{ALTERNATIVE_PARTS_MAX, ALTERNATIVES_MAX},
    matcher::single::Single,
    rule::Rule,
};

/// What is known of a condition before the act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Answer {
    /// It holds, whatever is not known.
    Yes,
    /// It does not hold, whatever is not known.
    No,
    /// What is not known decides.
    Unknown,
}

impl Answer {
    const fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
        }
    }
}

/// A rule's condition for events of one kind.
#[derive(Debug)]
pub struct Condition {
    graph: Graph,
    root: NodeId,
    singles: HashMap<u32, Single>,
}

/// A test, or its opposite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    /// The test.
    pub predicate: Predicate,
    /// Whether it must hold; otherwise it must not.
    pub holds: bool,
}

/// What a decider can do with a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// It can carry it out.
    Tests,
    /// The act itself decides it.
    Fixed(bool),
    /// It cannot carry it out.
    Unknown,
}

/// A condition as a list of conjunctions: where all literals of one hold, the condition holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Alternatives {
    /// The conjunctions. An empty one always holds.
    pub list: Vec<Vec<Literal>>,
    /// Fields of tests that the decider cannot carry out and that would have mattered.
    pub unknown: BTreeSet<String>,
    /// There were more conjunctions than [`ALTERNATIVES_MAX`]; the rest is left out.
    pub too_many: bool,
}

impl Alternatives {
    /// Whether the list says all that the condition says.
    pub fn is_complete(&self) -> bool {
        self.unknown.is_empty() && !self.too_many
    }
}

impl Condition {
    /// The condition of a rule for events of this kind; `None` where the rule never concerns them.
    pub fn new(rule: &Rule, kind: EventKind) -> Option<Self> {
        let mut graph = Graph::default();
        let root = graph.add(&rule.expression);
        let root = Folding::new(Shape::of_kind(kind)).fold(&mut graph, root);
        if graph.is_false(root) {
            return None;
        }
        let mut condition = Self { graph, root, singles: HashMap::new() };
        for id in condition.reached() {
            let single = Single::new(condition.graph.predicates[id as usize].clone());
            condition.singles.insert(id, single);
        }
        Some(condition)
    }

    /// The fields it asks for.
    pub fn fields(&self) -> Vec<FieldRef> {
        let mut fields: Vec<FieldRef> = Vec::new();
        for id in self.reached() {
            each_field(&self.graph.predicates[id as usize], &mut |field| {
                if !fields.contains(field) {
                    fields.push(field.clone());
                }
            });
        }
        fields.sort_by_key(FieldRef::name);
        fields
    }

    /// What is known of it, with an event of which `knows` says which tests come out as they will after the act.
    pub fn answer(&self, event: &Event, knows: &dyn Fn(&Predicate) -> bool) -> Answer {
        let mut done = HashMap::new();
        self.node_answer(self.root, event, knows, &mut done)
    }

    fn node_answer(
        &self,
        node: NodeId,
        event: &Event,
        knows: &dyn Fn(&Predicate) -> bool,
        done: &mut HashMap<NodeId, Answer>,
    ) -> Answer {
        if let Some(answer) = done.get(&node) {
            return *answer;
        }
        let answer = match &self.graph.nodes[node as usize] {
            Node::Constant(value) => of(*value),
            Node::Predicate(id) => self.predicate_answer(*id, event, knows),
            Node::Not(inner) => self.node_answer(*inner, event, knows, done).not(),
            Node::And(parts) => self.parts_answer(parts, Answer::No, event, knows, done),
            Node::Or(parts) => self.parts_answer(parts, Answer::Yes, event, knows, done),
        };
        done.insert(node, answer);
        answer
    }

    // `decides`: one part with this answer decides for all.
    fn parts_answer(
        &self,
        parts: &[NodeId],
        decides: Answer,
        event: &Event,
        knows: &dyn Fn(&Predicate) -> bool,
        done: &mut HashMap<NodeId, Answer>,
    ) -> Answer {
        let mut answer = decides.not();
        for part in parts {
            match self.node_answer(*part, event, knows, done) {
                Answer::Unknown => answer = Answer::Unknown,
                part if part == decides => return decides,
                _ => {}
            }
        }
        answer
    }

    fn predicate_answer(&self, id: u32, event: &Event, knows: &dyn Fn(&Predicate) -> bool) -> Answer {
        let Some(single) = self.singles.get(&id) else { return Answer::Unknown };
        if knows(&self.graph.predicates[id as usize]) { of(single.holds(event)) } else { Answer::Unknown }
    }

    /// The condition as conjunctions of tests that a decider supports. Conjunctions with other tests are left out, so
    /// where one of the list holds, the condition holds.
    pub fn alternatives(&self, support: &dyn Fn(&Predicate) -> Support) -> Alternatives {
        let mut found = Alternatives::default();
        let list = self.node_alternatives((self.root, true), support, &mut found, &mut HashMap::new());
        let literal = |(id, holds): &(u32, bool)| Literal {
            predicate: self.graph.predicates[*id as usize].clone(),
            holds: *holds,
        };
        found.list = list.iter().map(|parts| parts.iter().map(literal).collect()).collect();
        found
    }

    fn node_alternatives(
        &self,
        place: (NodeId, bool),
        support: &dyn Fn(&Predicate) -> Support,
        found: &mut Alternatives,
        done: &mut HashMap<(NodeId, bool), Vec<Conjunction>>,
    ) -> Vec<Conjunction> {
        if let Some(list) = done.get(&place) {
            return list.clone();
        }
        let (node, wanted) = place;
        let list = match &self.graph.nodes[node as usize] {
            Node::Constant(value) => always(*value == wanted),
            Node::Not(inner) => self.node_alternatives((*inner, !wanted), support, found, done),
            Node::Predicate(id) => self.predicate_alternatives(*id, wanted, support, found),
            Node::And(parts) | Node::Or(parts) => {
                let is_all = matches!(&self.graph.nodes[node as usize], Node::And(_)) == wanted;
                let mut list = always(is_all);
                for part in parts {
                    let more = self.node_alternatives((*part, wanted), support, found, done);
                    list = if is_all { product(&list, &more, found) } else { union(list, more) };
                    if list.len() > ALTERNATIVES_MAX {
                        list.truncate(ALTERNATIVES_MAX);
                        found.too_many = true;
                    }
                }
                list
            }
        };
        done.insert(place, list.clone());
        list
    }

    fn predicate_alternatives(
        &self,
        id: u32,
        wanted: bool,
        support: &dyn Fn(&Predicate) -> Support,
        found: &mut Alternatives,
    ) -> Vec<Conjunction> {
        let predicate = &self.graph.predicates[id as usize];
        match support(predicate) {
            Support::Fixed(value) => always(value == wanted),
            Support::Tests => vec![Conjunction::from([(id, wanted)])],
            Support::Unknown => {
                each_field(predicate, &mut |field| found.unknown.extend([field.name()]));
                Vec::new()
            }
        }
    }

    // The predicates that the root depends on.
    fn reached(&self) -> Vec<u32> {
        let (mut open, mut seen, mut predicates) = (vec![self.root], BTreeSet::new(), Vec::new());
        while let Some(node) = open.pop() {
            if !seen.insert(node) {
                continue;
            }
            match &self.graph.nodes[node as usize] {
                Node::Constant(_) => {}
                Node::Predicate(id) => predicates.push(*id),
                Node::Not(inner) => open.push(*inner),
                Node::And(parts) | Node::Or(parts) => open.extend(parts),
            }
        }
        predicates
    }
}

/// The rule less what exceptions from it take out: what it does not tell of is not refused either. Those that have run out
/// at `now` no longer count.
pub fn excepted(rule: &Rule, exceptions: &[Exception], now: Timestamp) -> Rule {
    let covering = exceptions.iter().filter(|one| one.covers(&rule.name) && !one.is_expired(now));
    let taken: Vec<Arc<Expr>> = covering.map(|one| Arc::clone(&one.expression)).collect();
    if taken.is_empty() {
        return rule.clone();
    }
    let rest = Arc::new(Expr::Or(taken)).negate();
    Rule { expression: Arc::new(Expr::And(vec![Arc::clone(&rule.expression), rest])), ..rule.clone() }
}

/// Whether a test holds of an event; for tests that the act itself decides.
pub fn holds(predicate: &Predicate, event: &Event) -> bool {
    Single::new(predicate.clone()).holds(event)
}

/// Whether all fields that a test asks for fit.
pub fn all_fields(predicate: &Predicate, fits: &dyn Fn(&FieldRef) -> bool) -> bool {
    let mut all = true;
    each_field(predicate, &mut |field| all = all && fits(field));
    all
}

/// Every field that a test asks for.
pub fn each_field(predicate: &Predicate, sink: &mut dyn FnMut(&FieldRef)) {
    each_of_term(&predicate.term, sink);
    if let Test::Compare(_, other) = &predicate.test {
        each_of_term(other, sink);
    }
}

fn each_of_term(term: &Term, sink: &mut dyn FnMut(&FieldRef)) {
    match term {
        Term::Field(field) => sink(field),
        Term::Literal(_) => {}
        Term::Apply(_, arguments) => arguments.iter().for_each(|argument| each_of_term(argument, sink)),
    }
}

/// Predicates by number, and whether each must hold.
type Conjunction = BTreeSet<(u32, bool)>;

const fn of(value: bool) -> Answer {
    if value { Answer::Yes } else { Answer::No }
}

fn always(value: bool) -> Vec<Conjunction> {
    if value { vec![Conjunction::new()] } else { Vec::new() }
}

fn union(mut list: Vec<Conjunction>, more: Vec<Conjunction>) -> Vec<Conjunction> {
    for conjunction in more {
        if !list.contains(&conjunction) {
            list.push(conjunction);
        }
    }
    list
}

fn product(left: &[Conjunction], right: &[Conjunction], found: &mut Alternatives) -> Vec<Conjunction> {
    let mut list = Vec::new();
    for one in left {
        for other in right {
            let both: Conjunction = one.union(other).copied().collect();
            let contradicts = both.iter().any(|(id, holds)| both.contains(&(*id, !holds)));
            if contradicts || list.contains(&both) {
                continue;
            }
            if both.len() > ALTERNATIVE_PARTS_MAX || list.len() > ALTERNATIVES_MAX {
                found.too_many = true;
                continue;
            }
            list.push(both);
        }
    }
    list
}

#[cfg(test)]
mod tests;
