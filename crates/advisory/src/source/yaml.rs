//! YAML as JSON values, in which every scalar is text: a version 4.0 must not become the number 4.
//!
//! Built from the parser's events without recursion; depth, nodes and what aliases repeat have ceilings.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value};

use super::Sink;
use crate::limits::{DEPTH_MAX, YAML_NODES_MAX};

/// The first document of a file, or a diagnostic with its line.
pub(super) fn read(text: &str, sink: &mut Sink) -> Option<Value> {
    match parse(text) {
        Ok(value) => Some(value),
        Err((line, message)) => {
            sink.problem(Some(line), message);
            None
        }
    }
}

enum Open {
    Sequence(usize, Vec<Value>),
    Mapping(usize, Map<String, Value>, Option<String>),
}

#[derive(Default)]
struct Loader {
    stack: Vec<Open>,
    anchors: HashMap<usize, (Value, usize)>,
    nodes: usize,
    root: Option<Value>,
}

fn parse(text: &str) -> Result<Value, (usize, String)> {
    let mut loader = Loader::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = match event {
            Ok(event) => event,
            Err(error) => return Err((error.marker().line(), format!("this is no YAML: {}", error.info()))),
        };
        let line = span.start.line();
        loader.take(event).map_err(|message| (line, message))?;
        if loader.root.is_some() {
            break;
        }
    }
    Ok(loader.root.unwrap_or(Value::Null))
}

impl Loader {
    fn take(&mut self, event: Event) -> Result<(), String> {
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let null = style == ScalarStyle::Plain
                    && matches!(text.as_ref(), "" | "~" | "null" | "Null" | "NULL");
                let value = if null { Value::Null } else { Value::String(text.into_owned()) };
                self.value(value, anchor, 1)
            }
            Event::SequenceStart(anchor, ..) => self.open(Open::Sequence(anchor, Vec::new())),
            Event::MappingStart(anchor, ..) => self.open(Open::Mapping(anchor, Map::new(), None)),
            Event::SequenceEnd | Event::MappingEnd => match self.stack.pop() {
                Some(Open::Sequence(anchor, items)) => self.value(Value::Array(items), anchor, 1),
                Some(Open::Mapping(anchor, map, _)) => self.value(Value::Object(map), anchor, 1),
                None => Ok(()),
            },
            Event::Alias(anchor) => {
                let (value, nodes) = self.anchors.get(&anchor).cloned().ok_or("an alias of nothing")?;
                self.value(value, 0, nodes)
            }
            _ => Ok(()),
        }
    }

    fn open(&mut self, open: Open) -> Result<(), String> {
        if self.stack.len() >= DEPTH_MAX {
            return Err(format!("nested deeper than {DEPTH_MAX}"));
        }
        self.stack.push(open);
        Ok(())
    }

    fn value(&mut self, value: Value, anchor: usize, nodes: usize) -> Result<(), String> {
        self.nodes += nodes;
        if self.nodes > YAML_NODES_MAX {
            return Err(format!("more than {YAML_NODES_MAX} nodes, counting what aliases repeat"));
        }
        if anchor != 0 {
            let nodes = count(&value);
            self.anchors.insert(anchor, (value.clone(), nodes));
        }
        match self.stack.last_mut() {
            None => self.root = Some(value),
            Some(Open::Sequence(_, items)) => items.push(value),
            Some(Open::Mapping(_, map, key)) => match key.take() {
                None => {
                    *key = Some(match value {
                        Value::String(text) => text,
                        Value::Null => String::new(),
                        _ => return Err("a key that is no text".to_owned()),
                    });
                }
                // The first of two keys stands.
                Some(key) => {
                    map.entry(key).or_insert(value);
                }
            },
        }
        Ok(())
    }
}

// Depth is bounded by DEPTH_MAX times one alias inside another; counts are not recursive for that reason.
fn count(value: &Value) -> usize {
    let mut total = 0;
    let mut rest = vec![value];
    while let Some(value) = rest.pop() {
        total += 1;
        match value {
            Value::Array(items) => rest.extend(items),
            Value::Object(map) => rest.extend(map.values()),
            _ => {}
        }
    }
    total
}

/// Text of a key.
pub(crate) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Texts of a key that holds a list, or a single text.
pub(crate) fn texts(value: &Value, key: &str) -> Vec<String> {
    match value.get(key) {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::String(text)) => vec![text.clone()],
        _ => Vec::new(),
    }
}
