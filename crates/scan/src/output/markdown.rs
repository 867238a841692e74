//! Markdown for a comment or a job summary.

use std::{
    collections::BTreeSet,
    io::{self, Write},
};

use crate::{
    Report, Status, limits,
    output::text::{count, cut, shown},
};

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Scan of {}\n", cell(&report.target.name))?;
    if let Some(distro) = &report.distro {
        writeln!(out, "{}, {}.", cell(&distro.name), count(report.counts.packages, "package", "packages"))?;
    } else {
        writeln!(out, "{}.", count(report.counts.packages, "package", "packages"))?;
    }
    vulnerabilities(report, out)?;
    secrets(report, out)?;
    malware(report, out)?;
    if !report.notes.is_empty() {
        writeln!(out, "\n### Notes\n")?;
    }
    for note in &report.notes {
        writeln!(out, "- {}", cell(&note.message))?;
    }
    Ok(())
}

fn vulnerabilities(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let open: Vec<_> =
        report.vulnerabilities.iter().filter(|found| found.status == Status::Affected).collect();
    if report.database.is_none() {
        return Ok(());
    }
    writeln!(out, "\n### {}\n", count(open.len() as u64, "vulnerability", "vulnerabilities"))?;
    if open.is_empty() {
        return Ok(());
    }
    writeln!(out, "| Risk | Severity | Id | Package | Installed | Fixed |\n|---:|---|---|---|---|---|")?;
    for found in open.iter().take(limits::TABLE_ROWS_MAX) {
        let exploited = if found.kev.is_some() { ", exploited" } else { "" };
        writeln!(
            out,
            "| {:.1} | {}{exploited} | {} | {} | {} | {} |",
            found.risk.score,
            found.severity.name(),
            cell(&found.id),
            cell(&found.name),
            cell(&found.version),
            cell(&found.fixed_version)
        )?;
    }
    more(open.len(), out)
}

fn secrets(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let open: Vec<_> = report.secrets.iter().filter(|found| found.status == Status::Affected).collect();
    if open.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n### {}\n", count(open.len() as u64, "secret", "secrets"))?;
    writeln!(out, "| Severity | Kind | File | Line | Secret |\n|---|---|---|---:|---|")?;
    for found in open.iter().take(limits::TABLE_ROWS_MAX) {
        let removed =
            if found.removed_by.is_some() { " (removed by a later layer, still in the image)" } else { "" };
        let (severity, title, path) = (found.severity.name(), cell(&found.title), cell(&found.path));
        writeln!(
            out,
            "| {severity} | {title} | {path}{removed} | {} | {} |",
            found.line,
            cell(&found.redacted)
        )?;
    }
    more(open.len(), out)
}

fn malware(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let open: Vec<_> = report.malware.iter().filter(|found| found.status == Status::Affected).collect();
    if open.is_empty() {
        return Ok(());
    }
    let files: BTreeSet<&str> = open.iter().map(|found| found.path.as_str()).collect();
    writeln!(out, "\n### {} with malware\n", count(files.len() as u64, "file", "files"))?;
    writeln!(out, "| Severity | Rule | File |\n|---|---|---|")?;
    for found in open.iter().take(limits::TABLE_ROWS_MAX) {
        writeln!(out, "| {} | {} | {} |", found.severity.name(), cell(&found.rule), cell(&found.path))?;
    }
    more(open.len(), out)
}

fn more(rows: usize, out: &mut dyn Write) -> io::Result<()> {
    match rows.checked_sub(limits::TABLE_ROWS_MAX) {
        Some(more) if more > 0 => writeln!(out, "\nAnd {more} more."),
        _ => Ok(()),
    }
}

/// Text that is no markup and stays in its cell.
fn cell(text: &str) -> String {
    let text = shown(text);
    let mut out = String::with_capacity(text.len());
    for c in cut(&text, 300).chars() {
        if matches!(c, '|' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '\\' | '~' | '@' | '!') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
