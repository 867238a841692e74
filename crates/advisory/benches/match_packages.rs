//! How large and how fast the match table is: `cargo bench -p yagura-advisory`.
//!
//! Builds a database of the corpora (or of one million generated rows with `--rows N`), then asks it about 10,000
//! packages: as an installation is (all known, one in ten vulnerable), all vulnerable, all unknown. Times are of the
//! processor, so that other work on the machine does not count.

use std::{path::Path, time::Instant};

use yagura_advisory::{
    Advisory, Affected, Builder, Database, FixState, Query, Range, SourceInfo,
    update::{Home, SourceSpec},
    version::Scheme,
};

const PACKAGES: usize = 10_000;

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let rows = std::env::args().skip_while(|arg| arg != "--rows").nth(1).and_then(|n| n.parse().ok());
    match (rows, corpora()) {
        (None, Some(specs)) => {
            let home = Home::new(folder.path());
            let start = Instant::now();
            home.update(&specs, "2026-01-01T00:00:00Z", 1, &mut |_| {}).expect("an update");
            println!(
                "corpora: update from {} sources in {:.2} s",
                specs.len(),
                start.elapsed().as_secs_f64()
            );
            measure("corpora", &home.path(1));
        }
        (Some(_), _) => {}
        (None, None) => println!("corpora: not found, skipped"),
    }
    let path = folder.path().join("generated.db");
    generate(&path, rows.unwrap_or(1_000_000));
    measure("generated", &path);
}

fn corpora() -> Option<Vec<SourceSpec>> {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora");
    let root = std::env::var_os("YAGURA_CORPORA").map_or(checkout, Into::into).join("advisories");
    let sources = [
        "osv=osv/Go/all.zip",
        "osv=osv/PyPI/all.zip",
        "osv=osv/AlmaLinux/all.zip",
        "osv=osv/Bitnami/all.zip",
        "rustsec=native/rustsec-advisory-db.zip",
        "ruby=native/ruby-advisory-db.zip",
        "php=native/friendsofphp.zip",
        "debian-lists=native/debian-security-tracker.zip",
        "secdb=native/alpine-secdb.zip",
        "wolfi=native/wolfi-advisories.zip",
        "kev=native/cisa-kev.zip",
    ];
    root.exists().then(|| {
        let spec = |text: &str| {
            let (kind, file) = text.split_once('=').expect("a source");
            SourceSpec::parse(&format!("{kind}={}", root.join(file).display())).expect("a source")
        };
        sources.into_iter().map(spec).collect()
    })
}

// Rows as distributions have them: ten a package, a fixed version with epoch and release.
fn generate(path: &Path, rows: usize) {
    let mut builder = Builder::default();
    builder.source(SourceInfo {
        name: "generated".into(),
        kind: "osv".into(),
        location: String::new(),
        fetched: String::new(),
        newest: String::new(),
        records: 0,
        withdrawn: 0,
        rows: 0,
        problems: 0,
        digest: String::new(),
        failed: String::new(),
    });
    for number in 0..rows / 10 {
        let mut advisory = Advisory::new(format!("CVE-{}-{number}", 2000 + number % 27));
        for package in 0..10 {
            let mut affected =
                Affected::new("Debian:12", format!("package-{}", (number * 7 + package * 13) % (rows / 10)));
            affected.of_source = true;
            affected.fix_state = FixState::Fixed;
            affected.ranges = vec![Range::before(format!(
                "1:{}.{}.{package}-{}+deb12u1",
                number % 9,
                number % 31,
                number % 5
            ))];
            advisory.affected.push(affected);
        }
        builder.add(advisory).expect("a good record");
    }
    builder.write(path, "2026-01-01T00:00:00Z").expect("a database");
}

// Time of this thread on a processor, as Linux counts it; where it does not, the time that passed.
fn cpu_seconds() -> f64 {
    static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos: Option<f64> = text.split(' ').next().and_then(|number| number.parse().ok());
    nanos.map_or_else(|| START.elapsed().as_secs_f64(), |nanos| nanos / 1e9)
}

struct Package {
    ecosystem: String,
    name: String,
    version: String,
}

fn measure(what: &str, path: &Path) {
    let start = Instant::now();
    let database = Database::open(path).expect("a database");
    let opened = start.elapsed();
    let status = database.status();
    let per_row = |bytes: u64| bytes as f64 / status.rows as f64;
    println!(
        "{what}: {} rows, {} packages, {} advisories; match table {:.1} bytes a row, whole file {:.1} bytes a row ({} bytes); opened in {:.3} ms",
        status.rows,
        status.packages,
        status.advisories,
        per_row(status.match_table_bytes),
        per_row(status.bytes),
        status.bytes,
        opened.as_secs_f64() * 1e3
    );
    let known = packages(&database, &status);
    let unknown: Vec<Package> = known
        .iter()
        .map(|package| Package {
            name: format!("{}-none", package.name),
            ecosystem: package.ecosystem.clone(),
            version: package.version.clone(),
        })
        .collect();
    let typical: Vec<Package> = known
        .iter()
        .enumerate()
        .map(|(index, package)| Package {
            name: package.name.clone(),
            ecosystem: package.ecosystem.clone(),
            version: if index % 10 == 0 { package.version.clone() } else { newest(&package.ecosystem) },
        })
        .collect();
    for (kind, packages) in
        [("one in ten vulnerable", &typical), ("all vulnerable", &known), ("unknown", &unknown)]
    {
        // The first round warms the operating system's cache.
        for round in 0..2 {
            let (start, wall) = (cpu_seconds(), Instant::now());
            let found: usize =
                packages.iter().map(|p| database.matches(&query(p)).expect("an answer").matches.len()).sum();
            if round == 1 {
                println!(
                    "{what}: {} packages, {kind}: {:.1} ms of processor ({:.1} ms passed), {found} matches with proof",
                    packages.len(),
                    (cpu_seconds() - start) * 1e3,
                    wall.elapsed().as_secs_f64() * 1e3
                );
            }
        }
    }
    let (mut checks, mut hits) = (0, 0);
    let start = cpu_seconds();
    while cpu_seconds() - start < 1.0 {
        for package in &known {
            let (c, h) = database.count_checks(&query(package)).expect("an answer");
            checks += c;
            hits += h;
        }
    }
    let rate = checks as f64 / (cpu_seconds() - start) / 1e6;
    println!("{what}: {rate:.2} million package x range checks a second on one core ({hits} hits)");
}

// Later than every fix: with an epoch where the ecosystem has them.
fn newest(ecosystem: &str) -> String {
    match Scheme::of(ecosystem) {
        Some(Scheme::Dpkg | Scheme::Rpm) => "99:9999-1".to_owned(),
        Some(Scheme::Apk) => "9999-r0".to_owned(),
        _ => "9999.0.0".to_owned(),
    }
}

fn query(package: &Package) -> Query<'_> {
    Query {
        package_type: &package.ecosystem,
        name: &package.name,
        version: &package.version,
        ..Query::default()
    }
}

// Packages spread over the ecosystems, as `db list` counts them, with versions that some ranges hold.
fn packages(database: &Database, status: &yagura_advisory::Status) -> Vec<Package> {
    let names = database.package_names(status.packages as usize / PACKAGES + 1).expect("names");
    let versions = ["1.2.3", "0.9.1-1", "2.0.0", "4.17.20", "1:2.3.4-5"];
    names
        .into_iter()
        .take(PACKAGES)
        .enumerate()
        .map(|(index, (ecosystem, name))| Package {
            ecosystem,
            name,
            version: versions[index % 5].to_owned(),
        })
        .collect()
}
