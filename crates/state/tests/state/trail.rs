use std::path::Path;

use yagura_event::{FindingId, FindingStatus};
use yagura_state::{FindingChange, State};

use crate::{at, by, finding, open};

/// Runs SQL behind the state's back, as an intruder would.
pub(crate) async fn sql(dir: &Path, script: &'static str) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(dir.join("state.sqlite"));
    let pool = sqlx::SqlitePool::connect_with(options).await.expect("opened");
    sqlx::raw_sql(script).execute(&pool).await.expect("run");
    pool.close().await;
}

async fn trail(rows: i64) -> (tempfile::TempDir, State) {
    let (dir, state) = open().await;
    for n in 0..rows {
        state.audit_append(by("ann", n), "tested", &n.to_string(), "").await.expect("written");
    }
    (dir, state)
}

#[tokio::test]
async fn changes_are_written_with_who_where_and_why() {
    let (_dir, state) = open().await;
    state.finding_record(&[finding("r", "a", 0)]).await.expect("recorded");
    let id = FindingId::from_cause(&["r", "a"]);
    let change = FindingChange { status: FindingStatus::False, reason: Some("a test"), accepted_until: None };
    state.finding_set_status(&id, change, by("ann", 9)).await.expect("decided");
    let entry = state.audit_list(None, 1).await.expect("listed").remove(0);
    assert_eq!((entry.actor.as_str(), entry.action.as_str()), ("ann", "finding_set_status"));
    assert_eq!((entry.object.as_str(), entry.detail.as_str()), (id.as_str(), "false: a test"));
    assert_eq!((entry.address.as_deref(), entry.time), (Some("192.0.2.1"), at(9)));
}

#[tokio::test]
async fn pages_go_back_in_time() {
    let (_dir, state) = trail(7).await;
    let first = state.audit_list(None, 3).await.expect("listed");
    assert_eq!(first.iter().map(|entry| entry.number).collect::<Vec<_>>(), [7, 6, 5]);
    let next = state.audit_list(Some(5), 3).await.expect("listed");
    assert_eq!(next.iter().map(|entry| entry.number).collect::<Vec<_>>(), [4, 3, 2]);
}

#[tokio::test]
async fn every_meddling_shows() {
    let cases = [
        ("UPDATE audit SET actor = 'eve' WHERE number = 3", 3),
        ("UPDATE audit SET time = time + 1 WHERE number = 2", 2),
        ("UPDATE audit SET address = NULL WHERE number = 5", 5),
        ("DELETE FROM audit WHERE number = 4", 5),
        ("DELETE FROM audit WHERE number = 1", 2),
        ("UPDATE audit SET detail = object, object = detail WHERE number = 6", 6),
    ];
    for (script, broken_at) in cases {
        let (dir, state) = trail(8).await;
        assert_eq!(state.audit_verify().await.expect("checked").broken_at, None);
        sql(dir.path(), script).await;
        let verdict = state.audit_verify().await.expect("checked");
        assert_eq!(verdict.broken_at, Some(broken_at), "{script}");
    }
}

#[tokio::test]
async fn a_cut_end_shows_against_a_head_kept_elsewhere() {
    let (dir, state) = trail(8).await;
    let head = state.audit_verify().await.expect("checked").head;
    sql(dir.path(), "DELETE FROM audit WHERE number = 8").await;
    let verdict = state.audit_verify().await.expect("checked");
    assert_eq!(verdict.broken_at, None);
    assert_ne!(verdict.head, head);
}
