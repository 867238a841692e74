use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    time::Duration,
};

use yagura_event::FindingId;
use yagura_state::State;

use crate::{at, by, finding, open};

const DIR: &str = "YAGURA_TEST_CRASH_DIR";

/// Not a test of its own: the writer that `kill_9_loses_nothing_that_was_recorded` starts and kills.
#[tokio::test]
#[ignore = "the child of another test"]
async fn writer() {
    let Some(dir) = std::env::var_os(DIR) else { return };
    let state = State::open(dir.as_ref()).await.expect("opened");
    for n in 0.. {
        let batch: Vec<_> = (0..10).map(|one| finding(&format!("r{n}"), &format!("a{one}"), n)).collect();
        state.finding_record(&batch).await.expect("recorded");
        state.audit_append(by("child", n), "tested", "", "").await.expect("written");
        println!("\nrecorded {n}");
    }
}

#[tokio::test]
async fn kill_9_loses_nothing_that_was_recorded() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    for round in 0..3_u64 {
        let mut child = Command::new(std::env::current_exe().expect("this test"))
            .args(["crash::writer", "--exact", "--ignored", "--nocapture"])
            .env(DIR, dir.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("started");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let recorded =
            lines.map_while(Result::ok).filter_map(|line| line.strip_prefix("recorded ")?.parse().ok());
        let mut last: i64 = -1;
        for number in recorded {
            last = number;
            if last == 20 + i64::try_from(round).expect("small") * 7 {
                // Somewhere in the middle of the next transaction.
                std::thread::sleep(Duration::from_micros(300 * round));
                child.kill().expect("killed");
            }
        }
        child.wait().expect("ended");
        assert!(last >= 20);
        let state = State::open(dir.path()).await.expect("opened after the crash");
        for n in 0..=last {
            for one in 0..10 {
                let id = FindingId::from_cause(&[&format!("r{n}"), &format!("a{one}")]);
                state.finding_get(&id).await.expect("what was recorded is there");
            }
        }
        assert_eq!(state.audit_verify().await.expect("checked").broken_at, None);
        state.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_programs_write_at_the_same_time() {
    let (dir, first) = open().await;
    let second = State::open(dir.path()).await.expect("opened a second time");
    let write = |state: State, name: &'static str| {
        tokio::spawn(async move {
            for n in 0..50 {
                state
                    .finding_record(&[finding("same", "a", n), finding(name, "a", n)])
                    .await
                    .expect("recorded");
                state.audit_append(by(name, n), "tested", "", "").await.expect("written");
            }
        })
    };
    let (one, two) = (write(first.clone(), "one"), write(second.clone(), "two"));
    let reader = State::open_read_only(dir.path()).await.expect("opened to read");
    while !(one.is_finished() && two.is_finished()) {
        reader.finding_counts(at(0)).await.expect("reads beside the writers");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    one.await.expect("no panic");
    two.await.expect("no panic");
    let same = first.finding_get(&FindingId::from_cause(&["same", "a"])).await.expect("there");
    assert_eq!(same.count, 100, "no update was lost");
    let verdict = second.audit_verify().await.expect("checked");
    assert_eq!((verdict.entries, verdict.broken_at), (100, None));
}
