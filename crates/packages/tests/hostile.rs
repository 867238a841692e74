//! Hostile files: no panic, no hang, no growth, and the rest is still read.
//!
//! `YAGURA_FUZZ_SECONDS=600 cargo test --release -p yagura-packages --test hostile` mutates all of testdata so long.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use proptest::prelude::*;
use yagura_packages::{Collector, DiagnosticCode, FileMeta, Inventory, Options, limits, sbom};

// Slow machines and unoptimised builds included.
const FILE_SECONDS_MAX: u64 = 20;

#[test]
fn changed_files_cause_no_panic_and_no_hang() {
    let seconds = std::env::var("YAGURA_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(5);
    let end = Instant::now() + Duration::from_secs(seconds);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let mut seeds = Vec::new();
    files(&root, &mut seeds);
    let seeds: Vec<_> = seeds
        .iter()
        .filter(|path| path.extension().is_none_or(|extension| extension != "snap"))
        .map(|path| (relative(&root, path), fs::read(path).expect("testdata can be read")))
        .collect();
    let mut random = Random(0x5EED_FA11);
    let mut rounds = 0;
    while rounds == 0 || Instant::now() < end {
        for (path, bytes) in &seeds {
            let other = &seeds[random.below(seeds.len())].1;
            let changed = mutate(&mut random, bytes, other);
            check(path, &changed);
            if path.starts_with("sbom/") {
                let _ = sbom::read(&changed);
            }
        }
        rounds += 1;
    }
    println!("{rounds} rounds over {} files", seeds.len());
}

#[test]
fn every_beginning_of_a_file_can_be_read() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let mut paths = Vec::new();
    files(&root, &mut paths);
    for path in paths {
        let bytes = fs::read(&path).expect("testdata can be read");
        let step = (bytes.len() / 40).max(1);
        for length in (0..bytes.len()).step_by(step) {
            check(&relative(&root, &path), &bytes[..length]);
        }
    }
}

#[test]
fn deep_nesting_ends_at_the_ceiling() {
    let deep = 200_000;
    for (path, open, close) in [
        ("package-lock.json", "{\"packages\":", ""),
        ("package-lock.json", "[", "]"),
        ("bun.lock", "{\"a\":[", "]}"),
        ("pnpm-lock.yaml", "[", "]"),
        ("pnpm-lock.yaml", "{a: ", "}"),
        ("Cargo.lock", "a = [", "]"),
        ("poetry.lock", "a.", "b = 1"),
        ("pom.xml", "<project>", "</project>"),
        ("packages.config", "<a x='1'>", "</a>"),
    ] {
        let text = open.repeat(deep) + &close.repeat(deep);
        let inventory = check(path, text.as_bytes());
        assert!(!inventory.diagnostics.is_empty(), "{path} {open}");
    }
    let yaml: String = (0..5_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    assert!(!check("pubspec.lock", yaml.as_bytes()).diagnostics.is_empty());
}

#[test]
fn entities_and_aliases_do_not_grow() {
    let mut xml = String::from("<?xml version=\"1.0\"?><!DOCTYPE project [<!ENTITY a0 \"aaaaaaaaaa\">");
    for level in 1..30 {
        let inner = format!("&a{};", level - 1).repeat(10);
        xml.push_str(&format!("<!ENTITY a{level} \"{inner}\">"));
    }
    xml.push_str(
        "]><project><groupId>g</groupId><artifactId>&a29;</artifactId><version>1</version></project>",
    );
    let inventory = check("pom.xml", xml.as_bytes());
    assert!(inventory.packages.iter().all(|package| package.name.len() < 100));
    let mut yaml = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..30 {
        let inner = vec![format!("*a{}", level - 1); 10].join(", ");
        yaml.push_str(&format!("a{level}: &a{level} [{inner}]\n"));
    }
    check("pnpm-lock.yaml", yaml.as_bytes());
}

#[test]
fn properties_that_name_each_other_end() {
    let ring = "<project><groupId>g</groupId><artifactId>a</artifactId><version>${x}</version>\
        <properties><x>${y}${y}${y}${y}</x><y>${x}${x}${x}${x}</y></properties></project>";
    let inventory = check("pom.xml", ring.as_bytes());
    assert_eq!(inventory.packages[0].version, "");
}

#[test]
fn a_file_of_too_many_packages_ends_at_the_ceiling() {
    let mut text = String::new();
    for number in 0..limits::FILE_PACKAGES_MAX + 10 {
        text.push_str(&format!("p{number}==1\n"));
    }
    let inventory = check("requirements.txt", text.as_bytes());
    assert_eq!(inventory.packages.len(), limits::FILE_PACKAGES_MAX);
    assert_eq!(inventory.diagnostics[0].code, DiagnosticCode::Limit);
}

#[test]
fn problems_past_the_ceiling_are_counted() {
    let mut collector = Collector::new(Options::default());
    for number in 0..limits::DIAGNOSTICS_MAX + 10 {
        let path = format!("{number}/package-lock.json");
        collector.add(&FileMeta { path: &path, size: 1, mode: 0o644, layer: 0 }, b"{");
    }
    let inventory = collector.finish();
    assert_eq!((inventory.diagnostics.len(), inventory.diagnostics_lost), (limits::DIAGNOSTICS_MAX, 10));
}

#[test]
fn packages_that_need_each_other_are_kept() {
    let text = r#"{"lockfileVersion": 3, "packages": {
        "node_modules/a": {"version": "1.0.0", "dependencies": {"b": "1", "a": "1"}},
        "node_modules/b": {"version": "1.0.0", "dependencies": {"a": "1"}}}}"#;
    let inventory = check("package-lock.json", text.as_bytes());
    assert_eq!(inventory.packages[0].depends_on, ["pkg:npm/b@1.0.0"]);
    assert_eq!(inventory.packages[1].depends_on, ["pkg:npm/a@1.0.0"]);
}

