//! [`Quick`]: the texts that nearly every event is asked for, taken without the detour over all kinds of values.
//!
//! INVARIANT: a quick text is what [`super::extract`] gives for the same field.

use yagura_event::{ArgName, ArgValue, Event, FlagSet};

use super::{Field, FieldArg, FieldRef, event_value};

/// A text that is taken quickly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quick {
    Name,
    RawName,
    Directory,
    Filename,
    Argument(ArgName),
}

/// What an event has there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum QuickValue<'e> {
    Nothing,
    Text(&'e str),
    Flags(FlagSet, u64),
    /// Something else: to be taken the long way.
    Other,
}

/// Where the last slash of the present event's path stands, once it was looked for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Slash {
    found: Option<Option<usize>>,
}

impl Slash {
    fn of(&mut self, name: &str) -> Option<usize> {
        *self.found.get_or_insert_with(|| name.as_bytes().iter().rposition(|byte| *byte == b'/'))
    }
}

impl Quick {
    /// The quick way to a field, if there is one.
    pub(crate) fn of(field: &FieldRef) -> Option<Self> {
        match (field.field, &field.arg) {
            (Field::FdName, FieldArg::None) => Some(Self::Name),
            (Field::FdNameraw, FieldArg::None) => Some(Self::RawName),
            (Field::FdDirectory, FieldArg::None) => Some(Self::Directory),
            (Field::FdFilename, FieldArg::None) => Some(Self::Filename),
            (Field::EvtArg, FieldArg::Argument(name)) => Some(Self::Argument(*name)),
            _ => None,
        }
    }

    /// The event's value; `slash` is that of the same event.
    pub(crate) fn get<'e>(self, event: &'e Event, slash: &mut Slash) -> QuickValue<'e> {
        if let Self::Argument(name) = self {
            return match event.arg(name) {
                None => QuickValue::Nothing,
                Some(ArgValue::Text(text) | ArgValue::Path(text)) => QuickValue::Text(text),
                Some(ArgValue::Flags(set, bits)) => QuickValue::Flags(*set, *bits),
                Some(_) => QuickValue::Other,
            };
        }
        let Some(fd) = &event.fd else { return QuickValue::Nothing };
        let text = match self {
            Self::Name => Some(&*fd.name),
            Self::RawName => Some(fd.raw_name.as_deref().unwrap_or(&fd.name)),
            Self::Directory => event_value::directory(fd, |name| slash.of(name)),
            Self::Filename => event_value::filename(fd, |name| slash.of(name)),
            Self::Argument(_) => None,
        };
        text.map_or(QuickValue::Nothing, QuickValue::Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{case, field::extract};

    #[test]
    fn the_quick_way_gives_what_the_long_way_gives() {
        let events = [
            "{kind: openat, fd: {name: /etc/ssh/x, raw_name: ../x, number: 3}, args: {flags: O_RDWR, name: x, mode: 5, fd: 3}}",
            "{kind: openat, fd: {name: /x}}",
            "{kind: openat, fd: {name: x}}",
            "{kind: openat, fd: {name: /}}",
            "{kind: openat, fd: {name: /etc/, kind: directory}}",
            "{kind: openat, fd: {name: /etc/}}",
            "{kind: connect, fd: {name: '1.2.3.4:5->6.7.8.9:80', kind: ipv4}}",
            "{kind: execve}",
        ];
        let fields = [
            (Field::FdName, FieldArg::None),
            (Field::FdNameraw, FieldArg::None),
            (Field::FdDirectory, FieldArg::None),
            (Field::FdFilename, FieldArg::None),
            (Field::EvtArg, FieldArg::Argument(ArgName::Name)),
            (Field::EvtArg, FieldArg::Argument(ArgName::Flags)),
            (Field::EvtArg, FieldArg::Argument(ArgName::Mode)),
        ];
        for text in events {
            let event = case::event(text).expect(text);
            let mut slash = Slash::default();
            for (field, arg) in &fields {
                let field = FieldRef { field: *field, arg: arg.clone() };
                let long = extract::one(&field, &event).map(|value| value.into_text().into_owned());
                let quick = Quick::of(&field).expect("a quick field").get(&event, &mut slash);
                let quick = match quick {
                    QuickValue::Nothing => None,
                    QuickValue::Text(text) => Some(text.to_owned()),
                    QuickValue::Flags(set, bits) => Some(set.render(bits)),
                    QuickValue::Other => long.clone(),
                };
                assert_eq!(quick, long, "{text}: {}", field.name());
            }
        }
    }
}
