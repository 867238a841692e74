//! YAML as a tree in which every node knows its place.
//!
//! Built from the parser's events without recursion. What a hostile file could blow up has a ceiling: bytes, nodes
//! (counting what aliases repeat) and depth. A syntax error keeps the items that were complete before it.

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
};

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use crate::limits::{FILE_BYTES_MAX, YAML_DEPTH_MAX, YAML_NODES_MAX};

/// A node and its place.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) span: Place,
    pub(crate) value: Yaml,
}

/// Where something stands, in characters of the file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// Characters before it.
    pub(crate) start: usize,
    /// Characters before its end.
    pub(crate) end: usize,
    /// Line, from 1.
    pub(crate) line: usize,
    /// Column, from 1.
    pub(crate) column: usize,
}

/// What a node is.
#[derive(Debug, Clone)]
pub(crate) enum Yaml {
    /// A scalar; `plain` without quotes, so that it may mean *null*.
    Scalar { text: String, plain: bool },
    /// A sequence.
    Sequence(Vec<Node>),
    /// A mapping, in the order of the file.
    Mapping(Vec<(Node, Node)>),
}

/// A file that is no YAML, or more of it than we take.
#[derive(Debug, Clone)]
pub(crate) struct YamlError {
    pub(crate) message: String,
    pub(crate) place: Place,
}

impl Node {
    pub(crate) fn is_null(&self) -> bool {
        matches!(&self.value, Yaml::Scalar { text, plain: true }
            if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    pub(crate) fn scalar(&self) -> Option<&str> {
        match &self.value {
            Yaml::Scalar { text, .. } => Some(text),
            Yaml::Sequence(_) | Yaml::Mapping(_) => None,
        }
    }

    pub(crate) fn sequence(&self) -> Option<&[Self]> {
        match &self.value {
            Yaml::Sequence(items) => Some(items),
            Yaml::Scalar { .. } | Yaml::Mapping(_) => None,
        }
    }

    pub(crate) fn mapping(&self) -> Option<&[(Self, Self)]> {
        match &self.value {
            Yaml::Mapping(entries) => Some(entries),
            Yaml::Scalar { .. } | Yaml::Sequence(_) => None,
        }
    }

    /// The value of a key; the first where a key is repeated.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.mapping()?.iter().find(|(name, _)| name.scalar() == Some(key)).map(|(_, value)| value)
    }

    fn count(&self) -> usize {
        match &self.value {
            Yaml::Scalar { .. } => 1,
            Yaml::Sequence(items) => 1 + items.iter().map(Self::count).sum::<usize>(),
            Yaml::Mapping(entries) => {
                1 + entries.iter().map(|(key, value)| key.count() + value.count()).sum::<usize>()
            }
        }
    }
}

impl Place {
    fn new(span: Span) -> Self {
        Self {
            start: span.start.index(),
            end: span.end.index(),
            line: span.start.line().max(1),
            column: span.start.col() + 1,
        }
    }
}

/// The documents of a file, each with what was complete when an error, if any, came.
///
/// Inside brackets, lines may be indented less than YAML 1.2 wants: Falco's parser takes such lists, and the
/// community's files have them.
pub(crate) fn read(text: &str) -> (Vec<Node>, Option<YamlError>) {
    if text.len() > FILE_BYTES_MAX {
        let message = format!("the file has {} bytes; at most {FILE_BYTES_MAX} are read", text.len());
        return (
            Vec::new(),
            Some(YamlError { message, place: Place { line: 1, column: 1, ..Place::default() } }),
        );
    }
    let mut indented = Indented { text: Cow::Borrowed(text), lines: BTreeSet::new() };
    let mut work = 0;
    loop {
        let (documents, error) = read_indented(&indented);
        work += text.len().max(1);
        match &error {
            Some(error) if work < REREAD_BYTES_MAX && error.message.starts_with(INDENTATION) => {
                let known = indented.lines.len();
                indented = indented.with_more(text, error.place.line);
                if indented.lines.len() == known {
                    return (documents, Some(error.clone()));
                }
            }
            _ => return (documents, error),
        }
    }
}

// The parser's word for a line in brackets that begins too far to the left.
const INDENTATION: &str = "invalid indentation";
// What is put before such a line. Lines keep their numbers; columns and offsets are counted back.
const INDENT: &str = "                                ";
const REREAD_BYTES_MAX: usize = 32 << 20;

struct Indented<'t> {
    text: Cow<'t, str>,
    // Numbers of the lines that were indented, from 1.
    lines: BTreeSet<usize>,
}

