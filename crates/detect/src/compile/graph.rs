//! [`Graph`]: conditions of all rules as one graph in which equal parts exist once.
//!
//! Nodes are simplified as they are made: constants vanish, nested `and`s and `or`s are flattened, double negation goes.
//! [`Folding`] specialises a condition for one [`Shape`] of event, which is where rules are sorted by kind: a rule whose
//! condition folds to *false* cannot match that shape, whatever negations it has.

use std::{collections::HashMap, sync::Arc};

use super::shape::Shape;
use crate::{
    field::Scope,
    ir::{Expr, Predicate, Test},
    limits::MERGED_PARTS_MAX,
    matcher::term,
};

/// Index of a node in its graph.
pub(crate) type NodeId = u32;

/// A node.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Node {
    Constant(bool),
    /// Index into [`Graph::predicates`].
    Predicate(u32),
    Not(NodeId),
    And(Box<[NodeId]>),
    Or(Box<[NodeId]>),
}

/// The graph.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    pub(crate) nodes: Vec<Node>,
    pub(crate) predicates: Vec<Predicate>,
    /// Of each node: whether it depends on the process alone.
    pub(crate) of_process: Vec<bool>,
    // Of each node: whether the shape of an event may decide a part of it.
    of_shape: Vec<bool>,
    /// Of each node that does: its place among those.
    pub(crate) process_bit: Vec<u32>,
    /// How many such nodes there are.
    pub(crate) process_bits: u32,
    // By its address, each condition that was added; kept so that no other can get the address.
    added: HashMap<usize, (Arc<Expr>, NodeId)>,
    node_ids: HashMap<Node, NodeId>,
    predicate_ids: HashMap<Predicate, u32>,
}

impl Graph {
    /// Adds a condition. Parts that conditions share are visited once.
    pub(crate) fn add(&mut self, expression: &Arc<Expr>) -> NodeId {
        let key = Arc::as_ptr(expression).addr();
        if let Some((_, node)) = self.added.get(&key) {
            return *node;
        }
        let node = match &**expression {
            Expr::Constant(value) => self.intern(Node::Constant(*value)),
            Expr::Test(predicate) => self.predicate(predicate),
            Expr::Not(inner) => {
                let inner = self.add(inner);
                self.not(inner)
            }
            Expr::Named(_, inner) => self.add(inner),
            Expr::And(parts) => {
                let parts = parts.iter().map(|part| self.add(part)).collect();
                self.all(parts)
            }
            Expr::Or(parts) => {
                let parts = parts.iter().map(|part| self.add(part)).collect();
                self.any(parts)
            }
        };
        self.added.insert(key, (Arc::clone(expression), node));
        node
    }

    fn predicate(&mut self, predicate: &Predicate) -> NodeId {
        if term::scope(&predicate.term) == Scope::Never {
            return self.intern(Node::Constant(false));
        }
        let id = match self.predicate_ids.get(predicate) {
            Some(id) => *id,
            None => {
                let id = u32::try_from(self.predicates.len()).expect("limits.rs bounds the conditions");
                self.predicates.push(predicate.clone());
                self.predicate_ids.insert(predicate.clone(), id);
                id
            }
        };
        self.intern(Node::Predicate(id))
    }

    /// The opposite of a node.
    pub(crate) fn not(&mut self, node: NodeId) -> NodeId {
        match self.nodes[node as usize] {
            Node::Constant(value) => self.intern(Node::Constant(!value)),
            Node::Not(inner) => inner,
            _ => self.intern(Node::Not(node)),
        }
    }

    /// All of the nodes.
    pub(crate) fn all(&mut self, parts: Vec<NodeId>) -> NodeId {
        self.combine(parts, true)
    }

    /// Any of the nodes.
    pub(crate) fn any(&mut self, parts: Vec<NodeId>) -> NodeId {
        self.combine(parts, false)
    }

