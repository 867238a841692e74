use std::collections::BTreeMap;

use yagura_event::{Asset, AssetKind, Timestamp};
use yagura_state::{Password, Proof, Role, Secret, State, StateError};

use crate::{at, by, finding, open};

const DAY: i64 = 24 * 3600;

fn password(text: &str) -> Password {
    Password::new(text).expect("long enough")
}

async fn admin(state: &State) -> Secret {
    let token = state.setup_token_create(at(0)).await.expect("a token");
    let done = state.setup_complete(token.reveal(), "Ann", &password("correct horse"), by("Ann", 1)).await;
    done.expect("set up").expect("the right token").0
}

#[tokio::test]
async fn setup_works_once_with_the_latest_token_within_a_day() {
    let (_dir, state) = open().await;
    assert!(!state.user_exists().await.expect("looked"));
    let old = state.setup_token_create(at(0)).await.expect("a token");
    let token = state.setup_token_create(at(0)).await.expect("another");
    let secret = password("correct horse");
    for (text, seconds) in [(old.reveal(), 1), ("ygr_setup_00", 1), ("", 1), (token.reveal(), DAY + 1)] {
        let done = state.setup_complete(text, "Ann", &secret, by("Ann", seconds)).await.expect("answered");
        assert!(done.is_none(), "{text} at {seconds}");
    }
    // A name that is refused does not use the token up.
    let refused = state.setup_complete(token.reveal(), " ", &secret, by("", 1)).await;
    assert!(matches!(refused, Err(StateError::Invalid { .. })));
    let done = state.setup_complete(token.reveal(), "Ann", &secret, by("Ann", 1)).await.expect("answered");
    assert_eq!(done.expect("the right token").1.user.role, Role::Admin);
    let again = state.setup_complete(token.reveal(), "Eve", &secret, by("Eve", 1)).await;
    assert!(matches!(again, Err(StateError::Conflict(_))));
    assert!(matches!(state.setup_token_create(at(2)).await, Err(StateError::Conflict(_))));
}

#[tokio::test]
async fn passwords_are_checked_and_changing_one_ends_all_sessions() {
    let (_dir, state) = open().await;
    assert!(Password::new("elevenchars").is_err());
    assert!(Password::new("十二文字以上の合言葉です!").is_ok(), "characters count, not bytes");
    let session = admin(&state).await;
    assert!(state.user_verify("aNN ", "correct horse").await.expect("looked").is_some());
    for (name, text) in
        [("ann", "wrong horse!"), ("eve", "correct horse"), ("eve", "nobody has this password")]
    {
        assert!(state.user_verify(name, text).await.expect("looked").is_none(), "{name} {text}");
    }
    state.user_set_password("ann", &password("battery staple"), by("Ann", 5)).await.expect("set");
    assert!(state.session_get(session.reveal(), at(6)).await.expect("looked").is_none());
    assert!(state.user_verify("ann", "correct horse").await.expect("looked").is_none());
    assert!(state.user_verify("ann", "battery staple").await.expect("looked").is_some());
    assert!(matches!(state.user_delete("ann", by("Ann", 7)).await, Err(StateError::Conflict(_))));
    let taken = state.user_create("ANN", Role::Viewer, &password("correct horse"), by("Ann", 7)).await;
    assert!(matches!(taken, Err(StateError::Conflict(_))));
}

#[tokio::test]
async fn sessions_end_when_idle_when_old_and_when_deleted() {
    let (_dir, state) = open().await;
    let id = admin(&state).await;
    let alive = async |seconds| state.session_get(id.reveal(), at(seconds)).await.expect("looked").is_some();
    assert!(state.session_get("", at(1)).await.expect("looked").is_none());
    // Used every seven hours it lives for a week, and not longer.
    let mut seconds = 1;
    while seconds < 7 * DAY {
        assert!(alive(seconds).await, "{seconds}");
        seconds += 7 * 3600;
    }
    assert!(!alive(7 * DAY + 2).await);

    let user = state.user_verify("ann", "correct horse").await.expect("looked").expect("right");
    let (other, _) = state.session_create(&user, by("Ann", 0)).await.expect("begun");
    assert!(state.session_get(other.reveal(), at(8 * 3600 + 1)).await.expect("looked").is_none(), "idle");
    state.session_delete(other.reveal(), by("Ann", 5)).await.expect("ended");
    assert!(state.session_get(other.reveal(), at(6)).await.expect("looked").is_none());
}

#[tokio::test]
async fn tokens_work_until_they_end_and_remember_their_use() {
    let (dir, state) = open().await;
    let (secret, token) =
        state.token_create("ci", Role::Viewer, Some(at(100)), by("ann", 0)).await.expect("made");
    assert!(secret.reveal().starts_with("ygr_"));
    let found = state.token_verify(secret.reveal(), at(50)).await.expect("looked").expect("good");
    assert_eq!((found.id.as_str(), found.role), (token.id.as_str(), Role::Viewer));
    assert_eq!(state.token_list().await.expect("listed")[0].last_used, Some(at(50)));
    assert!(state.token_verify(secret.reveal(), at(100)).await.expect("looked").is_none(), "ended");
    assert!(matches!(
        state.token_create("ci", Role::Admin, None, by("ann", 0)).await,
        Err(StateError::Conflict(_))
    ));
    assert!(state.token_create("late", Role::Admin, Some(at(0)), by("ann", 1)).await.is_err());
    state.token_delete(&token.id, by("ann", 60)).await.expect("deleted");
    assert!(state.token_verify(secret.reveal(), at(61)).await.expect("looked").is_none());
    // The secret stands nowhere on the disk.
    state.close().await;
    let bytes = std::fs::read(dir.path().join("state.sqlite")).expect("readable");
    let secret = secret.reveal().as_bytes();
    assert!(!bytes.windows(secret.len()).any(|window| window == secret));
}

