//! What is new against an earlier report or another target.

use std::collections::HashSet;

use serde_json::Value;

use crate::report::{MalwareFinding, Report, SecretFinding, Vulnerability};

/// What an earlier scan found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Base {
    vulnerabilities: HashSet<(String, String)>,
    secrets: HashSet<(String, String)>,
    malware: HashSet<(String, String)>,
}

impl Base {
    /// From a report in JSON; `None` if it is none.
    pub fn read(json: &[u8]) -> Option<Self> {
        let report: Value = serde_json::from_slice(json).ok()?;
        if !report["schema"].as_str()?.starts_with("yagura.scan/") {
            return None;
        }
        let pairs = |list: &str, first: &str, second: &str| {
            let rows = report[list].as_array().into_iter().flatten();
            let pair =
                |row: &Value| Some((row[first].as_str()?.to_owned(), row[second].as_str()?.to_owned()));
            rows.filter_map(pair).collect::<HashSet<_>>()
        };
        let vulnerabilities =
            pairs("vulnerabilities", "id", "package").into_iter().map(|(id, purl)| (id, bare(&purl)));
        Some(Self {
            vulnerabilities: vulnerabilities.collect(),
            secrets: pairs("secrets", "rule", "fingerprint"),
            malware: pairs("malware", "rule", "path"),
        })
    }

    /// From the scan of another target.
    pub fn of(report: &Report) -> Self {
        Self {
            vulnerabilities: report.vulnerabilities.iter().map(vulnerability).collect(),
            secrets: report.secrets.iter().map(secret).collect(),
            malware: report.malware.iter().map(malware).collect(),
        }
    }

    /// Leaves what was not there before. A vulnerability that a new version of a package still has is not new.
    pub fn leave_new(&self, report: &mut Report) {
        report.vulnerabilities.retain(|found| !self.vulnerabilities.contains(&vulnerability(found)));
        report.secrets.retain(|found| !self.secrets.contains(&secret(found)));
        report.malware.retain(|found| !self.malware.contains(&malware(found)));
        report.count();
    }
}

fn vulnerability(found: &Vulnerability) -> (String, String) {
    (found.id.clone(), bare(&found.package))
}

fn secret(found: &SecretFinding) -> (String, String) {
    (found.rule.clone(), found.fingerprint.clone())
}

fn malware(found: &MalwareFinding) -> (String, String) {
    (found.rule.clone(), found.path.clone())
}

/// A package URL without version and qualifiers.
fn bare(purl: &str) -> String {
    let end = purl.find('?').unwrap_or(purl.len());
    let head = &purl[..end];
    head.rfind('@').filter(|at| !head[*at..].contains('/')).map_or(head, |at| &head[..at]).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_qualifiers_do_not_make_a_package_another_one() {
        assert_eq!(bare("pkg:deb/debian/a@1.2-3?arch=amd64"), "pkg:deb/debian/a");
        assert_eq!(bare("pkg:npm/%40a/b@1"), "pkg:npm/%40a/b");
        assert_eq!(bare("pkg:npm/@a/b"), "pkg:npm/@a/b");
    }

    #[test]
    fn only_our_own_reports_are_a_base() {
        for other in ["", "{}", "[]", "1", r#"{"schema": 3}"#, r#"{"schema": "other/1"}"#] {
            assert_eq!(Base::read(other.as_bytes()), None, "{other}");
        }
        assert!(Base::read(br#"{"schema": "yagura.scan/1"}"#).is_some());
    }
}
