//! [`Alert`]: what a match is told as, and [`Template`], the form of its text.
//!
//! Follows Falco's formatter: `%field`, `%field[arg]`, `%tolower(field)`, `%20field` for a fixed width, `%%` for a percent
//! sign, `<NA>` for what is missing. Sending alerts anywhere is the caller's business.

use serde_json::{Map, Value as Json};
use yagura_event::{Event, Priority, Timestamp};

use crate::{
    falco::{filter, lower},
    field::{Field, FieldArg},
    ir::Term,
    limits::OUTPUT_WIDTH_MAX,
    matcher::term,
    rule::Rule,
};

/// What Falco prints for a missing value.
const MISSING: &str = "<NA>";

/// What every output ends with: Falco's container plugin asks for these.
const SUGGESTED: &str = " container_id=%container.id container_name=%container.name";

/// A match of a rule on an event, as it is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    /// The rule's name.
    pub rule: String,
    /// How urgent it is.
    pub priority: Priority,
    /// Where the event came from.
    pub source: String,
    /// The rule's output with the event's values, without time and priority before it.
    pub output: String,
    /// The values in the output by field; numbers are numbers, what is missing is null.
    pub output_fields: Map<String, Json>,
    /// The rule's tags.
    pub tags: Vec<String>,
    /// When the event happened.
    pub time: Timestamp,
    /// The machine it happened on.
    pub hostname: String,
}

impl Alert {
    pub(crate) fn new(rule: &Rule, event: &Event, hostname: &str) -> Self {
        let (output, mut output_fields) = rule.template.fill(event, hostname);
        output_fields.insert("evt.time".to_owned(), event.time.nanos().into());
        Self {
            rule: rule.name.clone(),
            priority: rule.priority,
            source: rule.source.clone(),
            output,
            output_fields,
            tags: rule.tags.iter().cloned().collect(),
            time: event.time,
            hostname: hostname.to_owned(),
        }
    }

    /// What Falco puts before the output: `HH:MM:SS.nnnnnnnnn: Priority `, in UTC.
    pub fn prefix(&self) -> String {
        format!("{}: {} ", self.time.to_datetime().format("%H:%M:%S%.9f"), self.priority)
    }

    /// The alert as a line of text, as Falco prints it.
    pub fn to_falco_text(&self) -> String {
        format!("{}{}", self.prefix(), self.output)
    }

    /// The alert as Falco's JSON, with its keys.
    pub fn to_falco_json(&self) -> Json {
        serde_json::json!({
            "hostname": self.hostname,
            "output": self.to_falco_text(),
            "output_fields": self.output_fields,
            "priority": self.priority.name(),
            "rule": self.rule,
            "source": self.source,
            "tags": self.tags,
            "time": self.time.to_rfc3339(),
        })
    }
}

/// An output, read once.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Text(String),
    Value { term: Term, width: Option<usize> },
}

/// Why an output cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TemplateError {
    pub(crate) message: String,
    pub(crate) at: usize,
    pub(crate) length: usize,
    pub(crate) help: Option<String>,
    pub(crate) is_unknown_name: bool,
}

impl Template {
    /// Reads an output and adds the suggested fields to it.
    pub(crate) fn with_suggested(text: &str) -> Result<Self, TemplateError> {
        let mut this = Self::parse(text)?;
        this.parts.extend(Self::parse(SUGGESTED)?.parts);
        Ok(this)
    }

    /// Reads an output.
    pub(crate) fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        // Falco's prefix "resolve all, even what is missing": that is what always happens here.
        let mut at = usize::from(text.starts_with('*'));
        while let Some(percent) = text[at..].find('%') {
            plain.push_str(&text[at..at + percent]);
            at += percent + 1;
            if text[at..].starts_with('%') {
                plain.push('%');
                at += 1;
                continue;
            }
            at += usize::from(text[at..].starts_with('*'));
            let (width, digits) = width(&text[at..]);
            at += digits;
            let (term, length) = token(&text[at..]).map_err(|mut error| {
                error.at += at;
                error
            })?;
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            parts.push(Part::Value { term, width });
            at += length;
        }
        plain.push_str(&text[at..]);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Self { parts })
    }

    /// The text with the event's values, and the values by name.
    pub(crate) fn fill(&self, event: &Event, hostname: &str) -> (String, Map<String, Json>) {
        let mut text = String::new();
        let mut fields = Map::new();
        for part in &self.parts {
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::Value { term, width } => {
                    let shown = match value(term, event, hostname) {
                        Json::Null => MISSING.to_owned(),
                        Json::String(text) => text,
                        other => other.to_string(),
                    };
                    match width {
                        None => text.push_str(&shown),
                        Some(width) => {
                            let padding = width.saturating_sub(shown.chars().count());
                            text.extend(shown.chars().take(*width));
                            text.extend(std::iter::repeat_n(' ', padding));
                        }
                    }
                    note_fields(term, event, hostname, &mut fields);
                }
            }
        }
        (text, fields)
    }
}