impl<'t> Indented<'t> {
    // Indents the line, and those after it up to the closing bracket.
    fn with_more(mut self, original: &'t str, line: usize) -> Self {
        let rest = original.lines().enumerate().skip(line.saturating_sub(1)).take(1_000);
        let mut more = vec![line];
        for (index, content) in rest {
            if content.starts_with('-') {
                more.truncate(1);
                break;
            }
            more.push(index + 1);
            if content.trim_start().starts_with([']', '}']) {
                break;
            }
        }
        self.lines.extend(more);
        let mut text = String::with_capacity(original.len() + self.lines.len() * INDENT.len());
        for (index, line) in original.split_inclusive('\n').enumerate() {
            if self.lines.contains(&(index + 1)) {
                text.push_str(INDENT);
            }
            text.push_str(line);
        }
        self.text = Cow::Owned(text);
        self
    }

    fn original(&self, mut place: Place, last_line: usize) -> Place {
        let shift = |line: usize| self.lines.range(..=line).count() * INDENT.len();
        place.start = place.start.saturating_sub(shift(place.line));
        place.end = place.end.saturating_sub(shift(last_line)).max(place.start);
        if self.lines.contains(&place.line) {
            place.column = place.column.saturating_sub(INDENT.len()).max(1);
        }
        place
    }
}

fn read_indented(indented: &Indented<'_>) -> (Vec<Node>, Option<YamlError>) {
    let mut builder = Builder::default();
    for event in Parser::new_from_str(&indented.text) {
        let result = match event {
            Ok((event, span)) => builder.take(event, indented.original(Place::new(span), span.end.line())),
            Err(error) => {
                let marker = *error.marker();
                let place = indented.original(Place::new(Span::empty(marker)), marker.line());
                Err(YamlError { message: error.info().to_owned(), place })
            }
        };
        if let Err(error) = result {
            return (builder.into_documents(), Some(error));
        }
    }
    (builder.into_documents(), None)
}

#[derive(Default)]
struct Builder {
    documents: Vec<Node>,
    open: Vec<Open>,
    anchors: HashMap<usize, Node>,
    nodes: usize,
}

struct Open {
    anchor: usize,
    node: Node,
    key: Option<Node>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, place: Place) -> Result<(), YamlError> {
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let value = Yaml::Scalar { text: text.into_owned(), plain: style == ScalarStyle::Plain };
                self.put(Node { span: place, value }, anchor)
            }
            Event::SequenceStart(anchor, _) => self.begin(Yaml::Sequence(Vec::new()), anchor, place),
            Event::MappingStart(anchor, _) => self.begin(Yaml::Mapping(Vec::new()), anchor, place),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(mut open) => {
                    open.node.span.end = place.end;
                    self.put(open.node, open.anchor)
                }
                None => Ok(()),
            },
            Event::Alias(anchor) => match self.anchors.get(&anchor).cloned() {
                Some(mut node) => {
                    self.spend(node.count(), place)?;
                    node.span = place;
                    self.put(node, 0)
                }
                None => Err(YamlError { message: "the alias names no anchor before it".to_owned(), place }),
            },
            Event::DocumentEnd => {
                self.anchors.clear();
                Ok(())
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) => Ok(()),
        }
    }

    fn begin(&mut self, value: Yaml, anchor: usize, place: Place) -> Result<(), YamlError> {
        if self.open.len() >= YAML_DEPTH_MAX {
            let message = format!("nested deeper than {YAML_DEPTH_MAX} levels");
            return Err(YamlError { message, place });
        }
        self.open.push(Open { anchor, node: Node { span: place, value }, key: None });
        Ok(())
    }

    fn spend(&mut self, nodes: usize, place: Place) -> Result<(), YamlError> {
        self.nodes += nodes;
        if self.nodes > YAML_NODES_MAX {
            return Err(YamlError {
                message: format!("more than {YAML_NODES_MAX} values, aliases counted"),
                place,
            });
        }
        Ok(())
    }

    fn put(&mut self, node: Node, anchor: usize) -> Result<(), YamlError> {
        self.spend(1, node.span)?;
        if anchor != 0 {
            // A copy of a large part costs as much as an alias of it.
            self.spend(node.count(), node.span)?;
            self.anchors.insert(anchor, node.clone());
        }
        let Some(open) = self.open.last_mut() else {
            self.documents.push(node);
            return Ok(());
        };
        match &mut open.node.value {
            Yaml::Sequence(items) => items.push(node),
            Yaml::Mapping(entries) => match open.key.take() {
                None => open.key = Some(node),
                Some(key) => entries.push((key, node)),
            },
            Yaml::Scalar { .. } => {}
        }
        Ok(())
    }

    // Of a document that broke off, the outermost sequence's complete items.
    fn into_documents(mut self) -> Vec<Node> {
        if let Some(outermost) = self.open.into_iter().next() {
            self.documents.push(outermost.node);
        }
        self.documents
    }
}

