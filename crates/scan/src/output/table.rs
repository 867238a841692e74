//! A report on a terminal. Colour never says anything that words do not.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use yagura_advisory::Severity;

use crate::{
    MalwareFinding, Report, SecretFinding, Status, Vulnerability, limits,
    output::{
        Style,
        text::{count, cut, shown},
    },
};

pub(super) fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    head(report, out)?;
    vulnerabilities(report, style, out)?;
    secrets(report, style, out)?;
    malware(report, style, out)?;
    notes(report, out)
}

fn head(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let target = &report.target;
    let layers = match target.layers.len() {
        0 => String::new(),
        number => format!(", {}", count(number as u64, "layer", "layers")),
    };
    writeln!(out, "target      {} ({}{layers})", shown(&target.name), target.kind)?;
    if let Some(distro) = &report.distro {
        let over = if distro.is_end_of_life { ", END OF LIFE" } else { "" };
        writeln!(out, "system      {}{over}", shown(&distro.name))?;
    }
    let mut kinds: BTreeMap<&str, u64> = BTreeMap::new();
    for entry in &report.packages {
        *kinds.entry(entry.package.package_type.as_str()).or_default() += 1;
    }
    let kinds: Vec<String> = kinds.iter().map(|(kind, number)| format!("{kind} {number}")).collect();
    writeln!(out, "packages    {} ({})", report.counts.packages, kinds.join(", "))?;
    if let Some(database) = &report.database {
        writeln!(out, "advisories  {}, built {}", database.advisories, shown(&database.built))?;
    }
    Ok(())
}

fn vulnerabilities(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    if report.database.is_none() {
        return Ok(());
    }
    let listed =
        report.vulnerabilities.iter().filter(|found| style.set_aside || found.status == Status::Affected);
    let listed: Vec<&Vulnerability> = listed.collect();
    let counts = report.counts.vulnerabilities.rows();
    let counts: Vec<String> = counts
        .iter()
        .filter(|(_, number)| *number > 0)
        .map(|(name, number)| format!("{number} {name}"))
        .collect();
    let counts = if counts.is_empty() { "none".to_owned() } else { counts.join(", ") };
    let aside = match report.counts.set_aside {
        0 => String::new(),
        number => format!(" ({number} set aside)"),
    };
    writeln!(out, "\nVulnerabilities: {counts}{aside}")?;
    let rows: Vec<Vec<String>> = listed.iter().take(limits::TABLE_ROWS_MAX).map(|found| row(found)).collect();
    let header = ["RISK", "SEVERITY", "ID", "PACKAGE", "INSTALLED", "FIXED", "WHERE"];
    columns(&header, &rows, style, out)?;
    beyond(listed.len(), out)?;
    if style.explain {
        listed.iter().take(limits::TABLE_ROWS_MAX).try_for_each(|found| explain(found, report, out))?;
    }
    Ok(())
}

fn row(found: &Vulnerability) -> Vec<String> {
    let exploited = if found.kev.is_some() { ", exploited" } else { "" };
    let place = found.locations.first().map_or("", |place| place.path.as_str());
    let layer = found.layer.map(|layer| format!(" (layer {})", layer + 1)).unwrap_or_default();
    let fixed = match found.fixed_version.as_str() {
        "" => format!("{:?}", found.fix_state).to_lowercase(),
        fixed => fixed.to_owned(),
    };
    let aside =
        if found.status == Status::Affected { String::new() } else { format!(" [{}]", found.status_reason) };
    vec![
        format!("{:.1}", found.risk.score),
        format!("{}{exploited}", found.severity.name()),
        found.id.clone(),
        found.name.clone(),
        found.version.clone(),
        fixed,
        format!("{place}{layer}{aside}"),
    ]
}

fn explain(found: &Vulnerability, report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n{} in {} {}", shown(&found.id), shown(&found.name), shown(&found.version))?;
    if !found.title.is_empty() {
        writeln!(out, "  {}", shown(&found.title))?;
    }
    let terms: Vec<String> = found
        .risk
        .terms
        .iter()
        .map(|term| format!("{} {:.2} ({})", term.name, term.factor, shown(&term.why)))
        .collect();
    writeln!(out, "  risk {:.2} = {}", found.risk.score, terms.join(" × "))?;
    for place in &found.locations {
        let line = place.line.map(|line| format!(":{line}")).unwrap_or_default();
        writeln!(out, "  file {}{line}", shown(&place.path))?;
    }
    if let Some(layer) = found.layer {
        let entry = usize::try_from(layer).ok().and_then(|layer| report.target.layers.get(layer));
        let made = entry.and_then(|entry| entry.created_by.as_deref()).unwrap_or("not said");
        writeln!(out, "  layer {}, made by: {}", layer + 1, shown(&cut(made, 200)))?;
    }
    for proof in &found.proof {
        writeln!(
            out,
            "  advisory {} of {}: {} {}",
            shown(&proof.advisory),
            shown(&proof.source),
            shown(&proof.package),
            shown(&proof.range)
        )?;
        for comparison in &proof.comparisons {
            writeln!(out, "    {} by {}", shown(comparison), shown(&proof.scheme))?;
        }
    }
    found.notes.iter().try_for_each(|note| writeln!(out, "  note: {}", shown(note)))
}

