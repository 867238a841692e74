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
        Term::Apply(Function::Base64, arguments) if arguments.first().map(kind) == Some(Type::Bytes) => {
            Type::Bytes
        }
        Term::Literal(_) | Term::Apply(..) => Type::Text,
    }
}

/// Whether a term's value is a list: `in` wants all of it, `intersects` any of it.
pub(crate) fn is_list(term: &Term) -> bool {
    match term {
        Term::Field(_) | Term::Literal(_) => false,
        Term::Apply(function, arguments) => match function {
            Function::GetOpt | Function::List => true,
            Function::Length | Function::Join | Function::Concat => false,
            _ => arguments.iter().any(is_list),
        },
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
        Function::Base64 => values(0).into_iter().filter_map(decoded).collect(),
        Function::Length => length(&arguments[0], values(0)).into_iter().collect(),
        Function::Join => {
            let separator = values(0).into_iter().next().map(Value::into_text).unwrap_or_default();
            let parts: Vec<_> = values(1).into_iter().map(Value::into_text).collect();
            if parts.is_empty() { Vec::new() } else { vec![Value::owned(parts.join(&separator))] }
        }
        Function::Concat => {
            let parts: Option<Vec<_>> = (0..arguments.len())
                .map(|index| values(index).into_iter().next().map(Value::into_text))
                .collect();
            parts.map(|parts| Value::owned(parts.concat())).into_iter().collect()
        }
        Function::GetOpt => get_opt(arguments, event),
        Function::List => (0..arguments.len()).flat_map(values).collect(),
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

// What is missing has no length; an empty list has the length 0.
fn length(term: &Term, values: Vec<Value<'_>>) -> Option<Value<'static>> {
    let is_many = matches!(term, Term::Field(field) if field.is_many());
    if is_many || is_list(term) {
        return Some(Value::Number(values.len() as i64));
    }
    values.into_iter().next().map(|value| match value {
        Value::Bytes(bytes) => Value::Number(bytes.len() as i64),
        other => Value::Number(other.into_text().len() as i64),
    })
}

// Bytes give bytes, text gives text, which ends at the first NUL as text does in Falco.
fn decoded(value: Value<'_>) -> Option<Value<'_>> {
    match value {
        Value::Bytes(bytes) => base64(&bytes).map(|bytes| Value::Bytes(Cow::Owned(bytes))),
        other => {
            let mut bytes = base64(other.into_text().as_bytes())?;
            bytes.truncate(bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len()));
            Some(Value::owned(String::from_utf8_lossy(&bytes).into_owned()))
        }
    }
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

// `getopt(words, "nt:")`: each option letter that is given, followed by its value; by nothing where it takes none.
fn get_opt<'e>(arguments: &'e [Term], event: &'e Event) -> Vec<Value<'e>> {
    let options = match arguments.get(1) {
        Some(Term::Literal(text)) => &**text,
        _ => "",
    };
    let mut found = Vec::new();
    let mut words = words(&arguments[0], event).into_iter();
    while let Some(word) = words.next() {
        let Some(letters) = word.strip_prefix('-').filter(|rest| !rest.is_empty()) else { continue };
        if letters == "-" {
            break;
        }
        for (at, letter) in letters.char_indices() {
            let Some(place) = options.find(letter).filter(|_| letter != ':') else { continue };
            let takes_value = options[place + letter.len_utf8()..].starts_with(':');
            let rest = &letters[at + letter.len_utf8()..];
            let value = match takes_value {
                false => String::new(),
                true if rest.is_empty() => words.next().map(Cow::into_owned).unwrap_or_default(),
                true => rest.to_owned(),
            };
            found.extend([Value::owned(letter.to_string()), Value::owned(value)]);
            if takes_value {
                break;
            }
        }
    }
    found
}

// The words of a command line: a list as it is, text split at blanks.
fn words<'e>(term: &'e Term, event: &'e Event) -> Vec<Cow<'e, str>> {
    if matches!(term, Term::Field(FieldRef { field: Field::ProcArgs, arg: FieldArg::None })) {
        return event.process.args.iter().map(|word| Cow::Borrowed(&**word)).collect();
    }
    let mut words = Vec::new();
    each_boxed(term, event, &mut |value| words.push(value.into_text()));
    if is_list(term) {
        return words;
    }
    words
        .iter()
        .flat_map(|text| text.split_ascii_whitespace())
        .map(|word| Cow::Owned(word.to_owned()))
        .collect()
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
