//! Every parser meets damaged records: nothing may panic, hang or swallow the file beside it.
//!
//! A second a parser in an ordinary run; `YAGURA_FUZZ_SECONDS=60` for longer ones. The seed is printed with a failure.

use std::{
    collections::BTreeMap,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    time::{Duration, Instant},
};

use yagura_advisory::{
    Builder, Database, Query, SourceInfo,
    archive::{self, Item},
    source::{Sink, SourceKind},
    version::{Scheme, compare},
    vex,
};

use crate::corpora;

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

const BITS: &[&str] = &[
    "\"",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "- ",
    "\n",
    "\t",
    "null",
    "0",
    "-1",
    "99999999999999999999",
    "<",
    ">",
    "&",
    "*",
    "!",
    "<![CDATA[",
    "&#x0;",
    "```",
    "\u{0}",
    "é",
    "~>",
    ">=",
    "CVE-",
    "..",
    "'",
    "|",
    "%",
];

// Flips, cuts, doubles, and words that mean something to one of the formats.
fn mutate(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for _ in 0..1 + random.below(6) {
        if out.is_empty() {
            return out;
        }
        let at = random.below(out.len());
        match random.below(6) {
            0 => out[at] ^= 1 << random.below(8),
            1 => out.truncate(at),
            2 => {
                let end = (at + random.below(200)).min(out.len());
                out.drain(at..end);
            }
            3 => {
                let end = (at + random.below(200)).min(out.len());
                let part = out[at..end].to_vec();
                out.splice(at..at, part);
            }
            _ => {
                let bit = BITS[random.below(BITS.len())];
                out.splice(at..at, bit.bytes());
            }
        }
    }
    out
}

fn seconds() -> u64 {
    std::env::var("YAGURA_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(1)
}

fn rounds(what: &str, seeds: &[(String, Vec<u8>)], mut run: impl FnMut(&str, &[u8])) {
    assert!(!seeds.is_empty(), "{what} has no seed");
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let start = Instant::now();
    let mut count = 0u64;
    while start.elapsed() < Duration::from_secs(seconds()) {
        let (name, bytes) = &seeds[random.below(seeds.len())];
        let damaged = mutate(bytes, &mut random);
        let round = Instant::now();
        let result = catch_unwind(AssertUnwindSafe(|| run(name, &damaged)));
        let text = String::from_utf8_lossy(&damaged[..damaged.len().min(4_000)]).into_owned();
        assert!(result.is_ok(), "{what} panicked in round {count} on a mutation of {name}:\n{text}");
        assert!(round.elapsed() < Duration::from_secs(20), "{what} took too long on {name}:\n{text}");
        count += 1;
    }
    eprintln!("{what}: {count} damaged inputs");
}

type Seeds = BTreeMap<&'static str, (SourceKind, Vec<(String, Vec<u8>)>)>;

// Some records of every kind: real ones where the corpora are, ours otherwise.
fn seeds() -> Seeds {
    let mut all = Seeds::new();
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/sources");
    for folder in ["csaf", "oval", "nvd", "epss", "debian-tracker", "secdb"] {
        take(&mut all, folder, &ours.join(folder));
    }
    for (kind, file) in [
        ("osv", "osv/PyPI/all.zip"),
        ("osv", "osv/AlmaLinux/all.zip"),
        ("rustsec", "native/rustsec-advisory-db.zip"),
        ("ruby", "native/ruby-advisory-db.zip"),
        ("php", "native/friendsofphp.zip"),
        ("wolfi", "native/wolfi-advisories.zip"),
        ("secdb", "native/alpine-secdb.zip"),
    ] {
        if let Some(path) = corpora::find(&format!("advisories/{file}")) {
            take(&mut all, kind, &path);
        }
    }
    let list = "[29 Mar 2023] DSA-5380-1 xorg-server - security update\n\t{CVE-2023-1393}\n\t[bullseye] - xorg-server 2:1.20.11-1+deb11u6\n";
    all.insert("debian-lists", (SourceKind::DebianLists, vec![("DSA/list".into(), list.into())]));
    let kev = r#"{"vulnerabilities":[{"cveID":"CVE-2025-1","dateAdded":"2025-08-25","dueDate":"2025-09-15","cwes":["CWE-59"]}]}"#;
    all.insert("kev", (SourceKind::Kev, vec![("kev.json".into(), kev.into())]));
    all
}

fn take(all: &mut Seeds, kind: &'static str, path: &Path) {
    const SEEDS_MAX: usize = 150;
    let source = SourceKind::parse(kind).expect("a kind");
    let (_, seeds) = all.entry(kind).or_insert_with(|| (source, Vec::new()));
    let mut number = 0usize;
    archive::each(path, &|name| source.wants(name), &mut |name, item| {
        number += 1;
        if let Item::File(bytes) = item
            && number % 9 == 1
            && seeds.len() < SEEDS_MAX
            && bytes.len() < 60_000
        {
            seeds.push((name.to_owned(), bytes.to_vec()));
        }
    })
    .expect("seeds");
}

fn info() -> SourceInfo {
    SourceInfo {
        name: "damaged".into(),
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
    }
}

#[test]
fn damaged_records_harm_no_parser() {
    for (what, (kind, seeds)) in seeds() {
        rounds(what, &seeds, |name, bytes| {
            let mut builder = Builder::default();
            builder.source(info());
            let mut sink = Sink::new(&mut builder);
            kind.read(name, bytes, &mut sink);
            sink.finish();
        });
    }
}

#[test]
fn damaged_vex_documents_harm_nothing() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/vex");
    let seeds: Vec<(String, Vec<u8>)> = fs::read_dir(folder)
        .expect("documents")
        .map(|entry| entry.expect("an entry").path())
        .map(|path| (path.display().to_string(), fs::read(&path).expect("a document")))
        .collect();
    rounds("vex", &seeds, |name, bytes| {
        let mut statements = vex::Statements::default();
        let _ = vex::read(name, bytes, &mut statements);
        statements.apply("pkg:npm/example@1.0.0", &[], &mut []);
    });
}