fn secrets(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let listed = report.secrets.iter().filter(|found| style.set_aside || found.status == Status::Affected);
    let listed: Vec<&SecretFinding> = listed.collect();
    if listed.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\nSecrets: {}, {} in removed files",
        report.counts.secrets, report.counts.removed_secrets
    )?;
    let rows: Vec<Vec<String>> = listed
        .iter()
        .take(limits::TABLE_ROWS_MAX)
        .map(|found| {
            let removed = found
                .removed_by
                .map(|layer| format!(" (removed by layer {}, still in the image)", layer + 1));
            let kind = found.title.clone();
            let place = format!("{}:{}{}", found.path, found.line, removed.unwrap_or_default());
            vec![
                found.severity.name().to_owned(),
                found.confidence.clone(),
                kind,
                found.redacted.clone(),
                place,
            ]
        })
        .collect();
    columns(&["SEVERITY", "SURE", "KIND", "SECRET", "WHERE"], &rows, style, out)?;
    beyond(listed.len(), out)
}

fn malware(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let listed = report.malware.iter().filter(|found| style.set_aside || found.status == Status::Affected);
    let listed: Vec<&MalwareFinding> = listed.collect();
    if listed.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nMalware: {}", report.counts.malware)?;
    let rows: Vec<Vec<String>> = listed
        .iter()
        .take(limits::TABLE_ROWS_MAX)
        .map(|found| {
            let removed = found
                .removed_by
                .map(|layer| format!(" (removed by layer {}, still in the image)", layer + 1));
            vec![
                found.severity.name().to_owned(),
                found.rule.clone(),
                format!("{}{}", found.path, removed.unwrap_or_default()),
                found.title.clone(),
            ]
        })
        .collect();
    columns(&["SEVERITY", "RULE", "WHERE", "WHAT"], &rows, style, out)?;
    beyond(listed.len(), out)
}

const PROBLEMS_SHOWN: usize = 20;

fn notes(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let expired: Vec<_> = report.exceptions.iter().filter(|exception| exception.expired).collect();
    if !report.notes.is_empty() || !expired.is_empty() {
        writeln!(out)?;
    }
    for note in &report.notes {
        writeln!(out, "note: {}", shown(&note.message))?;
    }
    for exception in expired {
        let (about, owner) = (shown(&exception.about), shown(&exception.owner));
        writeln!(
            out,
            "note: the exception for {about} ({owner}) is over since {}",
            shown(&exception.expires)
        )?;
    }
    for problem in report.problems.iter().take(PROBLEMS_SHOWN) {
        let mut place = Vec::new();
        place.extend(problem.layer.map(|layer| format!("layer {}", layer + 1)));
        place.extend(problem.path.clone());
        place.extend(problem.line.map(|line| format!("line {line}")));
        place.extend(problem.offset.map(|offset| format!("byte {offset}")));
        writeln!(
            out,
            "problem: {}: {}: {}",
            shown(&place.join(", ")),
            problem.kind,
            shown(&problem.message)
        )?;
    }
    let more = report.problems.len().saturating_sub(PROBLEMS_SHOWN) as u64 + report.problems_lost;
    if more > 0 {
        writeln!(out, "problem: and {more} more; the JSON report lists them")?;
    }
    Ok(())
}

fn beyond(rows: usize, out: &mut dyn Write) -> io::Result<()> {
    match rows.saturating_sub(limits::TABLE_ROWS_MAX) {
        0 => Ok(()),
        more => writeln!(out, "… and {more} more; the JSON report has all"),
    }
}

const CELL_CHARS_MAX: usize = 60;

fn columns(header: &[&str], rows: &[Vec<String>], style: Style, out: &mut dyn Write) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let clean = |cell: &String| cut(&shown(cell), CELL_CHARS_MAX).into_owned();
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(clean).collect()).collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain([header[column].len()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    line(header.iter().map(|cell| (*cell).to_owned()), &widths, false, out)?;
    rows.into_iter().try_for_each(|row| line(row.into_iter(), &widths, style.colour, out))
}

fn line(
    cells: impl Iterator<Item = String>,
    widths: &[usize],
    colour: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let cells = cells.zip(widths).map(|(cell, width)| {
        let padded = format!("{cell:<width$}");
        match tint(&cell).filter(|_| colour) {
            Some(code) => format!("\u{1b}[{code}m{padded}\u{1b}[0m"),
            None => padded,
        }
    });
    writeln!(out, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())
}

/// Colours of the words that name a severity.
fn tint(cell: &str) -> Option<&'static str> {
    let word = cell.split(',').next().unwrap_or_default();
    match Severity::parse(word)? {
        Severity::Critical => Some("1;31"),
        Severity::High => Some("31"),
        Severity::Medium => Some("33"),
        _ => None,
    }
}
