//! Sealing, merging, expiring, and readers beside the owner.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant, SystemTime},
};

use yagura_lake::{Lake, LakeError, LakeOptions};

use crate::make;

fn at(nanos: i64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_nanos(nanos.unsigned_abs())
}

#[test]
fn segments_are_sealed_by_size_and_by_age() {
    for options in [
        LakeOptions { seal_rows: 100, ..make::options() },
        LakeOptions { seal_age: Duration::from_millis(300), ..make::options() },
    ] {
        let dir = tempfile::tempdir().expect("a directory");
        let lake = Lake::open(dir.path(), options).expect("the lake opens");
        make::append(&lake, &make::files(0, 150)).expect("appended");
        let begun = Instant::now();
        while lake.stats().expect("stats").files == 0 && begun.elapsed() < Duration::from_secs(10) {
            std::thread::sleep(Duration::from_millis(20));
        }
        let stats = lake.stats().expect("stats");
        assert_eq!((stats.files, stats.rows, stats.rows_in_memory), (1, 150, 0));
        assert_eq!(std::fs::read_dir(dir.path().join("wal")).expect("the log").count(), 0);
    }
}

#[test]
fn small_files_are_merged_and_queries_lose_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let lake = make::open(dir.path());
    for part in 0..9 {
        make::append(&lake, &make::files(part * 10, 10)).expect("appended");
        lake.seal().expect("sealed");
    }
    assert_eq!(lake.stats().expect("stats").files, 9);
    lake.maintain(at(make::START)).expect("maintained");
    let stats = lake.stats().expect("stats");
    assert_eq!((stats.files, stats.rows, stats.merged_files), (1, 90, 9));
    assert_eq!(make::counts(&lake), (90, 90));
    drop(lake);
    assert_eq!(make::counts(&make::open(dir.path())), (90, 90));
}

#[test]
fn the_oldest_hours_go_first() {
    let dir = tempfile::tempdir().expect("a directory");
    let options = LakeOptions { retention_age: Duration::from_secs(2 * 3600), ..make::options() };
    let lake = Lake::open(dir.path(), options.clone()).expect("the lake opens");
    for hour in 0..4 {
        make::append(&lake, &make::files(hour * 3600, 10)).expect("appended");
    }
    lake.seal().expect("sealed");
    // At 01:13 the next day; 22h ended 2 h 13 min ago.
    lake.maintain(at(make::START + 3 * 3600 * make::SECOND)).expect("maintained");
    let stats = lake.stats().expect("stats");
    assert_eq!((stats.files, stats.rows, stats.expired_rows), (3, 30, 10));
    assert_eq!(make::answer(&lake, "SELECT min(number) FROM events"), "3600");
    drop(lake);

    let bytes = stats.bytes / 3 * 2;
    let lake =
        Lake::open(dir.path(), LakeOptions { retention_bytes: bytes + 100, ..options }).expect("it opens");
    lake.maintain(at(make::START)).expect("maintained");
    assert_eq!(lake.stats().expect("stats").files, 2);
    assert_eq!(make::answer(&lake, "SELECT min(number) FROM events"), "7200");
    assert!(!dir.path().join("events/file_activity/2023-11-14T22").exists());
}

#[test]
fn a_second_owner_is_told_who_the_first_is() {
    let dir = tempfile::tempdir().expect("a directory");
    let lake = make::open(dir.path());
    let Err(error) = Lake::open(dir.path(), make::options()) else { panic!("two owners") };
    assert!(error.to_string().contains(&format!("process {}", std::process::id())), "{error}");
    drop(lake);
    make::open(dir.path());
}

#[test]
fn readers_see_every_row_once_while_the_owner_works() {
    let dir = tempfile::tempdir().expect("a directory");
    let options = LakeOptions { seal_rows: 200, ..make::options() };
    let lake = Lake::open(dir.path(), options).expect("the lake opens");
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for part in 0..60 {
                make::append(&lake, &make::files(part * 50, 50)).expect("appended");
                lake.flush().expect("flushed");
                if part % 5 == 0 {
                    lake.maintain(at(make::START)).expect("maintained");
                }
            }
            is_done.store(true, Ordering::Relaxed);
        });
        let reader = Lake::open_read_only(dir.path()).expect("a reader");
        let mut seen = 0;
        while !is_done.load(Ordering::Relaxed) {
            let (rows, different) = make::counts(&reader);
            assert_eq!(rows, different, "a row was seen twice");
            assert!(rows >= seen, "rows vanished: {seen}, then {rows}");
            seen = rows;
        }
        assert_eq!(make::counts(&reader), (3000, 3000));
        assert!(matches!(make::append(&reader, &make::files(0, 1)), Err(LakeError::ReadOnly)));
    });
    assert_eq!(make::counts(&lake), (3000, 3000));
}

#[test]
fn what_does_not_fit_in_memory_is_dropped_and_counted() {
    let dir = tempfile::tempdir().expect("a directory");
    let options = LakeOptions { memory_bytes_max: 1 << 20, seal_rows: usize::MAX, ..make::options() };
    let lake = Lake::open(dir.path(), options).expect("the lake opens");
    let mut refused = None;
    for part in 0..100 {
        refused = refused.or(make::append(&lake, &make::files(part * 1000, 1000)).err());
    }
    assert!(matches!(refused, Some(LakeError::NotWritten { .. })));
    let stats = lake.stats().expect("stats");
    let dropped: u64 = stats.dropped.values().sum();
    assert!(dropped > 0);
    assert_eq!(stats.appended + dropped, 100_000);
    assert_eq!(make::counts(&lake).0, stats.appended);
}
