use std::os::unix::fs::PermissionsExt;

use yagura_state::{State, StateError};

use crate::{finding, open};

#[tokio::test]
async fn the_file_is_for_its_owner_only() {
    let (dir, state) = open().await;
    state.finding_record(&[finding("r", "a", 0)]).await.expect("recorded");
    for name in ["state.sqlite", "state.sqlite-wal", "state.sqlite-shm"] {
        let mode = std::fs::metadata(dir.path().join(name)).expect(name).permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn what_cannot_be_opened_says_why() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let file = dir.path().join("state.sqlite");
    std::fs::write(&file, "this is no database at all").expect("written");
    let error = State::open(dir.path()).await.expect_err("no database");
    assert!(matches!(error, StateError::Corrupt { .. }), "{error:?}");
    let error = State::open_read_only(dir.path()).await.expect_err("no database");
    assert!(matches!(error, StateError::Corrupt { .. }), "{error:?}");

    let error = State::open(std::path::Path::new("/proc/yagura")).await.expect_err("procfs takes no folders");
    assert!(matches!(error, StateError::Open { .. }), "{error:?}");
    assert!(error.to_string().contains("hint:"), "{error}");

    let error = State::open_read_only(&dir.path().join("none")).await.expect_err("nothing there");
    assert!(matches!(error, StateError::Missing { .. }), "{error:?}");
}

#[tokio::test]
async fn a_damaged_page_is_an_error_and_no_panic() {
    let (dir, state) = open().await;
    let many: Vec<_> = (0..2000).map(|n| finding(&format!("r{n}"), "a", n)).collect();
    state.finding_record(&many).await.expect("recorded");
    state.close().await;
    let file = dir.path().join("state.sqlite");
    let mut bytes = std::fs::read(&file).expect("readable");
    bytes[100..4096].fill(0xa5);
    std::fs::write(&file, bytes).expect("written");
    let error = State::open(dir.path()).await.expect_err("damaged");
    assert!(matches!(error, StateError::Corrupt { .. }), "{error:?}");
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let (dir, state) = open().await;
    state.close().await;
    // The version of the only applied migration stands as a number in the file; the way to make it newer without SQL of
    // our own is to ask SQLite itself.
    let script = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (999, 'future', 1, x'00', 0);";
    crate::trail::sql(dir.path(), script).await;
    let error = State::open(dir.path()).await.expect_err("newer");
    assert!(matches!(error, StateError::Newer { found: 999, known: 1..999, .. }), "{error:?}");
    let error = State::open_read_only(dir.path()).await.expect_err("newer");
    assert!(matches!(error, StateError::Newer { found: 999, known: 1..999, .. }), "{error:?}");
}

#[tokio::test]
async fn read_only_reads_and_does_not_write() {
    let (dir, state) = open().await;
    let one = finding("r", "a", 0);
    state.finding_record(std::slice::from_ref(&one)).await.expect("recorded");
    // While the writer is open, and after it has gone.
    for closed in [false, true] {
        if closed {
            state.close().await;
        }
        let reader = State::open_read_only(dir.path()).await.expect("readable");
        assert_eq!(reader.finding_get(&one.id).await.expect("there").rule, "r");
        assert!(reader.finding_record(std::slice::from_ref(&one)).await.is_err());
        reader.close().await;
    }
    assert!(!dir.path().join("state.sqlite-shm").exists(), "reading leaves nothing behind");
}

#[tokio::test]
async fn opening_again_finds_everything() {
    let (dir, state) = open().await;
    let one = finding("r", "a", 0);
    state.finding_record(std::slice::from_ref(&one)).await.expect("recorded");
    state.close().await;
    let state = State::open(dir.path()).await.expect("opened again");
    assert_eq!(state.finding_get(&one.id).await.expect("there"), one);
}
