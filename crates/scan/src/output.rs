//! A report in the formats people and programs read, one file each.

mod cyclonedx;
mod html;
mod json;
mod junit;
mod markdown;
mod sarif;
mod spdx;
mod table;
mod text;

use std::io::{self, Write};

use yagura_packages::Inventory;

use crate::Report;

pub use self::text::shown;

/// The formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For a terminal.
    Table,
    /// Everything, in our own schema.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// CycloneDX 1.6 with vulnerabilities.
    CycloneDx,
    /// SPDX 2.3: packages only.
    Spdx,
    /// JUnit's XML.
    Junit,
    /// For a comment or a summary.
    Markdown,
    /// One file, English and Japanese.
    Html,
}

/// How it is written.
#[derive(Debug, Clone, Copy, Default)]
pub struct Style {
    /// Colour, in a table.
    pub colour: bool,
    /// Proof of each finding, in a table.
    pub explain: bool,
    /// Japanese first, in HTML.
    pub japanese: bool,
    /// Findings that do not count, too.
    pub set_aside: bool,
}

/// Writes a report.
pub fn write(report: &Report, format: Format, style: Style, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Table => table::write(report, style, out),
        Format::Json => json::write(report, out),
        Format::Sarif => sarif::write(report, out),
        Format::CycloneDx => cyclonedx::write(report, out),
        Format::Spdx => spdx::write(report, out),
        Format::Junit => junit::write(report, out),
        Format::Markdown => markdown::write(report, out),
        Format::Html => html::write(report, style, out),
    }
}

/// The packages as the SBOM writers want them.
fn inventory(report: &Report) -> Inventory {
    let distro = report.distro.as_ref().map(|distro| yagura_packages::Distro {
        id: distro.id.clone(),
        version_id: distro.release.clone(),
        pretty_name: Some(distro.name.clone()),
        ..yagura_packages::Distro::default()
    });
    let packages = report.packages.iter().map(|entry| entry.package.clone()).collect();
    Inventory { distro, packages, ..Inventory::default() }
}
