//! Damaged and hostile archives: reported with their place, the rest shown, no panic, no hang.

use std::time::{Duration, Instant};

use proptest::{prelude::*, test_runner::Config};
use yagura_image::{Limits, OpenOptions, Target};

use crate::{
    make::{self, Tar},
    record::{Record, image, walk, walk_with},
};

fn good() -> Tar {
    Tar::new().file("a.txt", b"a").file("b", &[9; 5000]).file("c.txt", b"c")
}

fn layout(blobs: &make::Blobs) -> Vec<Record> {
    let folder = tempfile::tempdir().unwrap();
    make::layout(folder.path(), blobs);
    image(folder.path())
}

// A root file system in a tar: no digest stands over it.
fn tar(bytes: &[u8]) -> Record {
    let folder = tempfile::tempdir().unwrap();
    image(&make::save(&folder, "t.tar", bytes)).remove(0)
}

#[test]
fn a_cut_archive_shows_what_came_before() {
    let bytes = good().end();
    let record = tar(&bytes[..3000]);
    assert_eq!(record.entries, ["f a.txt", "f b"]);
    assert_eq!(record.trouble(), ["truncated: layer 1, b, byte 1536"]);
    let record = tar(&bytes[..700]);
    assert_eq!(record.read(), ["a.txt"], "only the padding is missing");
    let record = tar(&bytes[..1100]);
    assert_eq!(record.trouble(), ["truncated: layer 1, byte 1024"]);
}

#[test]
fn a_damaged_header_is_passed_over() {
    let mut bytes = good().end();
    bytes[1024..1100].fill(0xff);
    let record = tar(&bytes);
    assert_eq!(record.read(), ["a.txt", "c.txt"]);
    assert_eq!(record.trouble(), ["corrupt: layer 1, byte 1024"]);
}

#[test]
fn damaged_compression_shows_what_came_before() {
    let noise = make::noise();
    let layer = Tar::new().file("a.txt", b"a").file("noise", &noise).file("z.txt", b"z").end();
    for (name, pack) in [("gzip", make::gzip as fn(&[u8]) -> Vec<u8>), ("zstd", make::zstd)] {
        let mut packed = pack(&layer);
        packed.truncate(packed.len() / 2);
        let folder = tempfile::tempdir().unwrap();
        let manifest = r#"[{"Config":"c.json","Layers":["l.tar"]}]"#;
        let archive = Tar::new()
            .file("l.tar", &packed)
            .file("c.json", make::config(std::slice::from_ref(&layer)).as_bytes())
            .file("manifest.json", manifest.as_bytes())
            .end();
        let record = image(&make::save(&folder, "x.tar", &archive)).remove(0);
        assert_eq!(record.entries.first().map(String::as_str), Some("f a.txt"), "{name}");
        assert!(!record.problems.is_empty(), "{name}");
    }
}

#[test]
fn changed_layers_are_reported_by_their_digest() {
    for pack in [make::gzip as fn(&[u8]) -> Vec<u8>, make::zstd] {
        let mut blobs = make::blobs(&[good().end()], pack);
        let other = pack(&Tar::new().file("a.txt", b"evil").end());
        blobs.blobs[0].1 = other;
        let record = layout(&blobs).remove(0);
        assert_eq!(record.trouble(), ["digest: layer 1"]);
    }
    let mut blobs = make::blobs(&[good().end()], <[u8]>::to_vec);
    blobs.blobs[0].1[512] = b'x';
    assert!(layout(&blobs)[0].problems.is_empty(), "plain layers are read only where something is wanted");
    let folder = tempfile::tempdir().unwrap();
    make::layout(folder.path(), &blobs);
    let options = OpenOptions { verify_plain: true, ..OpenOptions::default() };
    let target = Target::image(folder.path().to_str().unwrap(), &options).unwrap();
    assert_eq!(walk(&target)[0].trouble(), ["digest: layer 1"]);
}

#[test]
fn a_changed_manifest_or_configuration_is_refused() {
    for which in [1, 2] {
        let mut blobs = make::blobs(&[good().end()], make::gzip);
        blobs.blobs[which].1.push(b' ');
        let folder = tempfile::tempdir().unwrap();
        make::layout(folder.path(), &blobs);
        let error = Target::image(folder.path().to_str().unwrap(), &OpenOptions::default()).unwrap_err();
        assert!(error.to_string().contains("has the digest"), "{error}");
    }
}

