//! Folders: no link is followed, nothing is waited for.

use std::{fs, os::unix::fs::symlink, path::Path};

use yagura_image::{OpenOptions, Target};

use crate::record::{Record, walk};

fn folder(path: &Path) -> Record {
    walk(&Target::folder(path, &OpenOptions::default()).unwrap()).remove(0)
}

#[test]
fn links_are_shown_and_not_followed() {
    let (root, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(outside.path().join("secret.txt"), "s").unwrap();
    fs::create_dir(root.path().join("d")).unwrap();
    fs::write(root.path().join("d/in.txt"), "i").unwrap();
    symlink(outside.path(), root.path().join("out")).unwrap();
    symlink(outside.path().join("secret.txt"), root.path().join("s.txt")).unwrap();
    symlink("..", root.path().join("d/loop")).unwrap();
    symlink("self", root.path().join("self")).unwrap();
    let record = folder(root.path());
    assert_eq!(record.read(), ["d/in.txt"]);
    assert!(record.entries.contains(&"l d/loop -> ..".to_owned()), "{:?}", record.entries);
    assert_eq!(record.entries.len(), 6);
}

#[test]
fn a_pipe_is_not_waited_for() {
    let root = tempfile::tempdir().unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        root.path().join("p.txt"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::from_raw_mode(0o600),
        0,
    )
    .unwrap();
    let record = folder(root.path());
    assert_eq!(record.entries, ["? p.txt"]);
}

#[test]
fn folders_deeper_than_the_ceiling_are_reported() {
    let root = tempfile::tempdir().unwrap();
    let mut path = root.path().to_path_buf();
    for _ in 0..yagura_image::limits::DEPTH_MAX + 5 {
        path.push("d");
        fs::create_dir(&path).unwrap();
    }
    fs::write(root.path().join("a.txt"), "a").unwrap();
    let record = folder(root.path());
    assert_eq!(record.read(), ["a.txt"]);
    assert_eq!(record.problems.len(), 1);
    assert!(record.problems[0].message.contains("deeper"), "{:?}", record.problems);
}

#[test]
fn a_visitor_keeps_folders_closed_and_large_files_are_read_in_place() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("closed")).unwrap();
    fs::write(root.path().join("closed/x.txt"), "x").unwrap();
    let file = fs::File::create(root.path().join("sparse.txt")).unwrap();
    file.set_len(10 << 30).unwrap();
    let record = folder(root.path());
    assert_eq!(record.files, [(format!("sparse.txt of {}", 10u64 << 30), vec![0; 4])]);
}

#[test]
fn a_single_file_is_a_target_too() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("one.txt"), "1").unwrap();
    fs::write(root.path().join("two.txt"), "2").unwrap();
    let record = folder(&root.path().join("one.txt"));
    assert_eq!(record.entries, ["f one.txt"]);
    assert_eq!(record.read(), ["one.txt"]);
}

#[test]
fn names_that_are_no_text_are_shown_with_replacements() {
    use std::os::unix::ffi::OsStrExt;
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join(std::ffi::OsStr::from_bytes(b"caf\xff.txt")), "x").unwrap();
    assert_eq!(folder(root.path()).read(), ["caf\u{fffd}.txt"]);
}

#[test]
fn what_a_process_sees_is_a_folder() {
    let target = Target::process(std::process::id(), &OpenOptions::default()).unwrap();
    assert_eq!(target.kind().name(), "process");
    assert!(Target::process(u32::MAX, &OpenOptions::default()).is_err());
}
