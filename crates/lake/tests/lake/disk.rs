//! Disks that refuse. They need root and a mount; without, the tests say that they skip.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use yagura_lake::{DropCause, Lake, LakeError, LakeOptions};

use crate::make;

// A file system of its own; unmounted when dropped.
struct Disk(PathBuf);

impl Disk {
    fn mount(path: &Path, megabytes: u32) -> Option<Self> {
        let size = format!("size={megabytes}m");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(path).output();
        if !mounted.is_ok_and(|output| output.status.success()) {
            println!("skipped: cannot mount a tmpfs here (needs root)");
            return None;
        }
        Some(Self(path.to_owned()))
    }

    fn remount(&self, option: &str) -> bool {
        let status = Command::new("mount").args(["-o", &format!("remount,{option}")]).arg(&self.0).status();
        status.is_ok_and(|status| status.success())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(20), "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_full_disk_costs_counted_events_and_heals() {
    let dir = tempfile::tempdir().expect("a directory");
    let Some(disk) = Disk::mount(dir.path(), 8) else { return };
    let options = LakeOptions { memory_bytes_max: 4 << 20, ..make::options() };
    let lake = Lake::open(&disk.0, options).expect("the lake opens");
    make::append(&lake, &make::files(0, 100)).expect("appended");
    lake.flush().expect("flushed");
    let ballast = disk.0.join("ballast");
    // Ends where the disk is full.
    let _ = fs::write(&ballast, vec![1_u8; 16 << 20]);
    let mut number = 100;
    let mut refused = None;
    wait_until("the disk gets full", || {
        refused = make::append(&lake, &make::files(number, 1000)).err();
        number += 1000;
        lake.stats().expect("stats").dropped[&DropCause::DiskFull] > 0
    });
    let Some(LakeError::NotWritten { cause, kept, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!(cause, DropCause::DiskFull);
    assert!(kept > 0);
    let stats = lake.stats().expect("stats");
    assert_eq!(make::counts(&lake).0, stats.appended, "what is kept can be queried");
    assert!(stats.last_error.is_some());

    fs::remove_file(&ballast).expect("space is back");
    wait_until("the lake heals", || lake.stats().expect("stats").unwritten == 0);
    lake.seal().expect("sealed");
    make::append(&lake, &make::files(number, 10)).expect("appended");
    assert_eq!(make::counts(&lake).0, stats.appended + 10);
    drop(lake);
    assert_eq!(make::counts(&make::open(&disk.0)).0, stats.appended + 10);
}

#[test]
fn a_disk_that_becomes_read_only_is_told_apart_and_heals() {
    let dir = tempfile::tempdir().expect("a directory");
    let Some(disk) = Disk::mount(dir.path(), 8) else { return };
    let lake = make::open(&disk.0);
    lake.seal().expect("nothing to seal");
    // No file is open for writing but the lock's, which must not keep the mount writable.
    drop(lake);
    assert!(disk.remount("ro"));
    let Err(error) = Lake::open(&disk.0, make::options()) else { panic!("opened for writing") };
    assert!(matches!(error, LakeError::Io { .. }), "{error:?}");
    assert_eq!(make::counts(&Lake::open_read_only(&disk.0).expect("a reader")), (0, 0));
    assert!(disk.remount("rw"));
    make::open(&disk.0);
}

#[test]
fn a_log_that_cannot_be_made_is_made_later() {
    let dir = tempfile::tempdir().expect("a directory");
    let lake = make::open(dir.path());
    let (log, away) = (dir.path().join("wal"), dir.path().join("away"));
    fs::rename(&log, &away).expect("the log's folder is gone");
    make::append(&lake, &make::files(0, 10)).expect("taken in");
    assert!(matches!(lake.flush(), Err(LakeError::NotWritten { kept: 10, dropped: 0, .. })));
    assert_eq!(make::counts(&lake), (10, 10));
    fs::rename(&away, &log).expect("it is back");
    wait_until("the lake heals", || lake.stats().expect("stats").unwritten == 0);
    assert_eq!(make::counts(&Lake::open_read_only(dir.path()).expect("a reader")), (10, 10));
}
