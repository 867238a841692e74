//! Crashes: nothing is there twice, nothing that was flushed is gone.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, SystemTime},
};

use yagura_lake::{Lake, LakeOptions};

use crate::make;

const CHILD_DIR: &str = "YAGURA_LAKE_TEST_DIR";

fn logs(dir: &Path) -> Vec<PathBuf> {
    let mut logs: Vec<PathBuf> = fs::read_dir(dir.join("wal"))
        .expect("the log")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    logs.sort();
    logs
}

// A lake of 3 flushes of 10 rows whose log is all there is.
fn flushed(dir: &Path) -> PathBuf {
    let lake = make::open(dir);
    for part in 0..3 {
        make::append(&lake, &make::files(part * 10, 10)).expect("appended");
        lake.flush().expect("flushed");
    }
    drop(lake);
    logs(dir).pop().expect("a segment")
}

#[test]
fn a_log_cut_off_anywhere_keeps_what_was_whole() {
    let dir = tempfile::tempdir().expect("a directory");
    let log = fs::read(flushed(dir.path())).expect("the log");
    for cut in [0, 1, 11, 12, log.len() / 2, log.len() - 1, log.len()] {
        let dir = tempfile::tempdir().expect("a directory");
        fs::create_dir(dir.path().join("wal")).expect("a folder");
        let path = dir.path().join("wal/000000000001.wal");
        fs::write(&path, &log[..cut]).expect("a cut log");
        let lake = make::open(dir.path());
        let (rows, different) = make::counts(&lake);
        assert_eq!(rows, different);
        assert_eq!(rows % 10, 0);
        assert_eq!(rows == 30, cut == log.len(), "cut at {cut}");
        let torn = lake.stats().expect("stats").torn_bytes;
        assert_eq!(torn == 0, cut == 0 || cut == log.len(), "cut at {cut}: {torn}");
    }
}

#[test]
fn a_flipped_bit_costs_one_flush_and_is_reported() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = flushed(dir.path());
    let mut log = fs::read(&path).expect("the log");
    // In the middle of the second of three flushes of like size.
    let middle = log.len() / 2;
    log[middle] ^= 4;
    fs::write(&path, log).expect("a damaged log");
    let lake = make::open(dir.path());
    assert_eq!(make::counts(&lake), (20, 20));
    let stats = lake.stats().expect("stats");
    assert_eq!(stats.damaged_frames, 1);
    assert!(stats.last_error.expect("an error").contains("damaged"));
}

#[test]
fn a_crash_between_file_and_log_makes_nothing_double() {
    let dir = tempfile::tempdir().expect("a directory");
    let log = flushed(dir.path());
    let content = fs::read(&log).expect("the log");
    let lake = make::open(dir.path());
    lake.seal().expect("sealed");
    assert!(!log.exists());
    drop(lake);
    // The moment before the log was removed, and with half a file.
    let folder = dir.path().join("events/file_activity/2023-11-14T22");
    fs::write(folder.join("000000000009-000000000009-3.parquet.tmp"), b"PAR1").expect("half a file");
    for _ in 0..3 {
        fs::write(&log, &content).expect("the log again");
        let reader = Lake::open_read_only(dir.path()).expect("a reader");
        assert_eq!(make::counts(&reader), (30, 30));
        let lake = make::open(dir.path());
        assert_eq!(make::counts(&lake), (30, 30));
        lake.seal().expect("sealed");
        assert_eq!(make::counts(&lake), (30, 30));
        assert_eq!(fs::read_dir(&folder).expect("the folder").count(), 1);
    }
}

#[test]
fn a_crash_after_a_merge_makes_nothing_double() {
    let dir = tempfile::tempdir().expect("a directory");
    let lake = make::open(dir.path());
    for part in 0..5 {
        make::append(&lake, &make::files(part * 10, 10)).expect("appended");
        lake.seal().expect("sealed");
    }
    let folder = dir.path().join("events/file_activity/2023-11-14T22");
    let parts: Vec<(PathBuf, Vec<u8>)> = fs::read_dir(&folder)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .map(|path| (path.clone(), fs::read(path).expect("a part")))
        .collect();
    lake.maintain(SystemTime::UNIX_EPOCH).expect("maintained");
    drop(lake);
    // The moments before all parts were removed.
    for present in [5, 2] {
        for (path, content) in parts.iter().take(present) {
            fs::write(path, content).expect("a part again");
        }
        let reader = Lake::open_read_only(dir.path()).expect("a reader");
        assert_eq!(make::counts(&reader), (50, 50));
        assert_eq!(make::counts(&make::open(dir.path())), (50, 50));
        assert_eq!(fs::read_dir(&folder).expect("the folder").count(), 1);
    }
}

