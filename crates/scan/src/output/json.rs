//! Our own JSON: everything a report has. `docs/scan-report.md` describes it.

use std::io::{self, Write};

use crate::Report;

/// Writes the report.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    out.write_all(b"\n")
}
