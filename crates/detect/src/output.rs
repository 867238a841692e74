//! [`Alert`]: what a match is told as, and [`Template`], the form of its text.
//!
//! Follows Falco's formatter: `%field`, `%field[arg]`, `%tolower(field)`, `%%` for a percent sign, `<NA>` for what is
//! missing. Sending alerts anywhere is the caller's business.

use serde_json::{Map, Value as Json};
use yagura_event::{Event, Priority, Timestamp};

use crate::{
    falco::{filter, lower},
    field::{Field, FieldRef, Value},
    ir::Term,
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
    Value { term: Term, name: String },
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
            let (term, length) = token(&text[at..]).map_err(|mut error| {
                error.at += at;
                error
            })?;
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            parts.push(Part::Value { term, name: text[at..at + length].to_owned() });
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
                Part::Value { term, name } => {
                    let json = value(term, event, hostname);
                    match &json {
                        Json::Null => text.push_str(MISSING),
                        Json::String(value) => text.push_str(value),
                        other => text.push_str(&other.to_string()),
                    }
                    fields.insert(name.clone(), json);
                }
            }
        }
        (text, fields)
    }
}

fn value(term: &Term, event: &Event, hostname: &str) -> Json {
    if matches!(term, Term::Field(FieldRef { field: Field::EvtHostname, .. })) {
        return hostname.into();
    }
    let mut values: Vec<Json> = Vec::new();
    term::each(term, event, &mut |value| values.push(value.into_json()));
    if matches!(term, Term::Apply(..)) && values.len() > 1 {
        let texts: Vec<String> = values
            .iter()
            .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            .collect();
        return Value::owned(format!("({})", texts.join(","))).into_json();
    }
    values.into_iter().next().unwrap_or(Json::Null)
}

// The longest field name counts; a full stop after it is punctuation.
fn token(text: &str) -> Result<(Term, usize), TemplateError> {
    let fail = |message: String, at: usize, length: usize, help: Option<String>, is_unknown_name: bool| {
        Err(TemplateError { message, at, length, help, is_unknown_name })
    };
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
