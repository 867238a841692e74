//! Formats without real data in the corpora, and what hostile or odd records become.

use std::path::Path;

use yagura_advisory::{
    Builder, Database, FixState, Kind, Match, Query, Severity, SourceInfo,
    source::{Sink, SourceKind},
    update::{SourceSpec, read},
};

fn info(name: &str) -> SourceInfo {
    SourceInfo {
        name: name.into(),
        kind: name.into(),
        location: String::new(),
        fetched: String::new(),
        newest: String::new(),
        records: 0,
        withdrawn: 0,
        rows: 0,
        problems: 0,
        digest: String::new(),
        failed: String::new(),
    }
}

/// A database of some files in memory, and what was wrong with them.
pub(crate) fn database(files: &[(SourceKind, &str, &[u8])]) -> (tempfile::TempDir, Database, Vec<String>) {
    let mut builder = Builder::default();
    let mut wrong = Vec::new();
    for (kind, name, bytes) in files {
        builder.source(info(kind.name()));
        let mut sink = Sink::new(&mut builder);
        kind.read(name, bytes, &mut sink);
        wrong.extend(sink.finish().0.iter().map(ToString::to_string));
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("test.db");
    builder.write(&path, "2030-01-01T00:00:00Z").expect("a database");
    let database = Database::open(&path).expect("a database");
    (folder, database, wrong)
}

fn fixtures(kinds: &[&str]) -> (tempfile::TempDir, Database, Vec<String>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/sources");
    let mut builder = Builder::default();
    let mut wrong = Vec::new();
    for kind in kinds {
        let spec = SourceSpec::parse(&format!("{kind}={}", root.join(kind).display())).expect("a source");
        builder.source(info(kind));
        wrong
            .extend(read(&mut builder, &spec, &root.join(kind), &mut |_| {}).iter().map(ToString::to_string));
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("test.db");
    builder.write(&path, "2030-01-01T00:00:00Z").expect("a database");
    let database = Database::open(&path).expect("a database");
    (folder, database, wrong)
}

fn matches(database: &Database, ecosystem: &str, name: &str, version: &str) -> Vec<Match> {
    let query = Query { package_type: ecosystem, name, version, ..Query::default() };
    database.matches(&query).expect("an answer").matches
}

fn ids(database: &Database, ecosystem: &str, name: &str, version: &str) -> Vec<String> {
    matches(database, ecosystem, name, version).into_iter().map(|found| found.id).collect()
}

#[test]
fn csaf_says_what_is_fixed_where_and_what_will_not_be() {
    let (_folder, database, wrong) = fixtures(&["csaf", "nvd", "epss"]);
    assert_eq!(wrong.len(), 2, "{wrong:?}");
    assert!(wrong[0].contains("no-cve") && wrong[1].starts_with("scores.csv:4: "), "{wrong:?}");
    let fixed = &matches(&database, "Red Hat:9", "example", "1:2.0-4.el9")[0];
    assert_eq!((fixed.id.as_str(), fixed.fixed_version.as_str()), ("CVE-2030-0001", "1:2.0-5.el9_4"));
    // The distribution's word stands over the vector's.
    assert_eq!((fixed.severity, fixed.severity_source.as_str()), (Severity::Medium, "csaf"));
    assert_eq!((fixed.cvss[0].score, fixed.cwe.as_slice()), (9.8, &[787][..]));
    assert_eq!(fixed.epss.expect("a score").probability, 0.97431);
    assert!(matches(&database, "Red Hat:9", "example", "1:2.0-5.el9_4").is_empty());
    let open = &matches(&database, "Red Hat:8", "example", "1.0-1.el8")[0];
    assert_eq!((open.fix_state, open.fixed_version.as_str()), (FixState::WillNotFix, ""));
}

#[test]
fn oval_tests_become_ranges_of_binary_packages() {
    let (_folder, database, wrong) = fixtures(&["oval"]);
    assert!(wrong.is_empty(), "{wrong:?}");
    for name in ["example", "libexample1"] {
        let found = &matches(&database, "Ubuntu:22.04", name, "1.2-3")[0];
        assert_eq!((found.id.as_str(), found.fixed_version.as_str()), ("CVE-2030-0002", "0:1.2-3ubuntu0.1"));
        assert_eq!((found.severity, found.published.as_str()), (Severity::Medium, "2030-03-04"));
        assert!(matches(&database, "Ubuntu:22.04", name, "1.2-3ubuntu0.1").is_empty());
    }
    assert_eq!(matches(&database, "Ubuntu:22.04", "other", "9")[0].fix_state, FixState::NotFixed);
    assert_eq!(database.explain("CVE-2030-0002").expect("an answer")[0].details, "One&two.");
}

#[test]
fn debians_tracker_gives_each_release_its_own_state() {
    let (_folder, database, wrong) = fixtures(&["debian-tracker"]);
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    assert!(wrong[0].contains("example CVE-2030-0005"), "{wrong:?}");
    let of = |release: &str, version| matches(&database, &format!("Debian:{release}"), "example", version);
    assert_eq!(of("12", "1.2-3")[0].fixed_version, "1.2-3+deb12u1");
    assert!(of("12", "1.2-3+deb12u1").is_empty());
    let bullseye = of("11", "1.0-1");
    let states: Vec<_> = bullseye.iter().map(|m| (m.id.as_str(), m.fix_state, m.severity)).collect();
    assert_eq!(
        states,
        [
            ("CVE-2030-0003", FixState::NotFixed, Severity::Low),
            ("CVE-2030-0004", FixState::WillNotFix, Severity::Unknown)
        ]
    );
    assert_eq!(bullseye[0].notes, ["Minor issue"]);
    assert_eq!(of("10", "0.9-1")[0].fix_state, FixState::EndOfLife);
    let never = Query { package_type: "Debian:13", name: "example", version: "2.0-1", ..Query::default() };
    assert!(database.matches(&never).expect("an answer").matches.is_empty());
}

#[test]
fn secdb_in_json_knows_several_names_of_one_fix() {
    let (_folder, database, wrong) = fixtures(&["secdb"]);
    assert!(wrong.is_empty(), "{wrong:?}");
    let found = matches(&database, "Alpine:v3.20", "example", "1.2-r2");
    assert_eq!(found.iter().map(|m| m.id.as_str()).collect::<Vec<_>>(), ["CVE-2030-0006", "CVE-2030-0007"]);
    assert_eq!(found[0].aliases, ["GHSA-aaaa-bbbb-cccc"]);
    assert!(ids(&database, "Alpine:v3.20", "example", "1.2-r3").is_empty());
}

const OSV: SourceKind = SourceKind::Osv;

#[test]
fn records_of_one_vulnerability_are_one_match_with_every_proof() {
    let record = |id: &str, aliases: &str, fixed: &str| {
        format!(
            r#"{{"id":"{id}","aliases":[{aliases}],"affected":[{{"package":{{"ecosystem":"PyPI","name":"Exam.ple"}},
            "ranges":[{{"type":"ECOSYSTEM","events":[{{"introduced":"0"}},{{"fixed":"{fixed}"}}]}}]}}]}}"#
        )
    };
    let (a, b, c) = (
        record("GHSA-1", r#""CVE-2030-1""#, "1.2"),
        record("PYSEC-1", r#""GHSA-1""#, "1.3"),
        record("PYSEC-2", r#""CVE-2030-2""#, "1.3"),
    );
    let files = [(OSV, "a.json", a.as_bytes()), (OSV, "b.json", b.as_bytes()), (OSV, "c.json", c.as_bytes())];
    let (_folder, database, _) = database(&files);
    let found = matches(&database, "pypi", "exam_ple", "1.1");
    assert_eq!(found.iter().map(|m| m.id.as_str()).collect::<Vec<_>>(), ["CVE-2030-1", "CVE-2030-2"]);
    assert_eq!((found[0].advisories.len(), found[0].fixed_version.as_str()), (2, "1.3"));
    let proofs: Vec<_> =
        found[0].proof.iter().map(|p| (p.advisory.as_str(), p.comparisons.join(","))).collect();
    assert_eq!(proofs, [("GHSA-1", "1.1 < 1.2".to_owned()), ("PYSEC-1", "1.1 < 1.3".to_owned())]);
    // 1.2 is enough for one source and not for the other.
    assert_eq!(ids(&database, "pypi", "exam_ple", "1.2"), ["CVE-2030-1", "CVE-2030-2"]);
}

#[test]
fn odd_osv_records_mean_what_their_schema_says() {
    let affected = |events: &str, more: &str| {
        format!(
            r#"{{"id":"X-1","affected":[{{"package":{{"ecosystem":"npm","name":"example"}},
            "ranges":[{{"type":"SEMVER","events":[{events}]}}]{more}}}]}}"#
        )
    };
    for (what, record, inside, outside) in [
        (
            "unsorted",
            affected(r#"{"fixed":"1.2.0"},{"introduced":"1.0.0"}"#, ""),
            &["1.0.0", "1.1.9"][..],
            &["0.9.0", "1.2.0"][..],
        ),
        (
            "two ranges",
            affected(r#"{"introduced":"0"},{"fixed":"1.0.0"},{"introduced":"2.0.0"},{"fixed":"2.1.0"}"#, ""),
            &["0.1.0", "2.0.5"],
            &["1.0.0", "2.1.0"],
        ),
        (
            "last affected",
            affected(r#"{"introduced":"1.0.0"},{"last_affected":"1.0.0"}"#, ""),
            &["1.0.0"],
            &["1.0.1", "0.9.0"],
        ),
        ("limit", affected(r#"{"introduced":"0"},{"limit":"1.0.0"}"#, ""), &["0.9.9"], &["1.0.0"]),
        ("open", affected(r#"{"introduced":"3.0.0"}"#, ""), &["3.0.0", "99.0.0"], &["2.9.9"]),
        (
            "versions beside ranges",
            affected(r#"{"introduced":"0"},{"fixed":"1.0.0"}"#, r#","versions":["0.5.0","7.7.7"]"#),
            &["0.5.0", "7.7.7"],
            &["7.7.8"],
        ),
        (
            "last known",
            affected(
                r#"{"introduced":"0"}"#,
                r#","database_specific":{"last_known_affected_version_range":"<= 2.0.0"}"#,
            ),
            &["2.0.0"],
            &["2.0.1"],
        ),
        (
            "every version, also an unknown one",
            affected(r#"{"introduced":"0"}"#, ""),
            &["", "0.0.1", "99.0.0"],
            &[],
        ),
        (
            "an unknown version is before no other",
            affected(r#"{"introduced":"0"},{"fixed":"1.0.0"}"#, r#","versions":[""]"#),
            &["0.9.0"],
            &[""],
        ),
        ("commits only", affected(r#"{"introduced":"0"}"#, "").replace("SEMVER", "GIT"), &[], &["1.0.0"]),
    ] {
        let (_folder, database, wrong) = database(&[(OSV, "x.json", record.as_bytes())]);
        assert!(wrong.is_empty(), "{what}: {wrong:?}");
        for version in inside {
            assert_eq!(ids(&database, "npm", "example", version), ["X-1"], "{what} {version}");
        }
        for version in outside {
            assert!(ids(&database, "npm", "example", version).is_empty(), "{what} {version}");
        }
    }
}

#[test]
fn withdrawn_records_are_explained_and_match_nothing() {
    let record = br#"{"id":"X-1","withdrawn":"2030-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"npm","name":"a"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]}]}"#;
    let other =
        br#"{"id":"MAL-1","affected":[{"package":{"ecosystem":"npm","name":"b"},"versions":["1.0.0"]}]}"#;
    let (_folder, database, _) = database(&[(OSV, "x.json", record), (OSV, "y.json", other)]);
    assert!(ids(&database, "npm", "a", "1.0.0").is_empty());
    assert!(database.explain("X-1").expect("an answer")[0].withdrawn);
    assert_eq!(matches(&database, "npm", "b", "1.0.0")[0].kind, Kind::Malware);
}

#[test]
fn a_bad_record_is_reported_with_its_place_and_the_rest_is_read() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let bomb = format!(
        "a: &a [x,x,x,x,x,x,x,x,x,x]\n{}",
        ('b'..='j').fold(String::new(), |mut text, name| {
            let before = (name as u8 - 1) as char;
            text.push_str(&format!("{name}: &{name} [{}]\n", vec![format!("*{before}"); 10].join(",")));
            text
        })
    );
    let nested = (0..5_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect::<String>();
    let good =
        br#"{"id":"X-1","affected":[{"package":{"ecosystem":"npm","name":"a"},"versions":["1.0.0"]}]}"#;
    let (_folder, database, wrong) = database(&[
        (OSV, "broken.json", b"{\n\"id\": \"X-2\",\n"),
        (OSV, "type.json", br#"{"id":5}"#),
        (OSV, "deep.json", deep.as_bytes()),
        (OSV, "bomb.yaml", bomb.as_bytes()),
        (OSV, "nested.yaml", nested.as_bytes()),
        (OSV, "bytes.yaml", &[0xff, 0xfe]),
        (OSV, "list.json", br#"[{"id":"X-3","affected":[]},{"id":[]}]"#),
        (OSV, "good.json", good),
    ]);
    for expected in [
        "broken.json:3: ",
        "type.json:1: ",
        "deep.json:1: ",
        "bomb.yaml:",
        "nested.yaml:",
        "bytes.yaml: ",
        "list.json:1: ",
    ] {
        assert!(wrong.iter().any(|line| line.starts_with(expected)), "{expected} is not in {wrong:?}");
    }
    assert_eq!(wrong.len(), 7, "{wrong:?}");
    assert_eq!(ids(&database, "npm", "a", "1.0.0"), ["X-1"]);
}

#[test]
fn what_no_source_covers_is_said() {
    use yagura_advisory::Coverage;
    let record = br#"{"id":"X-1","affected":[{"package":{"ecosystem":"Debian:12","name":"a"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}]}]}"#;
    let (_folder, database, _) = database(&[(OSV, "x.json", record)]);
    let of = |package_type, distro, release| {
        database.covers(&Query { package_type, distro, release, name: "a", version: "1", ..Query::default() })
    };
    assert_eq!(of("deb", "debian", "12"), Coverage::Covered { ecosystem: "Debian:12".into() });
    let nearest = vec!["Debian:12".to_owned()];
    assert_eq!(of("deb", "debian", "13"), Coverage::NoSource { ecosystem: "Debian:13".into(), nearest });
    assert_eq!(of("npm", "", ""), Coverage::NoSource { ecosystem: "npm".into(), nearest: Vec::new() });
    assert_eq!(of("weird", "", ""), Coverage::UnknownEcosystem { package_type: "weird".into() });
}