#[tokio::test]
async fn settings_rules_queries_and_assets_are_kept() {
    let (_dir, state) = open().await;
    state.setting_set("theme", "dark", by("ann", 0)).await.expect("set");
    state.setting_set("theme", "light", by("ann", 0)).await.expect("set");
    assert_eq!(state.setting_get("theme").await.expect("read").as_deref(), Some("light"));
    assert_eq!(state.setting_get("none").await.expect("read"), None);

    state.rule_setting_set("noisy", false, by("ann", 0)).await.expect("set");
    let expected = BTreeMap::from([("noisy".to_owned(), false)]);
    assert_eq!(state.rule_setting_list().await.expect("listed"), expected);

    let query = state.query_create("all", "SELECT 1", by("ann", 0)).await.expect("saved");
    assert!(matches!(
        state.query_create("all", "SELECT 2", by("ann", 0)).await,
        Err(StateError::Conflict(_))
    ));
    assert_eq!(state.query_list().await.expect("listed"), std::slice::from_ref(&query));
    state.query_delete(&query.id, by("ann", 0)).await.expect("deleted");
    assert!(matches!(state.query_delete(&query.id, by("ann", 0)).await, Err(StateError::NotFound { .. })));

    let asset = |seen: i64| Asset {
        id: "a".to_owned(),
        kind: AssetKind::Host,
        name: "host".to_owned(),
        facts: BTreeMap::from([("os".to_owned(), "Debian".to_owned())]),
        first_seen: at(seen),
        last_seen: at(seen),
    };
    state.asset_upsert(&asset(1)).await.expect("kept");
    state.asset_upsert(&asset(9)).await.expect("kept");
    state.finding_record(&[finding("r", "a", 0)]).await.expect("recorded");
    let listed = state.asset_list(Some(AssetKind::Host), None, 10).await.expect("listed");
    assert_eq!(listed[0].asset, Asset { first_seen: at(1), ..asset(9) });
    assert_eq!(listed[0].findings_open, 1);
    assert!(state.asset_list(Some(AssetKind::Image), None, 10).await.expect("listed").is_empty());
    assert_eq!(state.asset_get("a").await.expect("there").last_seen, at(9));
}

#[tokio::test]
async fn the_summary_of_proofs_counts_the_latest_run_of_each() {
    let (_dir, state) = open().await;
    let proof = |emulation: &str, seen, time| Proof {
        emulation: emulation.to_owned(),
        technique: None,
        rule: Some("shell".to_owned()),
        seen,
        blocked: false,
        latency_ms: Some(12),
        detail: String::new(),
        time,
    };
    assert_eq!(state.proof_summary().await.expect("counted").time, None::<Timestamp>);
    let runs = [
        proof("a", false, at(1)),
        proof("b", true, at(1)),
        proof("a", true, at(2)),
        proof("c", false, at(2)),
    ];
    state.proof_record(&runs, by("ann", 3)).await.expect("recorded");
    let summary = state.proof_summary().await.expect("counted");
    assert_eq!((summary.time, summary.emulations, summary.seen), (Some(at(2)), 3, 2));
    let listed = state.proof_list(10).await.expect("listed");
    assert_eq!((listed.len(), listed[0].time, listed[0].latency_ms), (4, at(2), Some(12)));
}

#[tokio::test]
async fn of_a_rule_file_so_many_versions_are_kept_and_a_deleted_one_makes_room() {
    let (_dir, state) = open().await;
    let kept = usize::try_from(yagura_state::limits::RULE_FILE_VERSIONS_MAX).expect("small");
    for version in 0..kept + 5 {
        state.rule_file_put("mine", &version.to_string(), "", None, by("ann", 0)).await.expect("saved");
    }
    let versions = state.rule_file_versions("mine").await.expect("listed");
    assert_eq!((versions.len(), versions[0].version), (kept, (kept + 5) as i64));
    assert!(matches!(state.rule_file_get("mine", Some(1)).await, Err(StateError::NotFound { .. })));
    assert_eq!(versions[0].bytes, 3);

    for file in 1..yagura_state::limits::RULE_FILES_MAX {
        state.rule_file_put(&format!("f{file}"), "é", "", Some(0), by("ann", 0)).await.expect("saved");
    }
    let one_more = || state.rule_file_put("more", "x", "", None, by("ann", 0));
    assert!(matches!(one_more().await, Err(StateError::Conflict(_))));
    state.rule_file_delete("f1", by("ann", 0)).await.expect("deleted");
    assert!(matches!(state.rule_file_delete("f1", by("ann", 0)).await, Err(StateError::NotFound { .. })));
    one_more().await.expect("there is room");
    let texts = state.rule_file_texts().await.expect("read");
    assert_eq!(texts.len() as i64, yagura_state::limits::RULE_FILES_MAX);
    assert_eq!((texts[0].text.as_str(), texts[0].version.bytes), ("é", 2));
}
