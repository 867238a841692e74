use yagura_state::{Password, Role, StateError, UserChange};

use crate::{at, by, open};

fn password(text: &str) -> Password {
    Password::new(text).expect("long enough")
}

#[tokio::test]
async fn an_invitation_works_once_and_for_a_day() {
    let (_dir, state) = open().await;
    let mut invited = state.user_invite("ben", Role::Viewer, by("ann", 0)).await.expect("invited");
    let secret = password("correct horse battery");
    assert!(state.user_verify("ben", "").await.expect("looked").is_none());
    let late = 25 * 3600;
    assert!(state.invitation_get(invited.token.reveal(), at(late)).await.expect("looked").is_none());
    let done = state.invitation_complete(invited.token.reveal(), &secret, by("", 1)).await.expect("tried");
    assert!(done.is_some());
    let again = state.invitation_complete(invited.token.reveal(), &secret, by("", 2)).await.expect("tried");
    assert!(again.is_none());
    assert!(state.user_verify("ben", "correct horse battery").await.expect("looked").is_some());
    // Who is disabled neither signs in nor is let in by a token.
    state.user_create("ann", Role::Admin, &secret, by("ann", 3)).await.expect("made");
    invited = state.user_reset(&invited.user.id, by("ann", 4)).await.expect("reset");
    assert!(state.user_verify("ben", "correct horse battery").await.expect("looked").is_none());
    let off = UserChange { role: None, disabled: Some(true) };
    state.user_update(&invited.user.id, off, by("ann", 5)).await.expect("disabled");
    assert!(state.invitation_get(invited.token.reveal(), at(6)).await.expect("looked").is_none());
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let (_dir, state) = open().await;
    let secret = password("correct horse battery");
    let ann = state.user_create("ann", Role::Admin, &secret, by("ann", 0)).await.expect("made");
    let down = UserChange { role: Some(Role::Viewer), disabled: None };
    let off = UserChange { role: None, disabled: Some(true) };
    for change in [down, off] {
        let refused = state.user_update(&ann.id, change, by("ann", 1)).await;
        assert!(matches!(refused, Err(StateError::Conflict(_))), "{refused:?}");
    }
    assert!(matches!(state.user_delete("ann", by("ann", 2)).await, Err(StateError::Conflict(_))));
    assert!(matches!(state.user_reset(&ann.id, by("ann", 3)).await, Err(StateError::Conflict(_))));
    assert!(state.user_verify("ann", "correct horse battery").await.expect("looked").is_some());
}
