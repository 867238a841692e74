//! A small Debian as a list of files, and the forms it comes in.

use std::{fs, io::Write, path::Path, sync::LazyLock};

use flate2::{Compression, write::GzEncoder};
use yagura_image::{Digest, Limits, OpenOptions, Progress, Target};
use yagura_scan::{Answering, Engines, Moment, Options, Patterns, Report, Scanners, scan};
use yagura_secrets::{Rules, Scanner};
use yagura_yara::Ruleset;

use crate::advice::Advice;

pub type Files = Vec<(&'static str, Vec<u8>)>;

pub const TOKEN: &str = "tow_8f3k1zq0v5yd";

/// One layer: a system with packages, a lock file and a secret.
pub fn base() -> Files {
    vec![
        (
            "etc/os-release",
            b"ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n".to_vec(),
        ),
        (
            "var/lib/dpkg/status",
            status(&[("bad-lib", "1.0-1"), ("fine", "2.0"), ("linux-image-6.1", "6.1.1")]),
        ),
        (
            "srv/app/package-lock.json",
            lock(&[("bad-module", "1.2.3"), ("worse", "0.1.0"), ("good", "3.0.0")]),
        ),
        ("srv/app/settings.py", format!("key = '{TOKEN}'\n").into_bytes()),
        ("srv/app/large.bin", [vec![0; 70_000], b"tower beacon 7f3a".to_vec()].concat()),
    ]
}

pub fn status(packages: &[(&str, &str)]) -> Vec<u8> {
    let stanza = |(name, version): &(&str, &str)| {
        let source = if name.starts_with("linux") { "Source: linux\n" } else { "" };
        format!(
            "Package: {name}\nStatus: install ok installed\nArchitecture: amd64\n{source}Version: {version}\nDescription: x\n\n"
        )
    };
    packages.iter().map(stanza).collect::<String>().into_bytes()
}

pub fn lock(packages: &[(&str, &str)]) -> Vec<u8> {
    let entries: Vec<String> = packages
        .iter()
        .map(|(name, version)| format!(r#""node_modules/{name}": {{"version": "{version}"}}"#))
        .collect();
    format!(r#"{{"name": "app", "lockfileVersion": 3, "packages": {{{}}}}}"#, entries.join(", ")).into_bytes()
}

pub fn unpack(files: &Files, root: &Path) {
    for (path, body) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, body).unwrap();
    }
}

pub fn tar(files: &Files) -> Vec<u8> {
    let mut out = Vec::new();
    for (path, body) in files {
        out.extend_from_slice(&header(path, body.len()));
        out.extend_from_slice(body);
        out.resize(out.len().next_multiple_of(512), 0);
    }
    out.resize(out.len() + 1024, 0);
    out
}

fn header(name: &str, size: usize) -> [u8; 512] {
    let mut block = [0; 512];
    let mut put = |at: usize, text: &[u8]| block[at..at + text.len()].copy_from_slice(text);
    put(0, name.as_bytes());
    put(100, b"0000644\0");
    put(124, format!("{size:011o}\0").as_bytes());
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

pub type Pack = fn(&[u8]) -> Vec<u8>;

pub fn plain(bytes: &[u8]) -> Vec<u8> {
    bytes.to_vec()
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

fn config(layers: &[Vec<u8>]) -> String {
    let ids: Vec<String> = layers.iter().map(|layer| format!("\"{}\"", Digest::sha256(layer))).collect();
    let steps: Vec<String> = (0..layers.len()).map(|n| format!(r#"{{"created_by":"step {n}"}}"#)).collect();
    format!(
        r#"{{"architecture":"amd64","os":"linux","rootfs":{{"diff_ids":[{}]}},"history":[{}]}}"#,
        ids.join(","),
        steps.join(",")
    )
}

/// An OCI layout in a folder.
pub fn layout(root: &Path, layers: &[Vec<u8>], pack: Pack) {
    let blobs = root.join("blobs/sha256");
    fs::create_dir_all(&blobs).unwrap();
    let keep = |bytes: &[u8]| {
        let digest = Digest::sha256(bytes);
        fs::write(blobs.join(digest.hex()), bytes).unwrap();
        format!(r#"{{"digest":"{digest}","size":{}}}"#, bytes.len())
    };
    let packed: Vec<String> = layers.iter().map(|layer| keep(&pack(layer))).collect();
    let config = keep(config(layers).as_bytes());
    let manifest = keep(format!(r#"{{"config":{config},"layers":[{}]}}"#, packed.join(",")).as_bytes());
    fs::write(root.join("index.json"), format!(r#"{{"manifests":[{manifest}]}}"#)).unwrap();
}

/// What `docker save` writes.
pub fn docker_archive(layers: &[Vec<u8>]) -> Vec<u8> {
    let names: Vec<String> = (0..layers.len()).map(|n| format!("layer{n}/layer.tar")).collect();
    let manifest = format!(r#"[{{"Config":"c.json","Layers":{names:?}}}]"#);
    let mut out = Vec::new();
    let config = config(layers).into_bytes();
    let members = names.iter().map(String::as_str).zip(layers.iter().map(Vec::as_slice));
    let rest = [("c.json", config.as_slice()), ("manifest.json", manifest.as_bytes())];
    for (name, body) in members.chain(rest) {
        out.extend_from_slice(&header(name, body.len()));
        out.extend_from_slice(body);
        out.resize(out.len().next_multiple_of(512), 0);
    }
    out.resize(out.len() + 1024, 0);
    out
}

pub const MOMENT: Moment = Moment { now: "2026-02-03T04:05:06Z", running_kernel: None };

pub fn rules() -> Rules {
    let rule =
        "id: tower-token\ntitle: Tower token\nseverity: high\nkeywords: [tow_]\nregex: 'tow_[a-z0-9]{12}'\n";
    let (rules, problems) = Rules::load([("tower.yaml", rule)]);
    assert!(problems.is_empty(), "{problems:?}");
    rules
}

/// One rule, compiled once.
pub fn yara() -> &'static Ruleset {
    static RULES: LazyLock<Ruleset> = LazyLock::new(|| {
        let text = r#"rule beacon { meta: description = "Test beacon" severity = "high" strings: $a = "tower beacon 7f3a" condition: $a }"#;
        Ruleset::compile([("beacon.yar", text)]).0
    });
    &RULES
}

pub fn options() -> Options {
    Options {
        scanners: Scanners { vulnerabilities: true, secrets: true, malware: true, inventory: true },
        used_files: None,
        skip_files: Patterns::default(),
        skip_folders: Patterns::default(),
        limits: Limits::default(),
    }
}

pub fn examine(target: &Target) -> Report {
    examine_with(target, &options(), Answering { explain: true, owned: false })
}

pub fn examine_with(target: &Target, options: &Options, answering: Answering) -> Report {
    let rules = rules();
    let engines = Engines {
        advisor: Some(&Advice),
        wants_advisor: true,
        vex: None,
        secrets: Some(Scanner::new(&rules)),
        malware: Some(yara()),
    };
    scan(target, options, answering, engines, MOMENT, &Progress::default())
}

pub fn image(path: &Path) -> Report {
    examine(&Target::image(path.to_str().unwrap(), &OpenOptions::default()).unwrap())
}

pub fn folder(path: &Path) -> Report {
    examine(&Target::folder(path, &OpenOptions::default()).unwrap())
}

/// An image of several layers, scanned.
pub fn layered(layers: &[Files]) -> Report {
    let root = tempfile::tempdir().unwrap();
    let layers: Vec<Vec<u8>> = layers.iter().map(tar).collect();
    layout(root.path(), &layers, gzip);
    image(root.path())
}
