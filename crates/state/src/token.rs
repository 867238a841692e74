//! API tokens: keys for programs.

use serde::{Deserialize, Serialize};
use sqlx::{Row, sqlite::SqliteRow};
use yagura_event::Timestamp;

use crate::{
    By, Role, Secret, State, StateError, audit,
    error::checked,
    limits::{NAME_BYTES_MAX, TOKENS_MAX},
    secret::{self, random_id},
    user,
};

/// Use is written down once in this time, not at every request.
const USED_NANOS: i64 = 60_000_000_000;

/// A key for a program, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiToken {
    /// Random id.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// When it was made.
    pub created: Timestamp,
    /// Who made it.
    pub created_by: String,
    /// When it ends; `None` for never.
    pub expires: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used: Option<Timestamp>,
}

impl State {
    /// Makes a token. The secret is shown this once.
    ///
    /// # Errors
    /// [`StateError::Conflict`] when the name is taken, [`StateError::Invalid`] for the name or a date in the past, or
    /// when the database fails.
    pub async fn token_create(
        &self,
        name: &str,
        role: Role,
        expires: Option<Timestamp>,
        by: By<'_>,
    ) -> Result<(Secret, ApiToken), StateError> {
        let name = checked("name", name, NAME_BYTES_MAX)?;
        if expires.is_some_and(|expires| expires <= by.time) {
            return Err(StateError::invalid("expires", "lies in the past"));
        }
        let secret = Secret::random("ygr_")?;
        let mut transaction = self.write().await?;
        let count: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM api_tokens").fetch_one(&mut *transaction).await?;
        if count >= TOKENS_MAX {
            return Err(StateError::Conflict(format!("there are {count} tokens; delete one first")));
        }
        let token = ApiToken {
            id: random_id()?,
            name: name.to_owned(),
            role,
            created: by.time,
            created_by: by.actor.to_owned(),
            expires,
            last_used: None,
        };
        let done = sqlx::query(
            "INSERT INTO api_tokens (id, name, secret_hash, role, created, created_by, expires) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (name) DO NOTHING",
        )
        .bind(&token.id)
        .bind(&token.name)
        .bind(secret::hash(secret.reveal()))
        .bind(role.name())
        .bind(token.created.nanos())
        .bind(&token.created_by)
        .bind(expires.map(Timestamp::nanos))
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 0 {
            return Err(StateError::Conflict(format!("the name `{name}` is taken")));
        }
        audit::append(&mut transaction, by, "token_create", name, role.name()).await?;
        transaction.commit().await?;
        Ok((secret, token))
    }

    /// The token with this secret, unless it ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn token_verify(&self, secret: &str, now: Timestamp) -> Result<Option<ApiToken>, StateError> {
        let row = sqlx::query(
            "SELECT * FROM api_tokens WHERE secret_hash = $1 AND (expires IS NULL OR expires > $2)",
        )
        .bind(secret::hash(secret))
        .bind(now.nanos())
        .fetch_optional(self.reader())
        .await?;
        let Some(token) = row.as_ref().map(token).transpose()? else { return Ok(None) };
        let used = token.last_used.map_or(i64::MIN, Timestamp::nanos);
        if now.nanos().saturating_sub(used) > USED_NANOS {
            let mut transaction = self.write().await?;
            sqlx::query("UPDATE api_tokens SET last_used = $1 WHERE id = $2")
                .bind(now.nanos())
                .bind(&token.id)
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
        }
        Ok(Some(token))
    }

    /// Every token, in the order of their names.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn token_list(&self) -> Result<Vec<ApiToken>, StateError> {
        let rows = sqlx::query("SELECT * FROM api_tokens ORDER BY name").fetch_all(self.reader()).await?;
        rows.iter().map(token).collect()
    }

    /// Ends a token.
    ///
    /// # Errors
    /// [`StateError::NotFound`], or when the database fails.
    pub async fn token_delete(&self, id: &str, by: By<'_>) -> Result<(), StateError> {
        let mut transaction = self.write().await?;
        let name: Option<String> = sqlx::query_scalar("DELETE FROM api_tokens WHERE id = $1 RETURNING name")
            .bind(id)
            .fetch_optional(&mut *transaction)
            .await?;
        let name = name.ok_or_else(|| StateError::not_found("token", id))?;
        audit::append(&mut transaction, by, "token_delete", &name, "").await?;
        Ok(transaction.commit().await?)
    }
}

fn token(row: &SqliteRow) -> Result<ApiToken, StateError> {
    Ok(ApiToken {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        role: user::role(row)?,
        created: Timestamp::from_nanos(row.try_get("created")?),
        created_by: row.try_get("created_by")?,
        expires: row.try_get::<Option<i64>, _>("expires")?.map(Timestamp::from_nanos),
        last_used: row.try_get::<Option<i64>, _>("last_used")?.map(Timestamp::from_nanos),
    })
}
