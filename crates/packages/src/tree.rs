//! A document as a tree in which every value knows its line: what JSON, TOML and YAML have in common.

use std::borrow::Cow;

/// A value and the line where it starts; for the value of a key, the line of the key.
#[derive(Debug)]
pub(crate) struct Node<'a> {
    pub(crate) line: u32,
    pub(crate) value: Value<'a>,
}

/// A value. Numbers keep their text.
#[derive(Debug)]
pub(crate) enum Value<'a> {
    Null,
    Bool(bool),
    Number(Cow<'a, str>),
    String(Cow<'a, str>),
    Array(Vec<Node<'a>>),
    Object(Vec<(Cow<'a, str>, Node<'a>)>),
}

/// Why a document could not be read to its end.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) line: u32,
    pub(crate) reason: Cow<'static, str>,
}

impl<'a> Node<'a> {
    pub(crate) fn get(&self, key: &str) -> Option<&Node<'a>> {
        self.entries().iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    pub(crate) fn str(&self) -> Option<&str> {
        if let Value::String(text) = &self.value { Some(text) } else { None }
    }

    /// The string or number under a key; empty ones count as missing.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Node::scalar).filter(|text| !text.is_empty())
    }

    pub(crate) fn flag(&self, key: &str) -> bool {
        matches!(self.get(key), Some(Node { value: Value::Bool(true), .. }))
    }

    pub(crate) fn number(&self) -> Option<i64> {
        if let Value::Number(text) = &self.value { text.parse().ok() } else { None }
    }

    /// A string or a number as text: versions may be either in YAML.
    pub(crate) fn scalar(&self) -> Option<&str> {
        if let Value::String(text) | Value::Number(text) = &self.value { Some(text) } else { None }
    }

    pub(crate) fn items(&self) -> &[Node<'a>] {
        if let Value::Array(items) = &self.value { items } else { &[] }
    }

    pub(crate) fn entries(&self) -> &[(Cow<'a, str>, Node<'a>)] {
        if let Value::Object(entries) = &self.value { entries } else { &[] }
    }

    /// The entries of the object under a key; none when it is missing.
    pub(crate) fn entries_of(&self, key: &str) -> &[(Cow<'a, str>, Node<'a>)] {
        self.get(key).map_or(&[], Node::entries)
    }

    /// The items of the array under a key; none when it is missing.
    pub(crate) fn items_of(&self, key: &str) -> &[Node<'a>] {
        self.get(key).map_or(&[], Node::items)
    }
}
