//! The same bytes give the same findings in every form, and layers are resolved.

use std::fs;

use yagura_scan::{
    Answering, Engines,
    output::{Format, Style, write},
    scan_sbom,
};

use crate::{
    advice::Advice,
    system::{self, Files, MOMENT, base, layered, lock, status},
};

#[test]
fn the_same_bytes_give_the_same_findings() {
    let root = tempfile::tempdir().unwrap();
    let files = base();
    let layer = system::tar(&files);
    system::unpack(&files, &root.path().join("rootfs"));
    let expected = system::folder(&root.path().join("rootfs"));
    let text = expected.canonical_findings();
    assert_eq!(text.lines().count(), 6, "{text}");
    let packings: [(&str, system::Pack); 3] =
        [("plain", system::plain), ("gzip", system::gzip), ("zstd", system::zstd)];
    for (name, pack) in packings {
        let at = root.path().join(name);
        system::layout(&at, std::slice::from_ref(&layer), pack);
        assert_eq!(system::image(&at).canonical_findings(), text, "OCI {name}");
    }
    fs::write(root.path().join("docker.tar"), system::docker_archive(std::slice::from_ref(&layer))).unwrap();
    assert_eq!(system::image(&root.path().join("docker.tar")).canonical_findings(), text, "docker-archive");
    fs::write(root.path().join("root.tar"), &layer).unwrap();
    assert_eq!(system::image(&root.path().join("root.tar")).canonical_findings(), text, "tar");
    // The same system built up in layers, with detours.
    let first: Files = vec![
        ("var/lib/dpkg/status", status(&[("worse-once", "1")])),
        ("srv/app/old/package-lock.json", lock(&[("bad-old", "1")])),
        ("srv/app/settings.py", b"key = None\n".to_vec()),
    ];
    let second = [base(), vec![("srv/app/.wh.old", Vec::new())]].concat();
    assert_eq!(layered(&[first, second]).canonical_findings(), text, "two layers");
}

#[test]
fn an_sbom_of_the_same_bytes_gives_the_same_vulnerabilities() {
    let root = tempfile::tempdir().unwrap();
    system::unpack(&base(), root.path());
    let mut report = system::folder(root.path());
    report.secrets.clear();
    report.malware.clear();
    let expected = report.canonical_findings();
    for format in [Format::CycloneDx, Format::Spdx] {
        let mut sbom = Vec::new();
        write(&report, format, Style::default(), &mut sbom).unwrap();
        let engines = Engines { advisor: Some(&Advice), wants_advisor: true, ..Engines::default() };
        let again = scan_sbom(&sbom, "bom", Answering::default(), engines, MOMENT).unwrap();
        assert_eq!(again.canonical_findings(), expected, "{format:?}");
    }
}

