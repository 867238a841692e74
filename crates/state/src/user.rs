//! People who may sign in, and what each role may do.

use serde::{Deserialize, Serialize};
use sqlx::{Row, Sqlite, Transaction, sqlite::SqliteRow};
use yagura_event::Timestamp;

use crate::{
    By, Password, State, StateError, audit, error::checked, limits::NAME_BYTES_MAX, password,
    secret::random_id,
};

/// What someone may do. Each role may do everything the ones before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sees everything but the audit trail and the keys.
    Viewer,
    /// Decides about findings.
    Responder,
    /// Hunts with SQL, switches rules, runs proofs.
    Analyst,
    /// Manages people and keys.
    Admin,
}

impl Role {
    /// Every role, the least first.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Responder, Self::Analyst, Self::Admin];

    /// The word used in JSON, SQL and URLs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Responder => "responder",
            Self::Analyst => "analyst",
            Self::Admin => "admin",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|role| role.name() == text)
            .ok_or_else(|| format!("`{text}` is no role (viewer, responder, analyst, admin)"))
    }
}

/// Someone who may sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct User {
    /// Random id.
    pub id: String,
    /// Name to sign in with; case does not matter.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// When they were added.
    pub created: Timestamp,
}

impl State {
    /// Adds someone.
    ///
    /// # Errors
    /// [`StateError::Conflict`] when the name is taken, [`StateError::Invalid`] when it cannot be one, or when the
    /// database fails.
    pub async fn user_create(
        &self,
        name: &str,
        role: Role,
        password: &Password,
        by: By<'_>,
    ) -> Result<User, StateError> {
        let hash = password::hash(password).await?;
        let mut transaction = self.write().await?;
        let user = insert(&mut transaction, name, role, &hash, by).await?;
        transaction.commit().await?;
        Ok(user)
    }

    /// Everyone, in the order of their names.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user_list(&self) -> Result<Vec<User>, StateError> {
        let rows = sqlx::query("SELECT * FROM users ORDER BY name_key").fetch_all(self.reader()).await?;
        rows.iter().map(user).collect()
    }

    /// Whether anyone may sign in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user_exists(&self) -> Result<bool, StateError> {
        let found: Option<i64> =
            sqlx::query_scalar("SELECT 1 FROM users LIMIT 1").fetch_optional(self.reader()).await?;
        Ok(found.is_some())
    }

    /// The user of this name, if the password is theirs. Takes as long when there is no such user.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user_verify(&self, name: &str, password: &str) -> Result<Option<User>, StateError> {
        let row = sqlx::query("SELECT * FROM users WHERE name_key = $1")
            .bind(key(name))
            .fetch_optional(self.reader())
            .await?;
        let hash = row.as_ref().map(|row| row.try_get("password_hash")).transpose()?;
        if password::matches(password, hash).await? { row.as_ref().map(user).transpose() } else { Ok(None) }
    }

    /// Sets someone's password and ends all their sessions.
    ///
    /// # Errors
    /// [`StateError::NotFound`], or when the database fails.
    pub async fn user_set_password(
        &self,
        name: &str,
        password: &Password,
        by: By<'_>,
    ) -> Result<(), StateError> {
        let hash = password::hash(password).await?;
        let mut transaction = self.write().await?;
        let id: Option<String> =
            sqlx::query_scalar("UPDATE users SET password_hash = $1 WHERE name_key = $2 RETURNING id")
                .bind(hash)
                .bind(key(name))
                .fetch_optional(&mut *transaction)
                .await?;
        let id = id.ok_or_else(|| StateError::not_found("user", name))?;
        sqlx::query("DELETE FROM sessions WHERE user_id = $1").bind(id).execute(&mut *transaction).await?;
        audit::append(&mut transaction, by, "user_set_password", name, "all sessions ended").await?;
        Ok(transaction.commit().await?)
    }

    /// Takes someone out, with their sessions.
    ///
    /// # Errors
    /// [`StateError::NotFound`], [`StateError::Conflict`] for the last administrator, or when the database fails.
    pub async fn user_delete(&self, name: &str, by: By<'_>) -> Result<(), StateError> {
        let mut transaction = self.write().await?;
        let done = sqlx::query("DELETE FROM users WHERE name_key = $1")
            .bind(key(name))
            .execute(&mut *transaction)
            .await?;
        if done.rows_affected() == 0 {
            return Err(StateError::not_found("user", name));
        }
        let admin: Option<i64> = sqlx::query_scalar("SELECT 1 FROM users WHERE role = 'admin' LIMIT 1")
            .fetch_optional(&mut *transaction)
            .await?;
        if admin.is_none() {
            return Err(StateError::Conflict(format!(
                "`{name}` is the last administrator; add another first"
            )));
        }
        audit::append(&mut transaction, by, "user_delete", name, "").await?;
        Ok(transaction.commit().await?)
    }
}

pub(crate) async fn insert(
    transaction: &mut Transaction<'_, Sqlite>,
    name: &str,
    role: Role,
    password_hash: &str,
    by: By<'_>,
) -> Result<User, StateError> {
    let name = checked("name", name, NAME_BYTES_MAX)?;
    let user = User { id: random_id()?, name: name.to_owned(), role, created: by.time };
    let done = sqlx::query(
        "INSERT INTO users (id, name, name_key, role, password_hash, created) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (name_key) DO NOTHING",
    )
    .bind(&user.id)
    .bind(&user.name)
    .bind(key(name))
    .bind(role.name())
    .bind(password_hash)
    .bind(user.created.nanos())
    .execute(&mut **transaction)
    .await?;
    if done.rows_affected() == 0 {
        return Err(StateError::Conflict(format!("the name `{name}` is taken")));
    }
    audit::append(transaction, by, "user_create", name, role.name()).await?;
    Ok(user)
}

fn key(name: &str) -> String {
    name.trim().to_lowercase()
}

pub(crate) fn user(row: &SqliteRow) -> Result<User, StateError> {
    Ok(User {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        role: role(row)?,
        created: Timestamp::from_nanos(row.try_get("created")?),
    })
}

pub(crate) fn role(row: &SqliteRow) -> Result<Role, StateError> {
    row.try_get::<&str, _>("role")?.parse().map_err(|error: String| StateError::Database(error.into()))
}
