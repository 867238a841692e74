//! Rows of the match table: one range, or one list of versions, of a package in an advisory.

use crate::{
    query::FixState,
    record::{End, Range},
    severity::Severity,
    store::bytes::{Bytes, put_number, put_text, put_texts},
};

/// One row as it is read: borrowed from the block.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row<'a> {
    pub(crate) advisory: u32,
    pub(crate) of_source: bool,
    pub(crate) what: What<'a>,
    pub(crate) fix_state: FixState,
    pub(crate) severity: Option<Severity>,
    pub(crate) note: &'a str,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum What<'a> {
    Range {
        introduced: &'a str,
        end: EndRef<'a>,
    },
    /// Versions one by one; read only when the row is looked at.
    Versions(Vec<&'a str>),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum EndRef<'a> {
    Open,
    Fixed(&'a str),
    LastAffected(&'a str),
    Limit(&'a str),
}

const INTRODUCED: u8 = 1 << 2;
const VERSIONS: u8 = 1 << 3;
const OF_SOURCE: u8 = 1 << 4;
const SEVERITY: u8 = 1 << 5;
const NOTE: u8 = 1 << 6;
const FIX_STATE: u8 = 1 << 7;

const SEVERITIES: [Severity; 6] = [
    Severity::Unknown,
    Severity::Negligible,
    Severity::Low,
    Severity::Medium,
    Severity::High,
    Severity::Critical,
];
const FIX_STATES: [FixState; 5] =
    [FixState::Fixed, FixState::NotFixed, FixState::WillNotFix, FixState::EndOfLife, FixState::Unknown];

/// What all rows of one package in an advisory have in common.
pub(crate) struct Head<'a> {
    pub(crate) advisory: u32,
    pub(crate) of_source: bool,
    pub(crate) fix_state: FixState,
    pub(crate) severity: Option<Severity>,
    pub(crate) note: &'a str,
}

/// Appends a range.
pub(crate) fn put_range(out: &mut Vec<u8>, head: &Head, range: &Range) {
    let (kind, end) = match &range.end {
        End::Open => (0, None),
        End::Fixed(version) => (1, Some(version)),
        End::LastAffected(version) => (2, Some(version)),
        End::Limit(version) => (3, Some(version)),
    };
    let introduced = if range.introduced.is_empty() { 0 } else { INTRODUCED };
    put_head(out, head, kind | introduced);
    if introduced != 0 {
        put_text(out, &range.introduced);
    }
    if let Some(end) = end {
        put_text(out, end);
    }
}

/// Appends a list of versions.
pub(crate) fn put_versions(out: &mut Vec<u8>, head: &Head, versions: &[String]) {
    put_head(out, head, VERSIONS);
    put_texts(out, versions);
}

fn put_head(out: &mut Vec<u8>, head: &Head, kind: u8) {
    let flag = |set: bool, flag: u8| if set { flag } else { 0 };
    let with_state = head.fix_state != FixState::Unknown && kind & 3 != 1;
    let flags = kind
        | flag(head.of_source, OF_SOURCE)
        | flag(head.severity.is_some(), SEVERITY)
        | flag(!head.note.is_empty(), NOTE)
        | flag(with_state, FIX_STATE);
    put_number(out, u64::from(head.advisory));
    out.push(flags);
    if let Some(severity) = head.severity {
        out.push(severity_byte(severity));
    }
    if with_state {
        out.push(FIX_STATES.iter().position(|state| *state == head.fix_state).unwrap_or(4) as u8);
    }
    if !head.note.is_empty() {
        put_text(out, head.note);
    }
}

/// The byte of a severity.
pub(crate) fn severity_byte(severity: Severity) -> u8 {
    SEVERITIES.iter().position(|other| *other == severity).unwrap_or(0) as u8
}

/// The severity of a byte.
pub(crate) fn severity_of(byte: u8) -> Option<Severity> {
    SEVERITIES.get(usize::from(byte)).copied()
}

/// Reads the next row.
pub(crate) fn read<'a>(bytes: &mut Bytes<'a>) -> Option<Row<'a>> {
    let advisory = u32::try_from(bytes.number()?).ok()?;
    let flags = bytes.byte()?;
    let severity = if flags & SEVERITY != 0 { Some(severity_of(bytes.byte()?)?) } else { None };
    let fix_state =
        if flags & FIX_STATE != 0 { *FIX_STATES.get(usize::from(bytes.byte()?))? } else { FixState::Unknown };
    let note = if flags & NOTE != 0 { bytes.text()? } else { "" };
    let what = if flags & VERSIONS != 0 {
        let count = bytes.count()?;
        What::Versions((0..count).map(|_| bytes.text()).collect::<Option<_>>()?)
    } else {
        let introduced = if flags & INTRODUCED != 0 { bytes.text()? } else { "" };
        let end = match flags & 3 {
            0 => EndRef::Open,
            1 => EndRef::Fixed(bytes.text()?),
            2 => EndRef::LastAffected(bytes.text()?),
            _ => EndRef::Limit(bytes.text()?),
        };
        What::Range { introduced, end }
    };
    let fix_state = match what {
        What::Range { end: EndRef::Fixed(_), .. } => FixState::Fixed,
        _ => fix_state,
    };
    Some(Row { advisory, of_source: flags & OF_SOURCE != 0, what, fix_state, severity, note })
}
