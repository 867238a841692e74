//! The first administrator, made with a token that only whoever started Yagura can read.

use yagura_event::Timestamp;

use crate::{By, Password, Role, Secret, Session, State, StateError, audit, password, secret, session, user};

const LIFE_NANOS: i64 = 24 * 3_600_000_000_000;

impl State {
    /// A new set-up token, good once and for 24 hours; the one before it no longer works.
    ///
    /// # Errors
    /// [`StateError::Conflict`] when someone may sign in already, or when the database fails.
    pub async fn setup_token_create(&self, now: Timestamp) -> Result<Secret, StateError> {
        if self.user_exists().await? {
            return Err(done_already());
        }
        let token = Secret::random("ygr_setup_")?;
        let mut transaction = self.write().await?;
        sqlx::query("DELETE FROM setup_tokens").execute(&mut *transaction).await?;
        sqlx::query("INSERT INTO setup_tokens (secret_hash, expires) VALUES ($1, $2)")
            .bind(secret::hash(token.reveal()))
            .bind(now.nanos().saturating_add(LIFE_NANOS))
            .execute(&mut *transaction)
            .await?;
        let by = By { actor: "yagura", address: None, time: now };
        audit::append(&mut transaction, by, "setup_token_create", "", "").await?;
        transaction.commit().await?;
        Ok(token)
    }

    /// Makes the first administrator and signs them in. `None` when the token is not the right one or too old.
    ///
    /// # Errors
    /// [`StateError::Conflict`] when someone may sign in already, [`StateError::Invalid`] for the name, or when the
    /// database fails. The token is used up only when all went well.
    pub async fn setup_complete(
        &self,
        token: &str,
        name: &str,
        password: &Password,
        by: By<'_>,
    ) -> Result<Option<(Secret, Session)>, StateError> {
        if self.user_exists().await? {
            return Err(done_already());
        }
        // The token is looked at before the password is hashed: guessing must stay cheap for us.
        let live: Option<i64> =
            sqlx::query_scalar("SELECT 1 FROM setup_tokens WHERE secret_hash = $1 AND expires > $2")
                .bind(secret::hash(token))
                .bind(by.time.nanos())
                .fetch_optional(self.reader())
                .await?;
        if live.is_none() {
            return Ok(None);
        }
        let hash = password::hash(password).await?;
        let mut transaction = self.write().await?;
        let used = sqlx::query("DELETE FROM setup_tokens WHERE secret_hash = $1")
            .bind(secret::hash(token))
            .execute(&mut *transaction)
            .await?;
        if used.rows_affected() == 0 {
            return Ok(None);
        }
        let exists: Option<i64> =
            sqlx::query_scalar("SELECT 1 FROM users LIMIT 1").fetch_optional(&mut *transaction).await?;
        if exists.is_some() {
            return Err(done_already());
        }
        let user = user::insert(&mut transaction, name, Role::Admin, &hash, by).await?;
        let session = session::insert(&mut transaction, &user, by).await?;
        transaction.commit().await?;
        Ok(Some(session))
    }
}

fn done_already() -> StateError {
    StateError::Conflict("set-up is done: there is an administrator already".to_owned())
}