#[test]
fn a_killed_writer_loses_nothing_that_was_flushed() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut acknowledged = 0_u64;
    for round in 0..8 {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "crash::writes_until_it_is_killed", "--nocapture", "--ignored"])
            .env(CHILD_DIR, dir.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a child");
        let out = BufReader::new(child.stdout.take().expect("its output"));
        let killer = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(300 + 97 * round));
            child.kill().expect("killed");
            child.wait().expect("gone");
        });
        for line in out.lines().map_while(Result::ok) {
            if let Some(number) = line.strip_prefix("flushed ").and_then(|number| number.parse().ok()) {
                acknowledged = number;
            }
        }
        killer.join().expect("the killer");
        let lake = make::open(dir.path());
        let (rows, different) = make::counts(&lake);
        assert_eq!(rows, different, "round {round}: rows twice");
        assert!(rows >= acknowledged, "round {round}: {rows} of {acknowledged} rows");
        assert_eq!(lake.stats().expect("stats").damaged_frames, 0);
    }
    assert!(acknowledged > 1000, "the writer wrote {acknowledged} rows only");
}

#[test]
#[ignore = "run by a_killed_writer_loses_nothing_that_was_flushed"]
fn writes_until_it_is_killed() {
    let Some(dir) = std::env::var_os(CHILD_DIR) else { return };
    let options = LakeOptions { seal_rows: 300, ..make::options() };
    let lake = Lake::open(dir.as_ref(), options).expect("the lake opens");
    let mut number = make::counts(&lake).0;
    loop {
        make::append(&lake, &make::files(number, 100)).expect("appended");
        number += 100;
        if number.is_multiple_of(200) {
            lake.flush().expect("flushed");
            println!("flushed {number}");
        }
        if number.is_multiple_of(500) {
            lake.maintain(SystemTime::UNIX_EPOCH).expect("maintained");
        }
    }
}

#[test]
fn rows_are_with_the_system_soon_without_a_flush() {
    let dir = tempfile::tempdir().expect("a directory");
    let lake = make::open(dir.path());
    make::append(&lake, &make::files(0, 10)).expect("appended");
    std::thread::sleep(Duration::from_millis(800));
    let reader = Lake::open_read_only(dir.path()).expect("a reader");
    assert_eq!(make::counts(&reader), (10, 10));
    drop(lake);
}

#[test]
fn an_unreadable_log_costs_no_row_that_is_sealed() {
    let garbage: [fn(&std::path::Path); 2] = [
        |log| fs::write(log, [7_u8; 5000]).expect("a log of nobody"),
        |log| fs::create_dir(log).expect("a folder in the place of a log"),
    ];
    for spoil in garbage {
        let dir = tempfile::tempdir().expect("a directory");
        let log = flushed(dir.path());
        let lake = make::open(dir.path());
        lake.seal().expect("sealed");
        drop(lake);
        spoil(&log);
        let reader = Lake::open_read_only(dir.path()).expect("a reader");
        assert_eq!(make::counts(&reader), (30, 30));
        let lake = make::open(dir.path());
        assert_eq!(make::counts(&lake), (30, 30));
        assert_eq!(lake.stats().expect("stats").damaged_files, 1);
        assert!(!log.exists(), "it was set aside");
    }
}

#[test]
fn a_damaged_or_shortened_log_of_a_sealed_segment_gives_way_to_the_files() {
    let spoil: [fn(&mut Vec<u8>); 4] = [
        |log| {
            let middle = log.len() / 2;
            log[middle] ^= 4;
        },
        |log| log.truncate(log.len() - 1),
        |log| log.truncate(10),
        Vec::clear,
    ];
    for spoil in spoil {
        let dir = tempfile::tempdir().expect("a directory");
        let log = flushed(dir.path());
        let mut content = fs::read(&log).expect("the log");
        let lake = make::open(dir.path());
        lake.seal().expect("sealed");
        drop(lake);
        spoil(&mut content);
        fs::write(&log, content).expect("the log again, spoilt");
        for _ in 0..2 {
            let lake = make::open(dir.path());
            assert_eq!(make::counts(&lake), (30, 30));
            lake.seal().expect("sealed");
        }
        assert!(!log.exists());
    }
}
