//! An advisor that a test can know by heart.

use yagura_advisory::{Answer, Coverage, Epss, FixState, Kev, Kind, Match, Proof, Query, Score, Severity};
use yagura_scan::{Advisor, DatabaseInfo};

/// Says that every package whose name begins with `bad` has `CVE-2024-<length of the name>`; `worse` is exploited.
pub struct Advice;

impl Advisor for Advice {
    fn answer(&self, query: &Query) -> Answer {
        let ecosystem = query.ecosystem();
        if query.package_type == "cargo" {
            return Answer {
                matches: Vec::new(),
                coverage: Coverage::NoSource { ecosystem, nearest: Vec::new() },
            };
        }
        let name = query.name;
        let is_bad = name.starts_with("bad") || name.starts_with("worse") || name.starts_with("linux-image");
        let matches = is_bad.then(|| found(query, name.starts_with("worse")));
        Answer { matches: matches.into_iter().collect(), coverage: Coverage::Covered { ecosystem } }
    }

    fn info(&self) -> DatabaseInfo {
        DatabaseInfo { built: "2026-01-01T00:00:00Z".to_owned(), advisories: 1 }
    }
}

fn found(query: &Query, worse: bool) -> Match {
    let id = format!("CVE-2024-{:04}", query.name.len());
    let severity = if worse { Severity::Medium } else { Severity::High };
    Match {
        aliases: vec![format!("GHSA-{}", query.name.len())],
        advisories: vec!["DSA-1".to_owned()],
        severity,
        severity_source: "Debian".to_owned(),
        cvss: vec![Score {
            vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N".to_owned(),
            version: "3.1".to_owned(),
            score: if worse { 6.0 } else { 8.1 },
            severity,
            source: "NVD".to_owned(),
        }],
        cwe: vec![79],
        fixed_version: if worse { String::new() } else { "9.9".to_owned() },
        fix_state: if worse { FixState::NotFixed } else { FixState::Fixed },
        kev: worse.then(|| Kev { added: "2024-02-01".to_owned(), due: String::new(), ransomware: false }),
        epss: worse.then_some(Epss { probability: 0.5, percentile: 0.9 }),
        kind: Kind::Vulnerability,
        title: format!("{} is <b>bad</b>\u{1b}[31m", query.name),
        published: "2024-01-31".to_owned(),
        notes: Vec::new(),
        proof: vec![Proof {
            advisory: "DSA-1".to_owned(),
            source: "test".to_owned(),
            ecosystem: query.ecosystem(),
            package: query.name.to_owned(),
            by_source_package: false,
            version: query.version.to_owned(),
            range: "< 9.9".to_owned(),
            comparisons: vec![format!("{} < 9.9", query.version)],
            scheme: "dpkg".to_owned(),
            fixed_version: "9.9".to_owned(),
        }],
        vex: None,
        id,
    }
}
