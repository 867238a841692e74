//! JUnit's XML: a failed case for each finding, a passed one for each engine that found nothing.

use std::io::{self, Write};

use crate::{Report, Status, output::text::markup};

struct Suite {
    name: &'static str,
    /// Class, name, what failed.
    cases: Vec<(String, String, String)>,
}

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let suites = [vulnerabilities(report), secrets(report), malware(report)];
    let failures: usize = suites.iter().map(|suite| suite.cases.len()).sum();
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    let tests: usize = suites.iter().map(|suite| suite.cases.len().max(1)).sum();
    writeln!(
        out,
        r#"<testsuites name="{}" tests="{tests}" failures="{failures}">"#,
        markup(&report.target.name)
    )?;
    for suite in &suites {
        write_suite(suite, out)?;
    }
    writeln!(out, "</testsuites>")
}

fn write_suite(suite: &Suite, out: &mut dyn Write) -> io::Result<()> {
    let (name, failures) = (suite.name, suite.cases.len());
    writeln!(out, r#"  <testsuite name="{name}" tests="{}" failures="{failures}">"#, failures.max(1))?;
    if suite.cases.is_empty() {
        writeln!(out, r#"    <testcase classname="{name}" name="none"/>"#)?;
    }
    for (class, name, message) in &suite.cases {
        let (class, name, message) = (markup(class), markup(name), markup(message));
        writeln!(out, r#"    <testcase classname="{class}" name="{name}">"#)?;
        writeln!(out, r#"      <failure message="{message}"/>"#)?;
        writeln!(out, "    </testcase>")?;
    }
    writeln!(out, "  </testsuite>")
}

fn vulnerabilities(report: &Report) -> Suite {
    let open = report.vulnerabilities.iter().filter(|found| found.status == Status::Affected);
    let cases = open.map(|found| {
        let fix = if found.fixed_version.is_empty() {
            "no fix".to_owned()
        } else {
            format!("fixed in {}", found.fixed_version)
        };
        let message = format!("{}: {} ({fix})", found.severity.name(), found.title);
        (format!("{} {}", found.name, found.version), found.id.clone(), message)
    });
    Suite { name: "vulnerabilities", cases: cases.collect() }
}

fn secrets(report: &Report) -> Suite {
    let open = report.secrets.iter().filter(|found| found.status == Status::Affected);
    let cases = open.map(|found| {
        (
            found.path.clone(),
            format!("{}:{}", found.rule, found.line),
            format!("{} {}", found.title, found.redacted),
        )
    });
    Suite { name: "secrets", cases: cases.collect() }
}

fn malware(report: &Report) -> Suite {
    let open = report.malware.iter().filter(|found| found.status == Status::Affected);
    let cases = open.map(|found| (found.path.clone(), found.rule.clone(), found.title.clone()));
    Suite { name: "malware", cases: cases.collect() }
}