// The fields behind a value: what a transformer makes of them stands in the text only.
fn note_fields(term: &Term, event: &Event, hostname: &str, fields: &mut Map<String, Json>) {
    match term {
        Term::Field(field) => {
            fields.insert(field.name(), value(term, event, hostname));
        }
        Term::Literal(_) => {}
        Term::Apply(_, arguments) => {
            arguments.iter().for_each(|argument| note_fields(argument, event, hostname, fields));
        }
    }
}

fn value(term: &Term, event: &Event, hostname: &str) -> Json {
    if let Term::Field(field) = term {
        match field.field {
            Field::EvtHostname => return hostname.into(),
            // Without a level it is the process itself, other than in conditions.
            Field::ProcApid if field.arg == FieldArg::None => return event.process.pid.into(),
            _ => {}
        }
    }
    let mut values: Vec<Json> = Vec::new();
    term::each(term, event, &mut |value| values.push(value.into_json()));
    if values.len() < 2 && !term::is_list(term) {
        return values.pop().unwrap_or(Json::Null);
    }
    let texts: Vec<String> =
        values.iter().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).collect();
    // Ancestors stand side by side, other lists in parentheses.
    match term {
        Term::Field(_) => texts.join(" ").into(),
        _ => format!("({})", texts.join(",")).into(),
    }
}

// A number before the name is the width of the value.
fn width(text: &str) -> (Option<usize>, usize) {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let width = text[..digits].parse().ok().filter(|width| *width > 0);
    (width.map(|width: usize| width.min(OUTPUT_WIDTH_MAX)), digits)
}

// No field's name, its argument included, is longer.
const NAME_BYTES_MAX: usize = 100;

// The longest field name counts: what follows it, without a blank too, is text.
fn token(text: &str) -> Result<(Term, usize), TemplateError> {
    let error = match whole_token(text) {
        Ok(found) => return Ok(found),
        Err(error) => error,
    };
    let name = text
        .bytes()
        .take(NAME_BYTES_MAX)
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"_.".contains(byte))
        .count();
    let shorter = (1..=name).rev().find_map(|end| whole_token(&text[..end]).ok());
    match shorter {
        Some(found) if !error.message.contains("expected a `]`") => Ok(found),
        _ => Err(error),
    }
}

fn whole_token(text: &str) -> Result<(Term, usize), TemplateError> {
    let fail = |message: String, at: usize, length: usize, help: Option<String>, is_unknown_name: bool| {
        Err(TemplateError { message, at, length, help, is_unknown_name })
    };
    if text.starts_with(|letter: char| letter.is_ascii_whitespace()) {
        return fail("invalid formatting token: expected a field".to_owned(), 0, 1, None, false);
    }
    let (operand, length) = match filter::parse_operand(text) {
        Ok(found) => found,
        Err(error) => {
            return fail(format!("invalid formatting token: {}", error.message), error.at, 1, None, false);
        }
    };
    match lower::lower_operand(&operand) {
        Ok(Term::Field(field)) if field.field.is_filter_only() => {
            fail(format!("`{}` can stand in a condition only", field.name()), 0, length, None, false)
        }
        Ok(term) => Ok((term, length)),
        Err(error) => fail(
            format!("invalid formatting token: {}", error.message),
            error.at,
            error.length,
            error.help,
            error.is_unknown_name,
        ),
    }
}

#[cfg(test)]
#[path = "output_tests.rs"]
mod tests;
