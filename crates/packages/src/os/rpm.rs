//! RPM's databases: SQLite, NDB and Berkeley DB hash hold the same headers.
//!
//! Each store yields header blobs; `header` reads them. None of them is trusted: every store has a budget of bytes so
//! that pages which point at each other cannot keep it busy.

mod bdb;
mod header;
pub(crate) mod manifest;
mod ndb;
mod sqlite;

use crate::{
    diagnostic::DiagnosticCode,
    limits,
    parser::{Found, Parser, Pattern},
};

pub(crate) const PARSER: Parser = Parser {
    patterns: &[
        Pattern::In("lib/rpm", "rpmdb.sqlite"),
        Pattern::In("lib/rpm", "Packages"),
        Pattern::In("lib/rpm", "Packages.db"),
        Pattern::In("lib/sysimage/rpm", "rpmdb.sqlite"),
        Pattern::In("lib/sysimage/rpm", "Packages"),
        Pattern::In("lib/sysimage/rpm", "Packages.db"),
    ],
    bytes_max: limits::FILE_BYTES_MAX,
    parse,
};

/// Why a store could not be read to its end.
#[derive(Debug)]
pub(crate) struct Corrupt(pub(crate) &'static str);

/// Takes each header; false ends the walk.
type Sink<'s> = &'s mut dyn FnMut(&[u8]) -> bool;

fn parse(found: &mut Found, bytes: &[u8]) {
    if bytes.is_empty() {
        return;
    }
    let mut bad = 0;
    let mut sink = |blob: &[u8]| {
        bad += usize::from(header::read(found, blob).is_none());
        found.items.len() < limits::FILE_PACKAGES_MAX
    };
    let result = if sqlite::is_sqlite(bytes) {
        sqlite::walk(bytes, &mut sink)
    } else if ndb::is_ndb(bytes) {
        ndb::walk(bytes, &mut sink)
    } else if bdb::is_hash(bytes) {
        bdb::walk(bytes, &mut sink)
    } else {
        return found.problem(None, DiagnosticCode::Unsupported, "no RPM database of a known kind");
    };
    if let Err(Corrupt(reason)) = result {
        found.problem(None, DiagnosticCode::Syntax, reason);
    }
    if bad > 0 {
        let message = format!("{bad} package headers are damaged; they were left out");
        found.problem(None, DiagnosticCode::Syntax, &message);
    }
}

/// `bash-5.1.8-6.el9.src.rpm` as name and `version-release`.
pub(crate) fn source(file: &str) -> Option<(&str, &str)> {
    let stem = file.strip_suffix(".rpm")?;
    let stem = stem.strip_suffix(".src").or_else(|| stem.strip_suffix(".nosrc")).unwrap_or(stem);
    let (at, _) = stem.rmatch_indices('-').nth(1)?;
    Some((&stem[..at], &stem[at + 1..]))
}
