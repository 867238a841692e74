//! [`Shape`]: what is known of an event before any rule is looked at.
//!
//! Its kind; and of a regular file that was opened, which is most of what a machine does, whether for reading or writing.
//! Conditions are folded for each shape, so an opened library never meets what concerns only written files. A new fact
//! is worth a shape when many events have it and many rules ask for it.

use yagura_event::{ArgName, ArgValue, Event, EventKind, FdKind};

use crate::{
    field::{Field, FieldArg, FieldRef, Value},
    ir::{NumberTest, Predicate, Term, Test},
    matcher::single::Single,
};

/// What is known of an event before any rule is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) kind: EventKind,
    /// How a regular file was opened; `None` where that is not known, whatever the kind.
    opened: Option<Opened>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Opened {
    reads: bool,
    writes: bool,
}

/// Place of a shape among all.
pub(crate) type ShapeId = u16;

const OPENS: [EventKind; 3] = [EventKind::Open, EventKind::Openat, EventKind::Openat2];
// In the order of the access mode in open's flags: O_RDONLY 0, O_WRONLY 1, O_RDWR 2.
const MODES: [Opened; 3] = [
    Opened { reads: true, writes: false },
    Opened { reads: false, writes: true },
    Opened { reads: true, writes: true },
];

impl Shape {
    /// What is known by the kind alone.
    pub(crate) const fn of_kind(kind: EventKind) -> Self {
        Self { kind, opened: None }
    }

    /// Every shape, in the order of their places.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let opened = |kind| MODES.iter().map(move |mode| Self { kind, opened: Some(*mode) });
        EventKind::ALL.iter().map(|kind| Self::of_kind(*kind)).chain(OPENS.into_iter().flat_map(opened))
    }

    /// The place of an event's shape.
    pub(crate) fn place(event: &Event) -> ShapeId {
        let kind = event.kind.index() as ShapeId;
        let Some(open) = OPENS.iter().position(|open| *open == event.kind) else { return kind };
        match (&event.fd, event.arg(ArgName::Flags)) {
            (Some(fd), Some(ArgValue::Flags(_, flags))) if fd.kind == FdKind::File && fd.number >= 0 => {
                match (flags & 3) as usize {
                    mode if mode < MODES.len() => (EventKind::COUNT + open * MODES.len() + mode) as ShapeId,
                    _ => kind,
                }
            }
            _ => kind,
        }
    }

    /// Whether some shape may know what comes of a predicate.
    pub(crate) fn may_know(predicate: &Predicate) -> bool {
        let Term::Field(FieldRef { field, .. }) = &predicate.term else { return false };
        matches!(
            field,
            Field::EvtType
                | Field::SyscallType
                | Field::EvtTypeIs
                | Field::EvtDir
                | Field::EvtSource
                | Field::EvtNum
                | Field::EvtIsOpenRead
                | Field::EvtIsOpenWrite
                | Field::FdTypechar
                | Field::FdType
                | Field::FdNum
        )
    }

    /// What comes of a predicate, where the shape alone decides it.
    pub(crate) fn knows(self, predicate: &Predicate) -> Option<bool> {
        let Term::Field(FieldRef { field, arg }) = &predicate.term else { return None };
        if matches!(predicate.test, Test::Compare(..)) {
            return None;
        }
        let value = match (field, arg) {
            (Field::EvtType | Field::SyscallType, FieldArg::None) => Value::text(self.kind.name()),
            (Field::EvtTypeIs, FieldArg::Key(name)) => Value::Number((**name == *self.kind.name()).into()),
            (Field::EvtDir, FieldArg::None) => Value::text("<"),
            (Field::EvtSource, FieldArg::None) => Value::text("syscall"),
            // Events are counted from 1.
            (Field::EvtNum, FieldArg::None) => return at_least(1, &predicate.test),
            (Field::FdNum, FieldArg::None) => return self.opened.and_then(|_| at_least(0, &predicate.test)),
            (Field::EvtIsOpenRead, FieldArg::None) => Value::Truth(self.opened?.reads),
            (Field::EvtIsOpenWrite, FieldArg::None) => Value::Truth(self.opened?.writes),
            (Field::FdTypechar, FieldArg::None) => {
                self.opened?;
                Value::text(FdKind::File.falco_typechar())
            }
            (Field::FdType, FieldArg::None) => {
                self.opened?;
                Value::text(FdKind::File.falco_type())
            }
            _ => return None,
        };
        Some(Single::new(predicate.clone()).value_holds(value))
    }
}

// What comes of a test of a number that is known to be at least so large.
fn at_least(least: i64, test: &Test) -> Option<bool> {
    match test {
        Test::Exists => Some(true),
        Test::Number(NumberTest::Equal, number) => (*number < least).then_some(false),
        Test::Number(NumberTest::Differs, number) => (*number < least).then_some(true),
        Test::Number(NumberTest::Less, number) => (*number <= least).then_some(false),
        Test::Number(NumberTest::LessOrEqual, number) => (*number < least).then_some(false),
        Test::Number(NumberTest::Greater, number) => (*number < least).then_some(true),
        Test::Number(NumberTest::GreaterOrEqual, number) => (*number <= least).then_some(true),
        Test::NumberIn(numbers) => numbers.iter().all(|number| *number < least).then_some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case;

    #[test]
    fn an_events_place_is_that_of_a_shape_that_is_true_of_it() {
        let all: Vec<Shape> = Shape::all().collect();
        for (text, reads, writes) in [
            ("{kind: openat, fd: {name: /a, number: 3}, args: {flags: O_RDONLY}}", true, false),
            ("{kind: open, fd: {name: /a, number: 3}, args: {flags: O_WRONLY}}", false, true),
            ("{kind: openat2, fd: {name: /a, number: 3}, args: {flags: O_RDWR}}", true, true),
        ] {
            let event = case::event(text).expect("an event");
            let shape = all[usize::from(Shape::place(&event))];
            assert_eq!(shape, Shape { kind: event.kind, opened: Some(Opened { reads, writes }) }, "{text}");
        }
        for text in [
            "{kind: openat, fd: {name: /a, number: -1}, args: {flags: O_RDONLY}}",
            "{kind: openat, fd: {name: /a, number: 3}}",
            "{kind: openat}",
            "{kind: openat, fd: {name: /a, number: 3, kind: directory}, args: {flags: O_RDONLY}}",
            "{kind: execve, fd: {name: /a, number: 3}}",
        ] {
            let event = case::event(text).expect("an event");
            assert_eq!(all[usize::from(Shape::place(&event))], Shape::of_kind(event.kind), "{text}");
        }
    }

    #[test]
    fn every_kinds_place_is_its_number() {
        for (place, shape) in Shape::all().take(EventKind::COUNT).enumerate() {
            assert_eq!(shape, Shape::of_kind(EventKind::ALL[place]));
        }
    }
}