#[test]
fn two_scans_of_one_target_differ_in_time_only() {
    let root = tempfile::tempdir().unwrap();
    system::unpack(&base(), root.path());
    let json = || {
        let mut report = system::folder(root.path());
        report.timings = yagura_scan::Timings::default();
        let mut out = Vec::new();
        write(&report, Format::Json, Style::default(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    assert_eq!(json(), json());
}

#[test]
fn layers_are_named_by_what_they_brought_and_removed() {
    let first: Files = vec![("var/lib/dpkg/status", status(&[("bad-old", "1"), ("bad-gone", "1")]))];
    let second: Files = vec![("srv/note", b"x".to_vec())];
    let third: Files = vec![("var/lib/dpkg/status", status(&[("bad-old", "1"), ("bad-new-one", "1")]))];
    let report = layered(&[first, second, third]);
    let layers: Vec<(&str, Option<u32>)> =
        report.vulnerabilities.iter().map(|found| (found.name.as_str(), found.layer)).collect();
    assert_eq!(layers, [("bad-old", Some(0)), ("bad-new-one", Some(2))]);
    let removed: Vec<(&str, u32)> =
        report.removed_packages.iter().map(|package| (package.name.as_str(), package.removed_by)).collect();
    assert_eq!(removed, [("bad-gone", 2)]);
}

#[test]
fn packages_of_languages_are_gone_with_their_last_file() {
    let lock = |names: &[&str]| -> Vec<u8> {
        let package = |name: &&str| {
            format!("[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\n")
        };
        names.iter().map(package).collect::<String>().into_bytes()
    };
    let first: Files =
        vec![("a/Cargo.lock", lock(&["one", "two"])), ("b/Cargo.lock", lock(&["two", "three"]))];
    let second: Files = vec![("a/.wh.Cargo.lock", Vec::new())];
    let third: Files = vec![("b/Cargo.lock", lock(&["three", "four"]))];
    let report = layered(&[first, second, third]);
    let removed: Vec<(&str, u32)> =
        report.removed_packages.iter().map(|package| (package.name.as_str(), package.removed_by)).collect();
    assert_eq!(removed, [("one", 1), ("two", 2)]);
}

#[test]
fn secrets_in_removed_files_are_told_and_marked() {
    let line = |path| (path, format!("key = '{}'\n", system::TOKEN).into_bytes());
    let first: Files = vec![line("a.py"), line("b.py"), line("d/c.py")];
    let second: Files = vec![("b.py", b"clean\n".to_vec()), ("d/.wh..wh..opq", Vec::new())];
    let report = layered(&[first, second]);
    let found: Vec<(&str, Option<u32>)> =
        report.secrets.iter().map(|secret| (secret.path.as_str(), secret.removed_by)).collect();
    assert_eq!(found, [("a.py", None), ("b.py", Some(1)), ("d/c.py", Some(1))]);
    assert_eq!((report.counts.secrets, report.counts.removed_secrets), (1, 2));
    assert!(!serde_json::to_string(&report).unwrap().contains(system::TOKEN), "the secret itself is nowhere");
}

#[test]
fn malware_is_found_once_where_it_is_and_told_where_it_was() {
    let beacon = |path| (path, b"the tower beacon 7f3a shines\n".to_vec());
    let large = ("d/large", [vec![1; 9 << 20], b"tower beacon 7f3a".to_vec()].concat());
    let first: Files = vec![beacon("a"), beacon("b"), beacon("again"), ("again", b"clean".to_vec()), large];
    let second: Files = vec![beacon("a"), ("b", b"clean\n".to_vec())];
    let report = layered(&[first, second]);
    let found: Vec<(&str, Option<u32>, Option<u32>)> =
        report.malware.iter().map(|hit| (hit.path.as_str(), hit.layer, hit.removed_by)).collect();
    assert_eq!(found, [("a", Some(1), None), ("d/large", Some(0), None), ("b", Some(0), Some(1))]);
    let hit = &report.malware[1];
    assert_eq!(
        (hit.title.as_str(), hit.rule_file.as_str(), hit.sha256.len()),
        ("Test beacon", "beacon.yar", 64)
    );
    assert_eq!((hit.strings[0].offset, hit.strings[0].length), (9 << 20, 17));
    assert_eq!(report.counts.malware, 3);
}

#[test]
fn a_name_that_comes_twice_in_a_layer_counts_as_the_last() {
    let twice: Files = vec![
        ("app/package-lock.json", lock(&[("bad-first", "1")])),
        ("app/package-lock.json", lock(&[("bad-second-one", "1")])),
    ];
    let report = layered(&[twice]);
    let names: Vec<&str> = report.vulnerabilities.iter().map(|found| found.name.as_str()).collect();
    assert_eq!(names, ["bad-second-one"]);
}

#[test]
fn damage_is_told_with_its_place_and_the_rest_is_scanned() {
    let root = tempfile::tempdir().unwrap();
    let mut layer = system::tar(&base());
    layer.truncate(layer.len() - 40_000);
    fs::write(root.path().join("cut.tar"), &layer).unwrap();
    let report = system::image(&root.path().join("cut.tar"));
    assert_eq!(report.secrets.len(), 1);
    assert_eq!(report.problems[0].kind, "truncated");
    assert_eq!(report.problems[0].path.as_deref(), Some("srv/app/large.bin"));
    assert!(report.notes.iter().any(|note| note.code == "problems"));
}
