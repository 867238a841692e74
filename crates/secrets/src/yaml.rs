//! YAML as a tree in which every node knows its place. Bytes, nodes and depth have ceilings.

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use crate::limits::{RULE_FILE_BYTES_MAX, YAML_DEPTH_MAX, YAML_NODES_MAX};

/// Line and column, both from 1.
pub(crate) type Place = (u32, u32);

/// A node and its place.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) value: Value,
}

/// What a node is.
#[derive(Debug)]
pub(crate) enum Value {
    /// A scalar; `plain` is without quotes.
    Scalar { text: String, plain: bool },
    /// A sequence.
    Sequence(Vec<Node>),
    /// A mapping, in the order of the file.
    Mapping(Vec<(Node, Node)>),
}

impl Node {
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, .. } => Some(text),
            Value::Sequence(_) | Value::Mapping(_) => None,
        }
    }

    pub(crate) fn truth(&self) -> Option<bool> {
        match &self.value {
            Value::Scalar { text, plain: true } => text.parse().ok(),
            _ => None,
        }
    }

    pub(crate) fn entries(&self) -> Option<&[(Self, Self)]> {
        match &self.value {
            Value::Mapping(entries) => Some(entries),
            _ => None,
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.entries()?.iter().find(|(name, _)| name.text() == Some(key)).map(|(_, value)| value)
    }

    /// The items of a sequence; anything else counts as its only item.
    pub(crate) fn items(&self) -> &[Self] {
        match &self.value {
            Value::Sequence(items) => items,
            _ => std::slice::from_ref(self),
        }
    }
}

/// The documents of a file, and the first error.
pub(crate) fn read(text: &str) -> (Vec<Node>, Option<(Place, String)>) {
    if text.len() > RULE_FILE_BYTES_MAX {
        let message = format!("the file has {} bytes; at most {RULE_FILE_BYTES_MAX} are read", text.len());
        return (Vec::new(), Some(((1, 1), message)));
    }
    let mut tree = Tree::default();
    for event in Parser::new_from_str(text) {
        let taken = match event {
            Ok((event, span)) => tree.take(event, place(span)),
            Err(error) => {
                let marker = error.marker();
                Err(((number(marker.line()), number(marker.col() + 1)), error.info().to_owned()))
            }
        };
        if let Err(problem) = taken {
            return (tree.documents, Some(problem));
        }
    }
    (tree.documents, None)
}

#[derive(Default)]
struct Tree {
    documents: Vec<Node>,
    open: Vec<Open>,
    nodes: usize,
}

// A collection that has begun; a mapping also holds the key that waits for its value.
struct Open {
    node: Node,
    key: Option<Node>,
}

impl Tree {
    fn take(&mut self, event: Event<'_>, place: Place) -> Result<(), (Place, String)> {
        self.nodes += 1;
        if self.nodes > YAML_NODES_MAX {
            return Err((place, format!("more than {YAML_NODES_MAX} nodes")));
        }
        match event {
            Event::Scalar(text, style, ..) => {
                let value =
                    Value::Scalar { text: text.into_owned(), plain: matches!(style, ScalarStyle::Plain) };
                self.close(Node { place, value });
            }
            Event::SequenceStart(..) => self.begin(place, Value::Sequence(Vec::new()))?,
            Event::MappingStart(..) => self.begin(place, Value::Mapping(Vec::new()))?,
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(open) = self.open.pop() {
                    self.close(open.node);
                }
            }
            Event::Alias(_) => return Err((place, "aliases are not used in rules".to_owned())),
            _ => {}
        }
        Ok(())
    }

    fn begin(&mut self, place: Place, value: Value) -> Result<(), (Place, String)> {
        if self.open.len() >= YAML_DEPTH_MAX {
            return Err((place, format!("nested deeper than {YAML_DEPTH_MAX}")));
        }
        self.open.push(Open { node: Node { place, value }, key: None });
        Ok(())
    }

    fn close(&mut self, node: Node) {
        let Some(open) = self.open.last_mut() else {
            self.documents.push(node);
            return;
        };
        match &mut open.node.value {
            Value::Sequence(items) => items.push(node),
            Value::Mapping(entries) => match open.key.take() {
                None => open.key = Some(node),
                Some(key) => entries.push((key, node)),
            },
            Value::Scalar { .. } => {}
        }
    }
}

fn place(span: Span) -> Place {
    (number(span.start.line()).max(1), number(span.start.col() + 1))
}

fn number(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
