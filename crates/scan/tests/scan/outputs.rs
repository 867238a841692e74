//! Every format: well-formed, complete, and harmless with names that are not.

use serde_json::Value;
use yagura_scan::{
    Report,
    output::{Format, Style, write},
};

use crate::system::{self, Files, base, lock};

fn report() -> Report {
    let root = tempfile::tempdir().unwrap();
    let mut files: Files = base();
    files.push(("srv/x/package-lock.json", lock(&[("bad<script>alert(1)</script>|x", "1")])));
    system::unpack(&files, root.path());
    system::folder(root.path())
}

fn text(report: &Report, format: Format) -> String {
    let style = Style { explain: true, set_aside: true, ..Style::default() };
    let mut out = Vec::new();
    write(report, format, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn no_format_passes_on_what_a_terminal_or_a_browser_obeys() {
    let report = report();
    for format in [Format::Table, Format::Markdown, Format::Junit, Format::Html] {
        let text = text(&report, format);
        assert!(!text.contains('\u{1b}'), "{format:?}");
        assert!(!text.contains(system::TOKEN), "{format:?}");
        if format != Format::Table {
            assert!(!text.contains("<script>alert"), "{format:?}");
        }
    }
}

#[test]
fn the_table_tells_everything_in_words() {
    let text = text(&report(), Format::Table);
    for part in [
        "Debian GNU/Linux 12 (bookworm)",
        "medium, exploited",
        "CVE-2024-0007",
        "bad-lib",
        "1.0-1 < 9.9 by dpkg",
        "exploited 2.00 (exploited (CISA, 2024-02-01))",
        "srv/app/settings.py:1",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
}

#[test]
fn colour_is_an_addition() {
    let report = report();
    let mut coloured = Vec::new();
    write(&report, Format::Table, Style { colour: true, ..Style::default() }, &mut coloured).unwrap();
    let mut plain = Vec::new();
    write(&report, Format::Table, Style::default(), &mut plain).unwrap();
    let coloured = String::from_utf8(coloured).unwrap();
    assert!(coloured.contains("\u{1b}[31m"));
    let mut bare = coloured;
    for code in ["\u{1b}[1;31m", "\u{1b}[31m", "\u{1b}[33m", "\u{1b}[0m"] {
        bare = bare.replace(code, "");
    }
    assert_eq!(bare, String::from_utf8(plain).unwrap());
}

#[test]
fn sarif_points_at_rules_and_keeps_githubs_limits() {
    let log: Value = serde_json::from_str(&text(&report(), Format::Sarif)).unwrap();
    let run = &log["runs"][0];
    let (rules, results) =
        (run["tool"]["driver"]["rules"].as_array().unwrap(), run["results"].as_array().unwrap());
    assert_eq!(results.len(), 7);
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(result["locations"][0]["physicalLocation"]["region"]["startLine"].as_u64().unwrap() >= 1);
    }
    for rule in rules {
        let score: f64 = rule["properties"]["security-severity"].as_str().unwrap().parse().unwrap();
        assert!((0.0..=10.0).contains(&score));
    }
    let aside = results.iter().filter(|result| result.get("suppressions").is_some());
    assert_eq!(aside.count(), 1, "the kernel");
}

#[test]
fn cyclonedx_names_what_a_vulnerability_affects() {
    let bom: Value = serde_json::from_str(&text(&report(), Format::CycloneDx)).unwrap();
    let references: Vec<&str> =
        bom["components"].as_array().unwrap().iter().filter_map(|part| part["bom-ref"].as_str()).collect();
    let vulnerabilities = bom["vulnerabilities"].as_array().unwrap();
    assert!(!vulnerabilities.is_empty());
    for vulnerability in vulnerabilities {
        for affected in vulnerability["affects"].as_array().unwrap() {
            assert!(references.contains(&affected["ref"].as_str().unwrap()), "{affected}");
        }
    }
}

#[test]
fn junit_counts_what_it_lists() {
    let text = text(&report(), Format::Junit);
    let failures = text.matches("<failure ").count();
    assert!(text.contains(&format!("failures=\"{failures}\">")), "{text}");
    assert_eq!(
        text.matches("<testcase").count(),
        text.matches("</testcase>").count() + text.matches("/>\n  </testsuite>").count()
    );
}

#[test]
fn the_page_has_nothing_from_elsewhere_and_both_languages() {
    let text = text(&report(), Format::Html);
    for outside in ["http:", "https:", "src=", "href=", "url("] {
        assert!(!text.contains(outside), "{outside}");
    }
    assert!(text.contains("脆弱性") && text.contains("Vulnerabilities"));
}

#[test]
fn a_report_without_a_database_says_what_is_missing() {
    let root = tempfile::tempdir().unwrap();
    system::unpack(&base(), root.path());
    let target = yagura_image::Target::folder(root.path(), &Default::default()).unwrap();
    let engines = yagura_scan::Engines { wants_advisor: true, ..Default::default() };
    let report = yagura_scan::scan(
        &target,
        &system::options(),
        Default::default(),
        engines,
        system::MOMENT,
        &Default::default(),
    );
    let text = text(&report, Format::Table);
    assert!(text.contains("yagura db update") && text.contains("packages    6"), "{text}");
}