#[test]
fn absurd_values_are_left_out() {
    let long = "x".repeat(limits::FIELD_BYTES_MAX + 1);
    let text = format!(
        "[[package]]\nname = \"{long}\"\nversion = \"1\"\n[[package]]\nname = \"a\"\nversion = \"1\"\n"
    );
    let inventory = check("Cargo.lock", text.as_bytes());
    assert_eq!(inventory.packages.len(), 1);
    assert_eq!(inventory.diagnostics[0].code, DiagnosticCode::Limit);
}

#[test]
fn an_archive_of_archives_ends_at_the_ceiling() {
    let mut bytes =
        archive(&[("META-INF/maven/g/a/pom.properties", b"groupId=g\nartifactId=a\nversion=1\n")]);
    for _ in 0..20 {
        bytes = archive(&[("inner.jar", &bytes)]);
    }
    let inventory = check("outer.jar", &bytes);
    assert!(inventory.packages.is_empty());
    assert!(inventory.diagnostics.iter().any(|diagnostic| diagnostic.code == DiagnosticCode::Limit));
}

#[test]
fn a_bomb_in_an_archive_is_not_inflated_whole() {
    let zeros = vec![0; limits::ARCHIVE_HELD_BYTES_MAX as usize + 1];
    let bomb = deflated("bomb.jar", &zeros);
    assert!(bomb.len() < 100_000);
    let inventory = check("outer.jar", &bomb);
    assert_eq!(inventory.diagnostics[0].path, "outer.jar!/bomb.jar");
    assert_eq!(inventory.diagnostics[0].code, DiagnosticCode::Limit);
}

#[test]
fn names_that_leave_an_archive_are_refused() {
    let inner = archive(&[("META-INF/maven/g/a/pom.properties", b"groupId=g\nartifactId=a\nversion=1\n")]);
    for name in ["../../etc/a.jar", "lib/../../a.jar", "a\nb.jar"] {
        let inventory = check("outer.jar", &archive(&[(name, &inner)]));
        assert!(inventory.packages.is_empty(), "{name}");
        assert_eq!(inventory.diagnostics.len(), 1, "{name}");
    }
}

#[test]
fn an_archive_that_holds_itself_many_times_ends_at_the_ceiling() {
    let inner: Vec<(String, Vec<u8>)> =
        (0..200).map(|number| (format!("{number}.txt"), Vec::new())).collect();
    let inner: Vec<(&str, &[u8])> =
        inner.iter().map(|(name, data)| (name.as_str(), data.as_slice())).collect();
    let mut bytes = archive(&inner);
    // Each level names the same stored archive a thousand times.
    for _ in 0..3 {
        bytes = repeated("inner.jar", &bytes, 1000);
    }
    let inventory = check("outer.jar", &bytes);
    assert!(inventory.diagnostics.iter().any(|diagnostic| diagnostic.code == DiagnosticCode::Limit));
}

