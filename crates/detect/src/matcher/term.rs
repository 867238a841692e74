//! Values of terms: a field's own, or what functions make of them.

use std::borrow::Cow;

use yagura_event::Event;

use crate::{
    field::{Field, FieldArg, FieldRef, Scope, Type, Value, extract},
    ir::{Function, Term},
};

/// Every value of a term.
pub(crate) fn each<'e>(term: &'e Term, event: &'e Event, sink: &mut impl FnMut(Value<'e>)) {
    match term {
        Term::Field(field) => extract::each(field, event, sink),
        Term::Literal(text) => sink(Value::text(text)),
        Term::Apply(function, arguments) => apply(*function, arguments, event).into_iter().for_each(sink),
    }
}

/// What a term's value depends on.
pub(crate) fn scope(term: &Term) -> Scope {
    match term {
        Term::Field(field) => field.scope(),
        Term::Literal(_) => Scope::Process,
        Term::Apply(_, arguments) => {
            let scopes = || arguments.iter().map(scope);
            if scopes().any(|scope| scope == Scope::Event) { Scope::Event } else { Scope::Process }
        }
    }
}

/// What a term's values are.
pub(crate) fn kind(term: &Term) -> Type {
    match term {
        Term::Field(field) => field.field.kind(),
        Term::Apply(Function::Length, _) => Type::Number,
        Term::Apply(Function::Base64, _) => Type::Bytes,
        Term::Literal(_) | Term::Apply(..) => Type::Text,
    }
}

// Transformed values are rare in rules and owned here; nothing on the hot path comes this way.
fn apply<'e>(function: Function, arguments: &'e [Term], event: &'e Event) -> Vec<Value<'e>> {
    let values = |index: usize| {
        let mut values = Vec::new();
        if let Some(term) = arguments.get(index) {
            each_boxed(term, event, &mut |value| values.push(value));
        }
        values
    };
    let text = |change: fn(Cow<'e, str>) -> String| {
        values(0).into_iter().map(|value| Value::owned(change(value.into_text()))).collect()
    };
    match function {
        Function::ToLower => text(|text| text.to_ascii_lowercase()),
        Function::ToUpper => text(|text| text.to_ascii_uppercase()),
        Function::Basename => text(|text| text.rsplit('/').next().unwrap_or("").to_owned()),
        Function::Base64 => values(0)
            .into_iter()
            .filter_map(|value| match value {
                Value::Bytes(bytes) => base64(&bytes),
                other => base64(other.into_text().as_bytes()),
            })
            .map(|bytes| Value::Bytes(Cow::Owned(bytes)))
            .collect(),
        Function::Length => vec![length(&arguments[0], values(0))],
        Function::Join => {
            let separator =
                values(1).into_iter().next().map_or_else(String::new, |it| it.into_text().into_owned());
            let parts: Vec<_> = values(0).into_iter().map(Value::into_text).collect();
            vec![Value::owned(parts.join(&separator))]
        }
        Function::Concat => {
            let parts: Option<Vec<_>> = (0..arguments.len())
                .map(|index| values(index).into_iter().next().map(Value::into_text))
                .collect();
            parts.map(|parts| Value::owned(parts.concat())).into_iter().collect()
        }
        Function::GetOpt => get_opt(arguments, event),
    }
}

// Breaks the recursion of generic closures: each nesting of terms would otherwise be a type of its own.
fn each_boxed<'e>(term: &'e Term, event: &'e Event, sink: &mut dyn FnMut(Value<'e>)) {
    match term {
        Term::Field(field) => extract::each(field, event, &mut |value| sink(value)),
        Term::Literal(text) => sink(Value::text(text)),
        Term::Apply(function, arguments) => apply(*function, arguments, event).into_iter().for_each(sink),
    }
}

fn length(term: &Term, values: Vec<Value<'_>>) -> Value<'static> {
    let is_list = matches!(term, Term::Field(field) if field.is_many())
        || matches!(term, Term::Apply(Function::GetOpt, _));
    if is_list {
        return Value::Number(values.len() as i64);
    }
    Value::Number(values.into_iter().next().map_or(0, |value| match value {
        Value::Bytes(bytes) => bytes.len() as i64,
        other => other.into_text().len() as i64,
    }))
}

/// Decodes Base64, standard or for URLs, padded or not.
fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut buffer, mut bits) = (0_u32, 0);
    for letter in text.iter().copied().filter(|letter| !letter.is_ascii_whitespace()) {
        let digit = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => break,
            _ => return None,
        };
        buffer = buffer << 6 | u32::from(digit);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits & 0xff) as u8);
        }
    }
    Some(bytes)
}

// `getopt(proc.args, "nt:")`: the option letters that are given; with a third argument, that option's values.
fn get_opt<'e>(arguments: &'e [Term], event: &'e Event) -> Vec<Value<'e>> {
    let words: Vec<Cow<'e, str>> = match &arguments[0] {
        Term::Field(FieldRef { field: Field::ProcArgs, arg: FieldArg::None }) => {
            event.process.args.iter().map(|word| Cow::Borrowed(&**word)).collect()
        }
        other => {
            let mut text = String::new();
            each_boxed(other, event, &mut |value| text.push_str(&value.into_text()));
            text.split_ascii_whitespace().map(|word| word.to_owned().into()).collect()
        }
    };
    let literal = |index: usize| match arguments.get(index) {
        Some(Term::Literal(text)) => Some(&**text),
        _ => None,
    };
    let options = literal(1).unwrap_or_default();
    let wanted = literal(2);
    let mut found = Vec::new();
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        let Some(letters) = word.strip_prefix('-').filter(|rest| !rest.is_empty()) else { continue };
        if letters == "-" {
            break;
        }
        for (at, letter) in letters.char_indices() {
            let Some(place) = options.find(letter).filter(|_| letter != ':') else { continue };
            let takes_value = options[place + letter.len_utf8()..].starts_with(':');
            let rest = letters[at + letter.len_utf8()..].to_owned();
            let value = if !takes_value {
                None
            } else if rest.is_empty() {
                words.next().map(Cow::into_owned)
            } else {
                Some(rest)
            };
            match wanted {
                None => found.push(Value::owned(letter.to_string())),
                Some(wanted) if wanted == letter.to_string() => {
                    found.push(Value::owned(value.unwrap_or_default()));
                }
                Some(_) => {}
            }
            if takes_value {
                break;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_reads_both_alphabets() {
        assert_eq!(base64(b"aGVsbG8=").as_deref(), Some(&b"hello"[..]));
        assert_eq!(base64(b"_-8").as_deref(), Some(&[0xff, 0xef][..]));
        assert_eq!(base64(b"a?b"), None);
    }
}
