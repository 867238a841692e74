//! Every source of the corpora, read whole: how much of it, and what is wrong with it.

use std::{collections::BTreeMap, sync::LazyLock};

use yagura_advisory::{
    Coverage, Database, FixState, Query, Severity,
    update::{Home, Outcome, SourceSpec, SourceState},
};

use crate::corpora;

// Name, kind, file, fewest records, fewest rows, most problems.
const SOURCES: &[(&str, &str, &str, u64, u64, u64)] = &[
    ("go", "osv", "osv/Go/all.zip", 4_291, 4_000, 0),
    ("pypi", "osv", "osv/PyPI/all.zip", 2_600, 2_600, 0),
    ("almalinux", "osv", "osv/AlmaLinux/all.zip", 5_637, 69_160, 0),
    ("bitnami", "osv", "osv/Bitnami/all.zip", 7_400, 9_000, 0),
    ("rustsec", "rustsec", "native/rustsec-advisory-db.zip", 1_200, 1_000, 0),
    ("ruby", "ruby", "native/ruby-advisory-db.zip", 1_300, 1_300, 0),
    ("php", "php", "native/friendsofphp.zip", 1_500, 2_500, 0),
    ("debian", "debian-lists", "native/debian-security-tracker.zip", 8_900, 10_000, 0),
    ("alpine", "secdb", "native/alpine-secdb.zip", 1_500, 5_000, 0),
    ("wolfi", "wolfi", "native/wolfi-advisories.zip", 30_000, 20_000, 0),
    ("kev", "kev", "native/cisa-kev.zip", 1_404, 0, 0),
];

fn specs() -> Option<Vec<SourceSpec>> {
    let advisories = corpora::find("advisories")?;
    let spec = |(name, kind, file, ..): &(&str, &str, &str, u64, u64, u64)| {
        let text = format!("{name}:{kind}={}", advisories.join(file).display());
        SourceSpec::parse(&text).expect("a source")
    };
    Some(SOURCES.iter().map(spec).collect())
}

struct Whole {
    folder: tempfile::TempDir,
    outcome: Outcome,
}

// Built once: reading all of it takes some seconds.
static WHOLE: LazyLock<Option<Whole>> = LazyLock::new(|| {
    let specs = specs()?;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let outcome = Home::new(folder.path()).update(&specs, "2026-01-01T00:00:00Z", 3, &mut |_| {});
    Some(Whole { folder, outcome: outcome.expect("an update") })
});

fn database() -> Option<Database> {
    let whole = WHOLE.as_ref()?;
    Some(Home::new(whole.folder.path()).open(None).expect("a database"))
}