    fn combine(&mut self, parts: Vec<NodeId>, is_and: bool) -> NodeId {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match (&self.nodes[part as usize], is_and) {
                (Node::Constant(value), _) if *value == is_and => {}
                (Node::Constant(value), _) => {
                    let value = *value;
                    return self.intern(Node::Constant(value));
                }
                // A large part may be shared by many: it stays one.
                (Node::And(inner), true) | (Node::Or(inner), false) if inner.len() <= MERGED_PARTS_MAX => {
                    flat.extend_from_slice(inner);
                }
                _ => flat.push(part),
            }
        }
        flat.sort_unstable();
        flat.dedup();
        match flat.as_slice() {
            [] => self.intern(Node::Constant(is_and)),
            [only] => *only,
            _ if is_and => self.intern(Node::And(flat.into())),
            _ => self.intern(Node::Or(flat.into())),
        }
    }

    fn intern(&mut self, node: Node) -> NodeId {
        if let Some(id) = self.node_ids.get(&node) {
            return *id;
        }
        let of_process = match &node {
            Node::Constant(_) => true,
            Node::Predicate(id) => term::scope(&self.predicates[*id as usize].term) == Scope::Process,
            Node::Not(inner) => self.of_process[*inner as usize],
            Node::And(parts) | Node::Or(parts) => parts.iter().all(|part| self.of_process[*part as usize]),
        };
        let of_shape = match &node {
            Node::Constant(_) => false,
            Node::Predicate(id) => Shape::may_know(&self.predicates[*id as usize]),
            Node::Not(inner) => self.of_shape[*inner as usize],
            Node::And(parts) | Node::Or(parts) => parts.iter().any(|part| self.of_shape[*part as usize]),
        };
        let id = NodeId::try_from(self.nodes.len()).expect("limits.rs bounds the conditions");
        self.nodes.push(node.clone());
        self.of_process.push(of_process);
        self.of_shape.push(of_shape);
        self.node_ids.insert(node, id);
        id
    }

    /// Puts the parts of every `and` and `or` into the order in which they are best tried: what is remembered of the
    /// process first, single look-ups before large parts. No node may be added afterwards.
    pub(crate) fn order(&mut self) {
        let weights: Vec<(bool, usize)> = (0..self.nodes.len()).map(|node| self.weight(node)).collect();
        for node in &mut self.nodes {
            if let Node::And(parts) | Node::Or(parts) = node {
                parts.sort_by_key(|part| weights[*part as usize]);
            }
        }
        self.node_ids = HashMap::new();
        self.added = HashMap::new();
    }

    fn weight(&self, node: usize) -> (bool, usize) {
        let weight = match &self.nodes[node] {
            Node::Constant(_) => 0,
            Node::Predicate(id) => match &self.predicates[*id as usize].test {
                Test::Truth(_) | Test::Number(..) | Test::Exists => 1,
                _ => 2,
            },
            Node::Not(inner) => return self.weight(*inner as usize),
            Node::And(parts) | Node::Or(parts) => 2 + parts.len(),
        };
        (!self.of_process[node], weight)
    }

    /// Whether a node is the constant *false*.
    pub(crate) fn is_false(&self, node: NodeId) -> bool {
        self.nodes[node as usize] == Node::Constant(false)
    }

    /// Numbers the nodes that depend on the process alone. To be called once no more are added.
    pub(crate) fn finish(&mut self) {
        self.process_bits = 0;
        self.process_bit = self
            .of_process
            .iter()
            .map(|of_process| {
                let bit = self.process_bits;
                self.process_bits += u32::from(*of_process);
                bit
            })
            .collect();
    }
}

/// Conditions specialised for one shape of event.
pub(crate) struct Folding {
    shape: Shape,
    done: HashMap<NodeId, NodeId>,
}

impl Folding {
    pub(crate) fn new(shape: Shape) -> Self {
        Self { shape, done: HashMap::new() }
    }

    /// The condition as it is for events of this shape.
    pub(crate) fn fold(&mut self, graph: &mut Graph, node: NodeId) -> NodeId {
        if !graph.of_shape[node as usize] {
            return node;
        }
        if let Some(folded) = self.done.get(&node) {
            return *folded;
        }
        let folded = match graph.nodes[node as usize].clone() {
            Node::Constant(_) => node,
            Node::Predicate(id) => match self.shape.knows(&graph.predicates[id as usize]) {
                Some(value) => graph.intern(Node::Constant(value)),
                None => node,
            },
            Node::Not(inner) => {
                let inner = self.fold(graph, inner);
                graph.not(inner)
            }
            Node::And(parts) => {
                let parts = parts.iter().map(|part| self.fold(graph, *part)).collect();
                graph.all(parts)
            }
            Node::Or(parts) => {
                let parts = parts.iter().map(|part| self.fold(graph, *part)).collect();
                graph.any(parts)
            }
        };
        self.done.insert(node, folded);
        folded
    }
}
