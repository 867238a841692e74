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
    /// Whether they are kept from signing in.
    pub disabled: bool,
    /// Whether they have not chosen a password yet, or are to choose a new one.
    pub invited: bool,
    /// When they last signed in.
    pub last_sign_in: Option<Timestamp>,
}

/// What is changed about someone. What is `None` stays.
#[derive(Debug, Clone, Copy, Default)]
pub struct UserChange {
    /// What they may do.
    pub role: Option<Role>,
    /// Whether they are kept from signing in.
    pub disabled: Option<bool>,
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
        let user_hash = |row: &SqliteRow| -> Result<Option<String>, StateError> {
            let hash: String = row.try_get("password_hash")?;
            // Who may not sign in is told no more than someone who does not exist.
            Ok((!hash.is_empty() && !row.try_get::<bool, _>("disabled")?).then_some(hash))
        };
        let hash = row.as_ref().map(user_hash).transpose()?.flatten();
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

    /// Changes what someone may do, or keeps them from signing in; that ends their sessions.
    ///
    /// # Errors
    /// [`StateError::NotFound`], [`StateError::Conflict`] when no administrator would be left, or when the database fails.
    pub async fn user_update(&self, id: &str, change: UserChange, by: By<'_>) -> Result<User, StateError> {
        let mut transaction = self.write().await?;
        let row = sqlx::query(
            "UPDATE users SET role = COALESCE($1, role), disabled = COALESCE($2, disabled) WHERE id = $3 RETURNING *",
        )
        .bind(change.role.map(Role::name))
        .bind(change.disabled)
        .bind(id)
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or_else(|| StateError::not_found("user", id))?;
        let user = user(&row)?;
        keep_an_administrator(&mut transaction, &user.name).await?;
        if user.disabled {
            for table in ["sessions", "invitations"] {
                sqlx::query(sqlx::AssertSqlSafe(format!("DELETE FROM {table} WHERE user_id = $1")))
                    .bind(id)
                    .execute(&mut *transaction)
                    .await?;
            }
        }
        let detail = match (change.role, change.disabled) {
            (_, Some(true)) => format!("{}, disabled", user.role.name()),
            (_, Some(false)) => format!("{}, enabled", user.role.name()),
            _ => user.role.name().to_owned(),
        };
        audit::append(&mut transaction, by, "user_update", &user.name, &detail).await?;
        transaction.commit().await?;
        Ok(user)
    }

    /// Takes someone out, with their sessions.
    ///
    /// # Errors
    /// [`StateError::NotFound`], [`StateError::Conflict`] when no administrator would be left, or when the database fails.
    pub async fn user_delete(&self, name: &str, by: By<'_>) -> Result<(), StateError> {
        let mut transaction = self.write().await?;
        let done = sqlx::query("DELETE FROM users WHERE name_key = $1")
            .bind(key(name))
            .execute(&mut *transaction)
            .await?;
        if done.rows_affected() == 0 {
            return Err(StateError::not_found("user", name));
        }
        keep_an_administrator(&mut transaction, name).await?;
        audit::append(&mut transaction, by, "user_delete", name, "").await?;
        Ok(transaction.commit().await?)
    }

    /// Someone by their id.
    ///
    /// # Errors
    /// [`StateError::NotFound`], or when the database fails.
    pub async fn user_get(&self, id: &str) -> Result<User, StateError> {
        let row = sqlx::query("SELECT * FROM users WHERE id = $1")
            .bind(id)
            .fetch_optional(self.reader())
            .await?
            .ok_or_else(|| StateError::not_found("user", id))?;
        user(&row)
    }
}

/// Refuses a change after which nobody could manage people any more.
pub(crate) async fn keep_an_administrator(
    transaction: &mut Transaction<'_, Sqlite>,
    name: &str,
) -> Result<(), StateError> {
    let admin: Option<i64> = sqlx::query_scalar(
        "SELECT 1 FROM users WHERE role = 'admin' AND NOT disabled AND password_hash <> '' LIMIT 1",
    )
    .fetch_optional(&mut **transaction)
    .await?;
    match admin {
        Some(_) => Ok(()),
        None => Err(StateError::Conflict(format!("`{name}` is the last administrator; add another first"))),
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
    let user = User {
        id: random_id()?,
        name: name.to_owned(),
        role,
        created: by.time,
        disabled: false,
        invited: password_hash.is_empty(),
        last_sign_in: None,
    };
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
        disabled: row.try_get("disabled")?,
        invited: row.try_get::<&str, _>("password_hash")?.is_empty(),
        last_sign_in: row.try_get::<Option<i64>, _>("last_sign_in")?.map(Timestamp::from_nanos),
    })
}

pub(crate) fn role(row: &SqliteRow) -> Result<Role, StateError> {
    row.try_get::<&str, _>("role")?.parse().map_err(|error: String| StateError::Database(error.into()))
}
