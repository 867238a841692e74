//! Debian's lists in the security tracker's repository: `data/DSA/list`, `data/DLA/list`, `data/CVE/list`.
//!
//! ```text
//! [29 Mar 2023] DSA-5380-1 xorg-server - security update
//!         {CVE-2023-1393}
//!         [bullseye] - xorg-server 2:1.20.11-1+deb11u6
//! ```
//!
//! A line of a release stands for that release alone; the tracker's JSON also says what follows for the others.

use super::{Sink, text};
use crate::{
    ecosystem,
    query::FixState,
    record::{Advisory, Affected, Range},
    severity::Severity,
};

/// Reads one list.
pub(super) fn read(path: &str, bytes: &[u8], sink: &mut Sink) {
    let Some(text) = text(bytes, sink) else { return };
    let of_cves = path.contains("CVE/");
    let mut current: Option<Advisory> = None;
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        if !line.starts_with([' ', '\t']) {
            if let Some(done) = current.take() {
                sink.advisory(done);
            }
            current = if of_cves { cve_header(line) } else { header(line) };
            if current.is_none() {
                sink.problem(Some(index + 1), "this line starts no advisory");
            }
            continue;
        }
        let Some(advisory) = current.as_mut() else { continue };
        let line = line.trim();
        if let Some(ids) = line.strip_prefix('{') {
            let ids = ids.trim_end_matches('}').split_whitespace().map(str::to_owned);
            if of_cves {
                advisory.references.extend(ids);
            } else {
                advisory.covers.extend(ids.filter(|id| id.starts_with("CVE-")));
            }
        } else if line.starts_with('[') || line.starts_with("- ") {
            match affected(line) {
                Some(Line::Affected(affected)) => advisory.affected.push(affected),
                Some(Line::NotAffected) => {}
                None => sink.problem(Some(index + 1), format!("`{line}` is not understood")),
            }
        } else if line == "REJECTED" {
            advisory.withdrawn = true;
        }
    }
    if let Some(done) = current {
        sink.advisory(done);
    }
}

// `[29 Mar 2023] DSA-5380-1 xorg-server - security update`
fn header(line: &str) -> Option<Advisory> {
    let (date, rest) = line.strip_prefix('[')?.split_once(']')?;
    let (id, title) = rest.trim().split_once(' ')?;
    if !id.starts_with('D') {
        return None;
    }
    let mut advisory = Advisory::new(id);
    advisory.title = title.trim().to_owned();
    advisory.published = iso(date).unwrap_or_default();
    advisory.modified.clone_from(&advisory.published);
    Some(advisory)
}

// `CVE-2023-1234 (description)`
fn cve_header(line: &str) -> Option<Advisory> {
    let (id, title) = line.split_once(' ').unwrap_or((line, ""));
    if !id.starts_with("CVE-") && !id.starts_with("TEMP-") {
        return None;
    }
    let mut advisory = Advisory::new(id);
    advisory.title = title.trim_matches(['(', ')', '[', ']', ' ']).to_owned();
    Some(advisory)
}

enum Line {
    Affected(Affected),
    NotAffected,
}

// `[release] - package version-or-state (remarks)`; without a release it is unstable.
fn affected(line: &str) -> Option<Line> {
    let (release, rest) = match line.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => ("sid", line),
    };
    let rest = rest.trim().strip_prefix("- ")?;
    let (what, remarks) = rest.split_once(" (").unwrap_or((rest, ""));
    let mut words = what.split_whitespace();
    let name = words.next()?;
    let state = words.next().unwrap_or_default();
    let mut affected = Affected::new(ecosystem::canonical(&format!("Debian:{release}")), name);
    affected.of_source = true;
    affected.severity = remarks.contains("unimportant").then_some(Severity::Negligible);
    let open = match state {
        "<not-affected>" | "<undetermined>" | "<itp>" | "<removed>" => return Some(Line::NotAffected),
        "<unfixed>" => Some(FixState::NotFixed),
        "<no-dsa>" | "<postponed>" => Some(FixState::NotFixed),
        "<ignored>" => Some(FixState::WillNotFix),
        "<end-of-life>" => Some(FixState::EndOfLife),
        state if state.starts_with('<') || state.is_empty() => return None,
        _ => None,
    };
    match open {
        Some(fix_state) => {
            affected.fix_state = fix_state;
            affected.ranges.push(Range::everything());
        }
        None => affected.ranges.push(Range::before(state)),
    }
    Some(Line::Affected(affected))
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

// `29 Mar 2023` is 2023-03-29.
fn iso(date: &str) -> Option<String> {
    let mut words = date.split_whitespace();
    let day: u8 = words.next()?.parse().ok()?;
    let month = words.next()?;
    let month = 1 + MONTHS.iter().position(|name| month.starts_with(name))?;
    let year: u16 = words.next()?.parse().ok()?;
    Some(format!("{year:04}-{month:02}-{day:02}"))
}