/// Where every so-many-th character of a text begins: a file may be one line of megabytes.
#[derive(Debug)]
pub(crate) struct Characters(Vec<usize>);

const CHARACTERS_STEP: usize = 1_024;

impl Characters {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.char_indices().step_by(CHARACTERS_STEP).map(|(byte, _)| byte).collect())
    }

    // The text from a character on.
    fn rest<'t>(&self, text: &'t str, from: usize) -> &'t str {
        let Some(start) = self.0.get(from / CHARACTERS_STEP) else { return "" };
        let rest = &text[*start..];
        rest.char_indices().nth(from % CHARACTERS_STEP).map_or("", |(byte, _)| &rest[byte..])
    }
}

/// The place in the file of a character of a scalar's text. Folding, quoting and indentation are undone by walking both
/// together: what is not blank is the same in both.
pub(crate) fn place_within(
    (source, characters): (&str, &Characters),
    node: &Place,
    text: &str,
    offset: usize,
    length: usize,
) -> Place {
    let width = node.end.saturating_sub(node.start).max(1);
    let mut letters = characters.rest(source, node.start).chars().take(width).peekable();
    let mut next = *node;
    let mut step = |letters: &mut std::iter::Peekable<_>| -> Option<(char, Place)> {
        let letter: char = Iterator::next(letters)?;
        let place = next;
        next.start += 1;
        (next.line, next.column) =
            if letter == '\n' { (next.line + 1, 1) } else { (next.line, next.column + 1) };
        Some((letter, place))
    };
    match letters.peek() {
        Some('|' | '>') => while step(&mut letters).is_some_and(|(letter, _)| letter != '\n') {},
        Some('"' | '\'') => {
            step(&mut letters);
        }
        _ => {}
    }
    let mut found = *node;
    let wanted = text.char_indices().take_while(|(index, _)| *index <= offset).map(|(_, letter)| letter);
    for letter in wanted.filter(|letter| !letter.is_whitespace()) {
        loop {
            match step(&mut letters) {
                Some((have, place)) if have == letter => {
                    found = place;
                    break;
                }
                Some(_) => {}
                None => return Place { end: node.start + 1, ..*node },
            }
        }
    }
    Place { end: found.start + length.max(1), ..found }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complete_items_before_a_syntax_error_are_kept() {
        let (documents, error) = read("- a: 1\n- b: 2\n- c: [1\nd: }\n");
        assert!(error.is_some());
        assert!(documents[0].sequence().expect("a sequence").len() >= 2);
    }

    #[test]
    fn brackets_may_stand_further_left_than_yaml_wants() {
        let (documents, error) =
            read("- list: a\n  items: [\n  x, y,\n    z\n  ]\n- list: b\n  items: [w]\n");
        assert!(error.is_none(), "{error:?}");
        let items = documents[0].sequence().expect("items");
        assert_eq!(items[0].get("items").and_then(Node::sequence).map(<[Node]>::len), Some(3));
        assert_eq!((items[1].span.line, items[1].span.column), (6, 3));
    }

    #[test]
    fn aliases_cannot_multiply_without_end() {
        let mut text = String::from("- &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for level in 1..12 {
            let before = level - 1;
            let aliases = format!("*a{before},").repeat(10);
            text.push_str(&format!("- &a{level} [{aliases}]\n"));
        }
        let (_, error) = read(&text);
        assert!(error.expect("too many values").message.contains("aliases counted"));
    }

    #[test]
    fn nesting_has_a_floor() {
        let deep = "[".repeat(YAML_DEPTH_MAX + 1);
        assert!(read(&deep).1.expect("too deep").message.contains("nested deeper"));
    }

    #[test]
    fn places_in_folded_text_are_found() {
        let source = "- a: >\n    one\n    two three\n";
        let (documents, _) = read(source);
        let node = documents[0].sequence().expect("items")[0].get("a").expect("a").clone();
        let text = node.scalar().expect("text");
        let characters = Characters::new(source);
        let at = text.find("three").expect("there");
        let place = place_within((source, &characters), &node.span, text, at, 5);
        assert_eq!((place.line, place.column), (3, 9));
    }
}
