//! Sessions of people who signed in.

use sqlx::{Row, Sqlite, Transaction};
use yagura_event::Timestamp;

use crate::{By, Secret, State, StateError, User, audit, limits::SESSIONS_MAX, secret, user};

/// A session that is not used for this long ends.
const IDLE_NANOS: i64 = 8 * 3_600_000_000_000;
/// A session ends after this time however much it is used.
const LIFE_NANOS: i64 = 7 * 24 * 3_600_000_000_000;
/// Use is written down once in this time, not at every request.
const SEEN_NANOS: i64 = 60_000_000_000;

/// Someone who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub user: User,
    /// When it ends at the latest.
    pub expires: Timestamp,
}

impl State {
    /// Begins a session. The secret is its id, for the cookie.
    ///
    /// # Errors
    /// When the database fails or the user is gone.
    pub async fn session_create(&self, user: &User, by: By<'_>) -> Result<(Secret, Session), StateError> {
        let mut transaction = self.write().await?;
        let session = insert(&mut transaction, user, by).await?;
        transaction.commit().await?;
        Ok(session)
    }

    /// The session with this id, unless it ended; being asked for keeps it from idling out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_get(&self, id: &str, now: Timestamp) -> Result<Option<Session>, StateError> {
        let hash = secret::hash(id);
        let row = sqlx::query(
            "SELECT users.*, sessions.seen, sessions.expires FROM sessions JOIN users ON users.id = sessions.user_id \
             WHERE sessions.id_hash = $1 AND sessions.expires > $2 AND sessions.seen > $3 \
             AND NOT users.disabled",
        )
        .bind(&hash)
        .bind(now.nanos())
        .bind(now.nanos().saturating_sub(IDLE_NANOS))
        .fetch_optional(self.reader())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let seen: i64 = row.try_get("seen")?;
        if now.nanos().saturating_sub(seen) > SEEN_NANOS {
            let mut transaction = self.write().await?;
            sqlx::query("UPDATE sessions SET seen = $1 WHERE id_hash = $2")
                .bind(now.nanos())
                .bind(&hash)
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
        }
        let expires = Timestamp::from_nanos(row.try_get("expires")?);
        Ok(Some(Session { user: user::user(&row)?, expires }))
    }

    /// Ends a session. One that is not there is ended already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_delete(&self, id: &str, by: By<'_>) -> Result<(), StateError> {
        let mut transaction = self.write().await?;
        let done = sqlx::query("DELETE FROM sessions WHERE id_hash = $1")
            .bind(secret::hash(id))
            .execute(&mut *transaction)
            .await?;
        if done.rows_affected() > 0 {
            audit::append(&mut transaction, by, "session_delete", by.actor, "").await?;
        }
        Ok(transaction.commit().await?)
    }
}

pub(crate) async fn insert(
    transaction: &mut Transaction<'_, Sqlite>,
    user: &User,
    by: By<'_>,
) -> Result<(Secret, Session), StateError> {
    let id = Secret::random("")?;
    let expires = Timestamp::from_nanos(by.time.nanos().saturating_add(LIFE_NANOS));
    // Ended sessions go when a new one begins; so do the oldest of someone who has too many.
    sqlx::query("DELETE FROM sessions WHERE expires <= $1 OR seen <= $2")
        .bind(by.time.nanos())
        .bind(by.time.nanos().saturating_sub(IDLE_NANOS))
        .execute(&mut **transaction)
        .await?;
    sqlx::query(
        "DELETE FROM sessions WHERE user_id = $1 AND id_hash NOT IN \
         (SELECT id_hash FROM sessions WHERE user_id = $1 ORDER BY created DESC, id_hash LIMIT $2)",
    )
    .bind(&user.id)
    .bind(SESSIONS_MAX - 1)
    .execute(&mut **transaction)
    .await?;
    sqlx::query(
        "INSERT INTO sessions (id_hash, user_id, created, seen, expires) VALUES ($1, $2, $3, $3, $4)",
    )
    .bind(secret::hash(id.reveal()))
    .bind(&user.id)
    .bind(by.time.nanos())
    .bind(expires.nanos())
    .execute(&mut **transaction)
    .await?;
    sqlx::query("UPDATE users SET last_sign_in = $1 WHERE id = $2")
        .bind(by.time.nanos())
        .bind(&user.id)
        .execute(&mut **transaction)
        .await?;
    audit::append(transaction, by, "session_create", &user.name, "").await?;
    Ok((id, Session { user: user.clone(), expires }))
}