#[test]
fn repeated_names_do_not_take_quadratic_time() {
    let many = 30_000;
    let mut npm = String::from("{\"packages\": {\"\": {\"dependencies\": {");
    npm.extend((0..many).map(|number| format!("\"p{number}\": \"1\",")));
    npm.push_str("\"x\": \"1\"}}");
    npm.extend((0..many).map(|number| format!(",\"node_modules/p{number}\": {{\"version\": \"1\"}}")));
    npm.push_str("}}");
    check("package-lock.json", npm.as_bytes());
    let mut gems = String::from("GEM\n  specs:\n");
    gems.extend((0..many).map(|number| format!("    a (1.{number})\n")));
    gems.push_str("DEPENDENCIES\n");
    gems.push_str(&"  a\n".repeat(many));
    gems.push_str("CHECKSUMS\n");
    gems.push_str(&format!("  a (1) sha256={}\n", "0".repeat(64)).repeat(many));
    check("Gemfile.lock", gems.as_bytes());
    let mut cargo: String =
        (0..many).map(|number| format!("[[package]]\nname = \"a\"\nversion = \"{number}.0.0\"\n")).collect();
    cargo.push_str("[[package]]\nname = \"b\"\nversion = \"1.0.0\"\ndependencies = [\n");
    cargo.extend((0..many).map(|number| format!("\"a {number}.0.0\",\n")));
    cargo.push_str("]\n");
    check("Cargo.lock", cargo.as_bytes());
}

#[test]
fn a_document_of_too_many_values_ends_at_the_ceiling() {
    let many = limits::NODES_MAX as usize + 10;
    for (path, text) in [
        ("package-lock.json", format!("[{}]", "1,".repeat(many))),
        ("Cargo.lock", format!("a = [{}]", "1,".repeat(many))),
        ("pom.xml", format!("<project>{}</project>", "<a/>".repeat(limits::XML_ELEMENTS_MAX as usize + 10))),
    ] {
        assert_eq!(check(path, text.as_bytes()).diagnostics.len(), 1, "{path}");
    }
}

#[test]
fn a_broken_document_is_no_bill_of_materials() {
    for bytes in
        [&b""[..], b"{", b"{}", b"<bom", b"<html/>", b"SPDXVersion: SPDX-9.9", b"\xff\xfe\x00", b"[[[["]
    {
        assert!(sbom::read(bytes).is_err(), "{bytes:?}");
    }
    let deep = format!(
        "{{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\", \"components\": {}",
        "[{\"components\":".repeat(100_000)
    );
    let bill = sbom::read(deep.as_bytes()).expect("the head says what it is");
    assert!(!bill.inventory.diagnostics.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn random_rpm_databases_are_read(kind in 0usize..3, body in proptest::collection::vec(any::<u8>(), 0..9000)) {
        let (path, head): (_, &[u8]) = match kind {
            0 => ("var/lib/rpm/rpmdb.sqlite", b"SQLite format 3\0\x10\0\x01\x01\0"),
            1 => ("usr/lib/sysimage/rpm/Packages.db", b"RpmP\0\0\0\0\x01\0\0\0\x01\0\0\0"),
            _ => ("var/lib/rpm/Packages", b"\0\0\0\0\x01\0\0\0\0\0\0\0\x61\x15\x06\0\x09\0\0\0\0\x10\0\0\0\x08"),
        };
        check(path, &[head, &body].concat());
    }

    #[test]
    fn random_executables_are_read(is_64: bool, is_big: bool, body in proptest::collection::vec(any::<u8>(), 0..4000)) {
        let kind = if is_big { [0, 2] } else { [2, 0] };
        let head = [b"\x7fELF".as_slice(), &[1 + u8::from(is_64), 1 + u8::from(is_big)], &[0; 10], &kind].concat();
        check("usr/bin/program", &[head, body].concat());
    }

    #[test]
    fn random_archives_are_read(body in proptest::collection::vec(any::<u8>(), 0..2000), end in any::<[u8; 18]>()) {
        check("lib/a.jar", &[b"PK\x01\x02", body.as_slice(), b"PK\x05\x06", &end].concat());
    }

    #[test]
    fn random_text_is_read(text in "[\\[\\]{}\"':,=<>/!&*#@a-c0-9 \\n\\-.]{0,400}") {
        for path in [
            "package-lock.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "Cargo.lock", "pom.xml", "go.mod",
            "requirements.txt", "mix.lock", "rebar.lock", "Gemfile.lock", "Podfile.lock", "gradle.lockfile",
            "var/lib/dpkg/status", "lib/apk/db/installed", "specifications/a.gemspec", "x.egg-info/PKG-INFO",
        ] {
            check(path, text.as_bytes());
        }
        let _ = sbom::read(text.as_bytes());
    }
}

fn check(path: &str, bytes: &[u8]) -> Inventory {
    let start = Instant::now();
    let mut collector = Collector::new(Options::default());
    let meta = FileMeta { path, size: bytes.len() as u64, mode: 0o755, layer: 0 };
    collector.want(&meta);
    collector.want_head(&meta, &bytes[..bytes.len().min(limits::HEAD_BYTES)]);
    collector.add(&meta, bytes);
    let inventory = collector.finish();
    for diagnostic in &inventory.diagnostics {
        assert_ne!(diagnostic.code, DiagnosticCode::Internal, "{path}: {}", String::from_utf8_lossy(bytes));
    }
    assert!(start.elapsed() < Duration::from_secs(FILE_SECONDS_MAX), "{path} took {:?}", start.elapsed());
    inventory
}

fn mutate(random: &mut Random, bytes: &[u8], other: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for _ in 0..=random.below(8) {
        let at = random.below(out.len() + 1);
        let length = random.below(64).min(out.len() - at);
        match random.below(7) {
            0 => out.truncate(at),
            1 if at < out.len() => out[at] ^= 1 << random.below(8),
            2 if at < out.len() => out[at] = [0, 0xFF, 0x7F, 0x80, b'"', b'{', b'<', b'\n'][random.below(8)],
            3 => drop(out.drain(at..at + length)),
            4 => {
                let copy = out[at..at + length].repeat(1 + random.below(4));
                out.splice(at..at, copy);
            }
            5 => {
                let from = random.below(other.len() + 1);
                let piece = &other[from..(from + random.below(200)).min(other.len())];
                out.splice(at..at + length, piece.iter().copied());
            }
            _ if at + 4 <= out.len() => {
                let value = [0u32, 1, u32::MAX, 0x7FFF_FFFF, 0x8000_0000, out.len() as u32][random.below(6)];
                out[at..at + 4].copy_from_slice(&if random.below(2) == 0 {
                    value.to_le_bytes()
                } else {
                    value.to_be_bytes()
                });
            }
            _ => {}
        }
    }
    out
}

/// xorshift64*: the same numbers on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32) as usize % end.max(1)
    }
}