#[test]
fn a_missing_layer_leaves_the_others() {
    let mut blobs = make::blobs(&[Tar::new().file("x.txt", b"x").end(), good().end()], make::gzip);
    blobs.blobs.remove(0);
    let records = layout(&blobs);
    assert_eq!(records[0].trouble(), ["unreadable: layer 1"]);
    assert_eq!(records[1].read(), ["a.txt", "c.txt"]);
}

#[test]
fn more_entries_than_allowed_end_the_walk() {
    let mut tar = Tar::new();
    for n in 0..50 {
        tar = tar.file(&format!("{n}.txt"), b"x");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = make::save(&folder, "t.tar", &tar.end());
    let target = Target::image(path.to_str().unwrap(), &OpenOptions::default()).unwrap();
    let limits = Limits { entries_max: 10, ..Limits::default() };
    let record = walk_with(&target, &limits).remove(0);
    assert_eq!(record.entries.len(), 10);
    assert!(record.problems[0].message.contains("10 entries"), "{:?}", record.problems);
}

#[test]
fn a_layer_that_unpacks_to_too_much_is_ended() {
    let layer = Tar::new().file("a.txt", b"a").file("zeros", &vec![0; 8 << 20]).file("z.txt", b"z").end();
    let folder = tempfile::tempdir().unwrap();
    make::layout(folder.path(), &make::blobs(&[layer], make::gzip));
    let target = Target::image(folder.path().to_str().unwrap(), &OpenOptions::default()).unwrap();
    let limits = Limits { layer_bytes_max: 1 << 20, ..Limits::default() };
    let record = walk_with(&target, &limits).remove(0);
    assert_eq!(record.read(), ["a.txt"]);
    assert!(
        record.problems.iter().any(|p| p.message.contains("more than 1048576 bytes")),
        "{:?}",
        record.problems
    );
}

#[test]
fn a_walk_out_of_time_ends() {
    let folder = tempfile::tempdir().unwrap();
    make::layout(folder.path(), &make::blobs(&[good().end()], make::gzip));
    let target = Target::image(folder.path().to_str().unwrap(), &OpenOptions::default()).unwrap();
    let past = Instant::now().checked_sub(Duration::from_secs(1));
    let record = walk_with(&target, &Limits { deadline: past, ..Limits::default() }).remove(0);
    assert!(record.problems[0].message.contains("out of time"), "{:?}", record.problems);
}

#[test]
fn manifests_that_make_no_sense_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    let open = |bytes: &[u8]| {
        let path = make::save(&folder, "x.tar", bytes);
        Target::image(path.to_str().unwrap(), &OpenOptions::default()).map(|target| walk(&target).len())
    };
    let with = |manifest: &str| Tar::new().file("manifest.json", manifest.as_bytes()).file("c", b"{}").end();
    for manifest in [
        "",
        "{",
        "[]",
        r#"[{"Config":"gone"}]"#,
        r#"[{"Config":"c","Layers":["../../etc/passwd"]}]"#,
        r#"[{"Config":"c","Layers":["/etc/passwd"]}]"#,
        &"[".repeat(100_000),
    ] {
        assert!(open(&with(manifest)).is_err(), "{manifest:.40}");
    }
    assert!(open(b"no tar at all").is_err());
    assert!(open(b"").is_err());
    assert!(open(&[0; 10240]).is_err());
}

#[test]
fn links_in_an_archive_cannot_name_files_of_the_host() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = r#"[{"Config":"c","Layers":["l.tar"]}]"#;
    for target in ["/etc/passwd", "../../../../../etc/passwd", "l.tar"] {
        let archive =
            Tar::new().symlink("l.tar", target).file("c", b"{}").file("manifest.json", manifest.as_bytes());
        let path = make::save(&folder, "x.tar", &archive.end());
        assert!(Target::image(path.to_str().unwrap(), &OpenOptions::default()).is_err(), "{target}");
    }
}

proptest! {
    #![proptest_config(Config { cases: 100, ..Config::default() })]

    #[test]
    fn any_bytes_are_walked_without_a_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..4096), at in 0usize..3000) {
        let folder = tempfile::tempdir().unwrap();
        // Pure noise is seldom a tar: damage a good one.
        let mut tar = good().end();
        let end = (at + bytes.len().min(40)).min(tar.len());
        tar[at..end].copy_from_slice(&bytes[..end - at]);
        bytes.splice(0..0, good().0);
        for bytes in [&tar, &bytes] {
            for packed in [bytes.clone(), make::gzip(bytes), make::zstd(bytes)] {
                let path = make::save(&folder, "x.tar", &packed);
                if let Ok(target) = Target::image(path.to_str().unwrap(), &OpenOptions::default()) {
                    walk(&target);
                }
            }
        }
    }
}
