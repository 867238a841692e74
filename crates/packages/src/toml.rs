//! TOML to a tree.

use std::borrow::Cow;

use toml::de::{DeTable, DeValue};

use crate::{
    limits,
    text::Lines,
    tree::{Broken, Node, Value},
};

/// Reads a document; with an error, what could be read besides.
pub(crate) fn read(text: &str) -> (Node<'_>, Option<Broken>) {
    let values = text.bytes().filter(|byte| matches!(byte, b',' | b'=' | b'[' | b'{')).count();
    if values > limits::NODES_MAX as usize {
        let reason = Cow::Borrowed("too many values; it was not read");
        return (Node { line: 1, value: Value::Null }, Some(Broken { line: 1, reason }));
    }
    let lines = Lines::new(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    let broken = errors.first().map(|error| Broken {
        line: lines.of(error.span().map_or(0, |span| span.start as u32)),
        reason: Cow::Owned(error.message().lines().next().unwrap_or("no TOML").to_owned()),
    });
    (Node { line: 1, value: object(table.into_inner(), &lines, 0) }, broken)
}

fn object<'a>(table: DeTable<'a>, lines: &Lines, depth: u32) -> Value<'a> {
    let entries = table.into_iter().map(|(key, value)| {
        let line = lines.of(key.span().start as u32);
        (key.into_inner(), Node { line, value: convert(value.into_inner(), lines, depth) })
    });
    Value::Object(entries.collect())
}

fn convert<'a>(value: DeValue<'a>, lines: &Lines, depth: u32) -> Value<'a> {
    match value {
        DeValue::String(text) => Value::String(text),
        DeValue::Integer(number) => Value::Number(Cow::Owned(number.as_str().to_owned())),
        DeValue::Float(number) => Value::Number(Cow::Owned(number.as_str().to_owned())),
        DeValue::Boolean(flag) => Value::Bool(flag),
        DeValue::Datetime(time) => Value::String(Cow::Owned(time.to_string())),
        DeValue::Array(_) | DeValue::Table(_) if depth >= limits::DEPTH_MAX => Value::Null,
        DeValue::Array(items) => Value::Array(
            items
                .into_iter()
                .map(|item| {
                    let line = lines.of(item.span().start as u32);
                    Node { line, value: convert(item.into_inner(), lines, depth + 1) }
                })
                .collect(),
        ),
        DeValue::Table(table) => object(table, lines, depth + 1),
    }
}