// Without compression.
fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
    zip(members, 0, |data| data.to_vec())
}

fn deflated(name: &str, data: &[u8]) -> Vec<u8> {
    use std::io::Write;
    zip(&[(name, data)], 8, |data| {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(data).and_then(|()| encoder.finish()).expect("memory takes all")
    })
}

fn zip(members: &[(&str, &[u8])], method: u16, pack: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, data) in members {
        let packed = pack(data);
        let offset = out.len() as u32;
        let mut fields = Vec::new();
        fields.extend([20, 0, 0, 0]);
        fields.extend(method.to_le_bytes());
        fields.extend([0; 8]);
        fields.extend((packed.len() as u32).to_le_bytes());
        fields.extend((data.len() as u32).to_le_bytes());
        fields.extend((name.len() as u16).to_le_bytes());
        fields.extend([0; 2]);
        out.extend(b"PK\x03\x04");
        out.extend(&fields);
        out.extend(name.bytes());
        out.extend(&packed);
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&fields);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.bytes());
    }
    let (start, count) = (out.len() as u32, members.len() as u16);
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0; 2]);
    out
}

// One stored member, named many times.
fn repeated(name: &str, data: &[u8], times: u16) -> Vec<u8> {
    let mut out = archive(&[(name, data)]);
    let end = out.len() - 22;
    let directory = 30 + name.len() + data.len();
    let entry = out[directory..end].to_vec();
    let tail = out.split_off(end);
    for _ in 1..times {
        out.extend(&entry);
    }
    let size = (out.len() - directory) as u32;
    out.extend(&tail[..8]);
    out.extend([times.to_le_bytes(), times.to_le_bytes()].concat());
    out.extend(size.to_le_bytes());
    out.extend(&tail[16..]);
    out
}

// The path inside the case: `CONCEPT/CASE/path`, so that folders count.
fn relative(root: &Path, path: &Path) -> String {
    let path = path.strip_prefix(root).expect("under testdata").to_string_lossy().into_owned();
    let inner = path.splitn(3, '/').nth(2).map(str::to_owned);
    if path.starts_with("sbom/") { path } else { inner.unwrap_or(path) }
}

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).expect("testdata can be read");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("testdata can be read").path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() { files(&path, out) } else { out.push(path) }
    }
}
