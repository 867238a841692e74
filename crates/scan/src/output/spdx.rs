//! SPDX 2.3.

use std::io::{self, Write};

use yagura_packages::sbom::{Document, spdx};

use crate::Report;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let inventory = super::inventory(report);
    let document = Document {
        name: &report.target.name,
        timestamp: &report.started,
        tool_version: report.version,
        inventory: &inventory,
    };
    out.write_all(spdx::write(&document).as_bytes())
}
