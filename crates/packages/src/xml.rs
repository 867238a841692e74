//! XML to a tree of elements. Only the five entities of XML itself and character references are resolved: a document
//! cannot define entities that grow. Prefixes of namespaces are dropped.

use std::borrow::Cow;

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

use crate::{limits, tree::Broken};

/// An element: its text is that of its own text nodes, joined.
#[derive(Debug, Default)]
pub(crate) struct Element {
    pub(crate) line: u32,
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Element>,
    pub(crate) text: String,
}

impl Element {
    pub(crate) fn get(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The children of the child of a name; none when it is missing.
    pub(crate) fn children_of(&self, name: &str) -> &[Element] {
        self.get(name).map_or(&[], |child| &child.children)
    }

    /// The text of a child, without blanks around it; empty ones count as missing.
    pub(crate) fn text_of(&self, name: &str) -> Option<&str> {
        self.get(name).map(|child| child.text.trim()).filter(|text| !text.is_empty())
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// Reads a document to its root element; with an error, what stood before it.
pub(crate) fn read(text: &str) -> (Element, Option<Broken>) {
    read_up_to(text, limits::XML_ELEMENTS_MAX)
}

/// Reads a document that may have more elements than others.
pub(crate) fn read_up_to(text: &str, nodes_max: u32) -> (Element, Option<Broken>) {
    let mut reader = Reader::from_str(text);
    let mut builder = Builder { text, at: 0, line: 1, open: vec![Element::default()], nodes: 0, nodes_max };
    let broken = loop {
        let at = reader.buffer_position() as usize;
        let line = builder.line_of(at);
        let event = match reader.read_event() {
            Ok(Event::Eof) if builder.open.len() > 1 => break Some("the document ends too early"),
            Ok(Event::Eof) => break None,
            Ok(event) => event,
            Err(_) => break Some("no well-formed XML"),
        };
        if let Err(reason) = builder.event(event, line) {
            break Some(reason);
        }
    };
    let line = builder.line;
    let mut root = builder.finish();
    let root = if root.children.is_empty() { Element::default() } else { root.children.swap_remove(0) };
    (root, broken.map(|reason| Broken { line, reason: Cow::Borrowed(reason) }))
}

struct Builder<'t> {
    text: &'t str,
    at: usize,
    line: u32,
    // The first stands for the document.
    open: Vec<Element>,
    nodes: u32,
    nodes_max: u32,
}

impl Builder<'_> {
    fn line_of(&mut self, at: usize) -> u32 {
        let passed = self.text.as_bytes().get(self.at..at).unwrap_or(&[]);
        self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u32;
        self.at = at;
        self.line
    }

    fn event(&mut self, event: Event<'_>, line: u32) -> Result<(), &'static str> {
        match event {
            Event::Start(start) => self.start(&start, line)?,
            Event::Empty(start) => {
                self.start(&start, line)?;
                self.close();
            }
            Event::End(_) => self.close(),
            Event::Text(text) => self.add(&text),
            Event::CData(text) => self.add(&text),
            Event::GeneralRef(name) => {
                let name = name.to_string();
                self.add(&reference(&name).map_or_else(|| format!("&{name};"), String::from));
            }
            _ => {}
        }
        Ok(())
    }

    fn start(&mut self, start: &BytesStart<'_>, line: u32) -> Result<(), &'static str> {
        self.nodes += 1;
        if self.nodes > self.nodes_max {
            return Err("too many elements; the rest was not read");
        }
        if self.open.len() > limits::DEPTH_MAX as usize {
            return Err("nested too deeply; the rest was not read");
        }
        let name = start.local_name().into_inner().to_owned();
        let mut element = Element { line, name, ..Element::default() };
        for attribute in start.attributes().with_checks(false).flatten() {
            self.nodes += 1;
            let key = attribute.key.local_name().into_inner().to_owned();
            element.attributes.push((key, unescape(&attribute.value)));
        }
        self.open.push(element);
        Ok(())
    }

    fn close(&mut self) {
        if self.open.len() > 1
            && let (Some(element), Some(parent)) = (self.open.pop(), self.open.last_mut())
        {
            parent.children.push(element);
        }
    }

    fn add(&mut self, text: &str) {
        if let Some(last) = self.open.last_mut()
            && !(last.text.is_empty() && text.trim().is_empty())
        {
            last.text.push_str(text);
        }
    }

    fn finish(mut self) -> Element {
        while self.open.len() > 1 {
            self.close();
        }
        self.open.pop().unwrap_or_default()
    }
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        // The longest reference is that of a character: `&#x10FFFF;`.
        let end = rest.bytes().take(12).position(|byte| byte == b';');
        match end.and_then(|end| Some((end, reference(&rest[..end])?))) {
            Some((end, c)) => {
                out.push(c);
                rest = &rest[end + 1..];
            }
            None => out.push('&'),
        }
    }
    out.push_str(rest);
    out
}

fn reference(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let digits = name.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => digits.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}
