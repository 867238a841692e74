//! YAML to a tree: the first document of a file.
//!
//! An alias is not followed but becomes null: nothing that lists packages uses them, and so nothing can grow.

use std::borrow::Cow;

use saphyr_parser::{Event, Parser, ScalarStyle};

use crate::{
    limits,
    tree::{Broken, Node, Value},
};

/// Reads the first document; with an error, what stood before it.
pub(crate) fn read(text: &str) -> (Node<'_>, Option<Broken>) {
    let mut builder = Builder { open: Vec::new(), root: None, nodes: 0 };
    for event in Parser::new_from_str(text) {
        let broken = match event {
            Ok((Event::DocumentEnd | Event::StreamEnd, _)) => break,
            Ok((event, span)) => match builder.event(event, span.start.line().max(1) as u32) {
                Ok(()) => continue,
                Err(reason) => Broken { line: span.start.line() as u32, reason: Cow::Borrowed(reason) },
            },
            Err(error) => {
                let reason = Cow::Owned(error.info().to_owned());
                Broken { line: error.marker().line().max(1) as u32, reason }
            }
        };
        return (builder.finish(), Some(broken));
    }
    (builder.finish(), None)
}

enum Open<'a> {
    Array(u32, Vec<Node<'a>>),
    // The key that waits for its value, and its line.
    Object(u32, Vec<(Cow<'a, str>, Node<'a>)>, Option<(u32, Cow<'a, str>)>),
}

struct Builder<'a> {
    open: Vec<Open<'a>>,
    root: Option<Node<'a>>,
    nodes: u32,
}

impl<'a> Builder<'a> {
    fn event(&mut self, event: Event<'a>, line: u32) -> Result<(), &'static str> {
        self.nodes += 1;
        if self.nodes > limits::NODES_MAX {
            return Err("too many values; the rest was not read");
        }
        match event {
            Event::Scalar(text, style, ..) => self.put(Node { line, value: scalar(text, style) }),
            Event::Alias(_) => self.put(Node { line, value: Value::Null }),
            Event::SequenceStart(..) => self.start(Open::Array(line, Vec::new()))?,
            Event::MappingStart(..) => self.start(Open::Object(line, Vec::new(), None))?,
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            _ => {}
        }
        Ok(())
    }

    fn start(&mut self, open: Open<'a>) -> Result<(), &'static str> {
        if self.open.len() >= limits::DEPTH_MAX as usize {
            return Err("nested too deeply; the rest was not read");
        }
        self.open.push(open);
        Ok(())
    }

    fn close(&mut self) {
        let node = match self.open.pop() {
            Some(Open::Array(line, items)) => Node { line, value: Value::Array(items) },
            Some(Open::Object(line, entries, _)) => Node { line, value: Value::Object(entries) },
            None => return,
        };
        self.put(node);
    }

    fn put(&mut self, node: Node<'a>) {
        match self.open.last_mut() {
            None => self.root = self.root.take().or(Some(node)),
            Some(Open::Array(_, items)) => items.push(node),
            Some(Open::Object(_, entries, key)) => match key.take() {
                Some((line, name)) => entries.push((name, Node { line, value: node.value })),
                None => *key = Some((node.line, key_text(node.value))),
            },
        }
    }

    fn finish(mut self) -> Node<'a> {
        while !self.open.is_empty() {
            self.close();
        }
        self.root.unwrap_or(Node { line: 1, value: Value::Null })
    }
}

// A key that is a list or a mapping names no package.
fn key_text(value: Value<'_>) -> Cow<'_, str> {
    match value {
        Value::String(text) | Value::Number(text) => text,
        Value::Bool(flag) => Cow::Borrowed(if flag { "true" } else { "false" }),
        Value::Null | Value::Array(_) | Value::Object(_) => Cow::Borrowed(""),
    }
}

fn scalar(text: Cow<'_, str>, style: ScalarStyle) -> Value<'_> {
    if style != ScalarStyle::Plain {
        return Value::String(text);
    }
    match &*text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ if text.parse::<f64>().is_ok() => Value::Number(text),
        _ => Value::String(text),
    }
}
