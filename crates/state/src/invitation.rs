//! Invitations: someone new, or someone who lost the password, chooses one with a token that works once.

use sqlx::{Sqlite, Transaction};
use yagura_event::Timestamp;

use crate::{
    By, Password, Role, Secret, Session, State, StateError, User, audit, password, secret, session,
    user::{self, insert},
};

/// A token is good for a day.
const LIFE_NANOS: i64 = 24 * 3_600_000_000_000;
/// No password has this hash.
const NO_PASSWORD: &str = "";

/// A token with which someone chooses a password, once.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// For whom.
    pub user: User,
    /// The token, shown this once.
    pub token: Secret,
    /// Until when it works.
    pub expires: Timestamp,
}

impl State {
    /// Adds someone who chooses their password with the token.
    ///
    /// # Errors
    /// [`StateError::Conflict`] when the name is taken, [`StateError::Invalid`] when it cannot be one, or when the
    /// database fails.
    pub async fn user_invite(&self, name: &str, role: Role, by: By<'_>) -> Result<Invitation, StateError> {
        let mut transaction = self.write().await?;
        let user = insert(&mut transaction, name, role, NO_PASSWORD, by).await?;
        let invitation = issue(&mut transaction, user, by).await?;
        transaction.commit().await?;
        Ok(invitation)
    }

    /// Lets someone choose a new password. The one they had works no longer, and their sessions end.
    ///
    /// # Errors
    /// [`StateError::NotFound`], [`StateError::Conflict`] when no administrator with a password would be left, or when
    /// the database fails.
    pub async fn user_reset(&self, id: &str, by: By<'_>) -> Result<Invitation, StateError> {
        let mut transaction = self.write().await?;
        let row = sqlx::query("UPDATE users SET password_hash = $1 WHERE id = $2 RETURNING *")
            .bind(NO_PASSWORD)
            .bind(id)
            .fetch_optional(&mut *transaction)
            .await?
            .ok_or_else(|| StateError::not_found("user", id))?;
        let user = user::user(&row)?;
        user::keep_an_administrator(&mut transaction, &user.name).await?;
        sqlx::query("DELETE FROM sessions WHERE user_id = $1").bind(id).execute(&mut *transaction).await?;
        let invitation = issue(&mut transaction, user, by).await?;
        transaction.commit().await?;
        Ok(invitation)
    }

    /// For whom a token is, while it works.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn invitation_get(&self, token: &str, now: Timestamp) -> Result<Option<User>, StateError> {
        let row = sqlx::query(
            "SELECT users.* FROM invitations JOIN users ON users.id = invitations.user_id \
             WHERE invitations.secret_hash = $1 AND invitations.expires > $2 AND NOT users.disabled",
        )
        .bind(secret::hash(token))
        .bind(now.nanos())
        .fetch_optional(self.reader())
        .await?;
        row.as_ref().map(user::user).transpose()
    }

    /// Sets the password of who was invited and signs them in. `None` when the token does not work (any more).
    ///
    /// # Errors
    /// When the database fails. The token is used up only when all went well.
    pub async fn invitation_complete(
        &self,
        token: &str,
        password: &Password,
        by: By<'_>,
    ) -> Result<Option<(Secret, Session)>, StateError> {
        // Looked at before the password is hashed: guessing must stay cheap for us.
        let Some(user) = self.invitation_get(token, by.time).await? else { return Ok(None) };
        let hash = password::hash(password).await?;
        let mut transaction = self.write().await?;
        let used = sqlx::query("DELETE FROM invitations WHERE secret_hash = $1")
            .bind(secret::hash(token))
            .execute(&mut *transaction)
            .await?;
        if used.rows_affected() == 0 {
            return Ok(None);
        }
        sqlx::query("UPDATE users SET password_hash = $1 WHERE id = $2")
            .bind(hash)
            .bind(&user.id)
            .execute(&mut *transaction)
            .await?;
        let by = By { actor: &user.name, ..by };
        audit::append(&mut transaction, by, "invitation_complete", &user.name, "").await?;
        let session = session::insert(&mut transaction, &user, by).await?;
        transaction.commit().await?;
        Ok(Some(session))
    }
}

async fn issue(
    transaction: &mut Transaction<'_, Sqlite>,
    user: User,
    by: By<'_>,
) -> Result<Invitation, StateError> {
    let token = Secret::random("ygr_invite_")?;
    let expires = Timestamp::from_nanos(by.time.nanos().saturating_add(LIFE_NANOS));
    // One at a time: a new one makes the one before worthless.
    sqlx::query("DELETE FROM invitations WHERE user_id = $1 OR expires <= $2")
        .bind(&user.id)
        .bind(by.time.nanos())
        .execute(&mut **transaction)
        .await?;
    sqlx::query("INSERT INTO invitations (secret_hash, user_id, expires) VALUES ($1, $2, $3)")
        .bind(secret::hash(token.reveal()))
        .bind(&user.id)
        .bind(expires.nanos())
        .execute(&mut **transaction)
        .await?;
    audit::append(transaction, by, "user_invite", &user.name, "").await?;
    Ok(Invitation { user, token, expires })
}