#[test]
fn every_source_of_the_corpora_is_read_whole() {
    let (Some(whole), Some(specs)) = (WHOLE.as_ref(), specs()) else { return };
    let (home, outcome) = (Home::new(whole.folder.path()), &whole.outcome);
    let outcomes: BTreeMap<_, _> =
        outcome.sources.iter().map(|source| (source.name.as_str(), source)).collect();
    let mut wrong = Vec::new();
    for (name, _, _, records, rows, problems) in SOURCES {
        let source = outcomes[name];
        eprintln!("{name}: {} records, {} rows, {} problems", source.records, source.rows, source.problems);
        for diagnostic in source.diagnostics.iter().take(12) {
            eprintln!("  {diagnostic}");
        }
        if source.state != SourceState::New
            || source.records < *records
            || source.rows < *rows
            || source.problems > *problems
        {
            wrong.push(format!("{name}: {:?}", source.state));
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
    let status = home.open(None).expect("a database").status();
    let per_row = status.match_table_bytes as f64 / status.rows as f64;
    eprintln!(
        "{} rows, {per_row:.1} bytes a row of the match table, {} bytes in all",
        status.rows, status.bytes
    );
    assert!(per_row <= 60.0, "{per_row} bytes a row");

    let again = home.update(&specs, "2026-01-02T00:00:00Z", 3, &mut |_| {}).expect("an update");
    assert_eq!((again.generation, again.written), (1, None), "nothing had changed");
}

struct Case {
    query: Query<'static>,
    id: &'static str,
    fixed: &'static str,
}

#[test]
fn known_vulnerabilities_of_real_packages_are_found_with_their_fix() {
    let Some(database) = database() else { return };
    let language = |package_type, namespace, name, version| Query {
        package_type,
        namespace,
        name,
        version,
        ..Query::default()
    };
    let distro = |package_type, distro, release, name, version| Query {
        package_type,
        distro,
        release,
        name,
        version,
        ..Query::default()
    };
    for case in [
        Case { query: language("pypi", "", "accesscontrol", "4.1"), id: "CVE-2021-32807", fixed: "4.3" },
        Case { query: language("cargo", "", "time", "0.1.43"), id: "CVE-2020-26235", fixed: "0.2.0" },
        Case {
            query: language("gem", "", "rails-html-sanitizer", "1.0.3"),
            id: "CVE-2018-3741",
            fixed: "1.0.4",
        },
        Case {
            query: language("golang", "golang.org/x", "net", "v0.22.0"),
            id: "CVE-2023-45288",
            fixed: "0.23.0",
        },
        Case {
            query: language("composer", "adodb", "adodb-php", "v5.20.0"),
            id: "CVE-2016-4855",
            fixed: "5.20.6",
        },
        Case {
            query: Query {
                source_name: "xorg-server",
                ..distro("deb", "debian", "11", "xserver-xorg-core", "2:1.20.11-1+deb11u5")
            },
            id: "CVE-2023-1393",
            fixed: "2:1.20.11-1+deb11u6",
        },
        Case {
            query: distro("apk", "alpine", "3.11.6", "ansible", "2.9.2-r0"),
            id: "CVE-2019-14904",
            fixed: "2.9.3-r0",
        },
        Case {
            query: distro("rpm", "almalinux", "10.0", "thunderbird", "128.11.0-1.el10_0.alma.1"),
            id: "CVE-2025-5986",
            fixed: "128.12.0-1.el10_0.alma.1",
        },
        Case {
            query: distro("apk", "wolfi", "20230201", "airflow", "2.9.1-r0"),
            id: "CVE-2024-25142",
            fixed: "2.9.2-r0",
        },
    ] {
        let answer = database.matches(&case.query).expect("an answer");
        assert!(matches!(answer.coverage, Coverage::Covered { .. }), "{:?}", case.query);
        let found = answer.matches.iter().find(|found| found.id == case.id);
        let found = found.unwrap_or_else(|| panic!("{}: not found for {:?}", case.id, case.query));
        assert_eq!(
            (found.fixed_version.as_str(), found.fix_state),
            (case.fixed, FixState::Fixed),
            "{}",
            case.id
        );
        assert!(found.proof.iter().all(|proof| !proof.comparisons.is_empty()), "{found:?}");
        let fixed = Query { version: case.fixed, ..case.query };
        let after = database.matches(&fixed).expect("an answer");
        assert!(
            !after.matches.iter().any(|found| found.id == case.id),
            "{} is still found in the fix",
            case.id
        );
    }
}

#[test]
fn an_id_is_explained_from_every_source_that_has_it() {
    let Some(database) = database() else { return };
    let all = database.explain("cve-2021-32807").expect("an explanation");
    assert_eq!(
        all.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(),
        ["PYSEC-2021-335", "PYSEC-2021-875"]
    );
    assert_eq!(all[0].packages[0].ranges, [">= 4.0, < 4.3", ">= 5.0, < 5.2"]);
    assert!(all[0].details.contains("AccessControl"));
    let exploited =
        database.vulnerability("CVE-2021-44228").expect("an answer").expect("it is in the catalogue");
    assert_eq!(exploited.kev.expect("exploited").added, "2021-12-10");
    let alma = database.explain("ALSA-2025:10195").expect("an explanation");
    assert_eq!(
        (alma[0].severity, alma[0].covers.as_slice()),
        (Some(Severity::High), &["CVE-2025-5986".to_owned()][..])
    );
    database.verify().expect("every checksum holds");
}