// A damaged database is an error or another answer; never a panic, never a read outside of it.
#[test]
fn damaged_databases_and_archives_harm_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("seed.db");
    let mut builder = Builder::default();
    builder.source(info());
    let mut sink = Sink::new(&mut builder);
    for number in 0..200 {
        let record = format!(
            r#"{{"id":"X-{number}","aliases":["CVE-2030-{number}"],"details":"text","affected":[{{"package":{{"ecosystem":"npm","name":"p{}"}},"ranges":[{{"type":"SEMVER","events":[{{"introduced":"0"}},{{"fixed":"1.{number}.0"}}]}}]}}]}}"#,
            number % 70
        );
        SourceKind::Osv.read("x.json", record.as_bytes(), &mut sink);
    }
    sink.finish();
    builder.write(&path, "2030-01-01T00:00:00Z").expect("a database");
    let seed = vec![("seed.db".to_owned(), fs::read(&path).expect("a database"))];
    let damaged = folder.path().join("damaged.db");
    rounds("database", &seed, |_, bytes| {
        fs::write(&damaged, bytes).expect("a file");
        let Ok(database) = Database::open(&damaged) else { return };
        for name in ["p0", "p13", "p69", "none"] {
            let query = Query { package_type: "npm", name, version: "0.5.0", ..Query::default() };
            let _ = database.matches(&query);
        }
        let _ = database.explain("CVE-2030-7");
        let _ = database.vulnerability("CVE-2030-7");
        let _ = database.verify();
    });
    let Some(zip) = corpora::find("advisories/native/alpine-secdb.zip") else { return };
    let seed = vec![("seed.zip".to_owned(), fs::read(zip).expect("a zip"))];
    rounds("zip", &seed, |_, bytes| {
        fs::write(&damaged, bytes).expect("a file");
        let _ = archive::each(&damaged, &|_| true, &mut |_, _| {});
    });
}

#[test]
fn noise_has_an_order_in_every_ecosystem() {
    let seeds: Vec<(String, Vec<u8>)> = [
        "1:2.3.4-5~rc1+deb12u1",
        "1.0.0-RC16.SNAPSHOT",
        "2!1.0.post3.dev4+local.7",
        "1.2_rc1-r3",
        "éñ…\u{0}1",
    ]
    .into_iter()
    .map(|text| (text.to_owned(), text.as_bytes().to_vec()))
    .collect();
    let names: Vec<Scheme> = Scheme::names().filter_map(Scheme::of).collect();
    rounds("versions", &seeds, |name, bytes| {
        let text = String::from_utf8_lossy(bytes);
        for scheme in &names {
            let order = compare(*scheme, &text, name).expect("short versions compare");
            assert_eq!(compare(*scheme, name, &text), Ok(order.reverse()), "{scheme:?}: {text:?} {name:?}");
        }
    });
}
