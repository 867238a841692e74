//! What tar entries mean for a layer.

use crate::{
    make::{self, Tar},
    record::{Record, image},
};

fn layer(tar: Tar, pack: fn(&[u8]) -> Vec<u8>) -> Record {
    let folder = tempfile::tempdir().unwrap();
    let blobs = make::blobs(&[tar.end()], pack);
    make::layout(folder.path(), &blobs);
    image(folder.path()).remove(0)
}

fn plain(bytes: &[u8]) -> Vec<u8> {
    bytes.to_vec()
}

#[track_caller]
fn check(tar: Tar, entries: &[&str]) {
    for pack in [plain, make::gzip] {
        let record = layer(tar.clone(), pack);
        assert_eq!(record.entries, entries);
    }
}

#[test]
fn whiteouts_name_what_they_hide() {
    let tar = Tar::new()
        .file("a/.wh.b", b"")
        .file("a/.wh..wh..opq", b"")
        .file(".wh.c", b"")
        .file(".wh..wh.plnk", b"")
        .file(".wh.", b"")
        .file("a/.wh..", b"")
        .file("a/x.wh.y", b"");
    check(tar, &["w a/b", "o a", "w c", "f a/x.wh.y"]);
}

#[test]
fn long_names_come_in_gnus_and_in_posix_way() {
    let long = format!("{}/b.txt", "d".repeat(150));
    let pax = format!("{} path=p/ü.txt\n", " path=p/ü.txt\n".len() + 2);
    let tar = Tar::new()
        .long_name(&long)
        .file("cut", b"1")
        .pax(pax.as_bytes())
        .file("short", b"2")
        .file("after", b"3");
    check(tar, &[&format!("f {long}"), "f p/ü.txt", "f after"]);
}

#[test]
fn a_hard_link_has_the_content_of_its_file() {
    for pack in [plain, make::gzip] {
        let tar = Tar::new()
            .file("store/1", b"one")
            .hardlink("a.txt", "store/1")
            .hardlink("b.txt", "./a.txt")
            .file("c.txt", b"two")
            .hardlink("d.txt", "c.txt")
            .hardlink("e.txt", "../gone");
        let record = layer(tar, pack);
        let mut files = record.files.clone();
        files.sort();
        let expected: Vec<(String, Vec<u8>)> =
            [("a.txt", "one"), ("b.txt", "one"), ("c.txt", "two"), ("d.txt", "two")]
                .map(|(path, body)| (path.to_owned(), body.as_bytes().to_vec()))
                .into();
        assert_eq!(files, expected);
        assert_eq!(record.trouble(), ["corrupt: layer 1, e.txt"]);
    }
}

#[test]
fn names_that_climb_out_land_inside_and_are_reported() {
    let record = layer(Tar::new().file("../../etc/x.txt", b"1").file("/abs/y.txt", b"2"), plain);
    assert_eq!(record.read(), ["etc/x.txt", "abs/y.txt"]);
    assert_eq!(record.trouble(), ["escape: layer 1, etc/x.txt, byte 512"]);
}

#[test]
fn large_bodies_are_read_in_place_or_from_a_spill() {
    let mut body = vec![b'x'; 9 << 20];
    body.extend_from_slice(b"tail");
    for pack in [plain, make::gzip, make::zstd] {
        let record = layer(Tar::new().file("big.txt", &body).file("z.txt", b"z"), pack);
        let expected = format!("big.txt of {}", body.len());
        assert_eq!(record.files, [(expected, b"tail".to_vec()), ("z.txt".to_owned(), b"z".to_vec())]);
    }
}

#[test]
fn a_file_with_holes_is_skipped_and_said_to_be() {
    let mut sparse = make::header("s.txt", b'S', "", 4);
    sparse[148..156].copy_from_slice(b"        ");
    let sum: u32 = sparse.iter().map(|byte| u32::from(*byte)).sum();
    sparse[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut body = [0; 512];
    body[..4].copy_from_slice(b"data");
    let record = layer(Tar::new().raw(&sparse).raw(&body).file("t.txt", b"t"), plain);
    assert_eq!(record.read(), ["t.txt"]);
    assert_eq!(record.trouble(), ["skipped: layer 1, s.txt"]);
}
