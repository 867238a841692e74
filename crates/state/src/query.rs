//! Saved queries: questions worth asking again.

use serde::{Deserialize, Serialize};
use sqlx::{Row, sqlite::SqliteRow};
use yagura_event::Timestamp;

use crate::{
    By, State, StateError, audit,
    error::checked,
    limits::{NAME_BYTES_MAX, QUERIES_MAX, QUERY_BYTES_MAX},
    secret::random_id,
};

/// A question worth asking again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SavedQuery {
    /// Random id.
    pub id: String,
    /// What it asks.
    pub name: String,
    /// The SQL.
    pub sql: String,
    /// When it was saved.
    pub created: Timestamp,
    /// Who saved it.
    pub created_by: String,
}

impl State {
    /// Saves a query.
    ///
    /// # Errors
    /// [`StateError::Conflict`] when the name is taken, [`StateError::Invalid`], or when the database fails.
    pub async fn query_create(&self, name: &str, sql: &str, by: By<'_>) -> Result<SavedQuery, StateError> {
        let query = SavedQuery {
            id: random_id()?,
            name: checked("name", name, NAME_BYTES_MAX)?.to_owned(),
            sql: checked("sql", sql, QUERY_BYTES_MAX)?.to_owned(),
            created: by.time,
            created_by: by.actor.to_owned(),
        };
        let mut transaction = self.write().await?;
        let count: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM saved_queries").fetch_one(&mut *transaction).await?;
        if count >= QUERIES_MAX {
            return Err(StateError::Conflict(format!("there are {count} saved queries; delete one first")));
        }
        let done = sqlx::query(
            "INSERT INTO saved_queries (id, name, query, created, created_by) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (name) DO NOTHING",
        )
        .bind(&query.id)
        .bind(&query.name)
        .bind(&query.sql)
        .bind(query.created.nanos())
        .bind(&query.created_by)
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 0 {
            return Err(StateError::Conflict(format!("the name `{}` is taken", query.name)));
        }
        audit::append(&mut transaction, by, "query_create", &query.name, "").await?;
        transaction.commit().await?;
        Ok(query)
    }

    /// Every saved query, in the order of their names.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn query_list(&self) -> Result<Vec<SavedQuery>, StateError> {
        let rows = sqlx::query("SELECT * FROM saved_queries ORDER BY name").fetch_all(self.reader()).await?;
        rows.iter().map(query).collect()
    }

    /// Deletes a saved query.
    ///
    /// # Errors
    /// [`StateError::NotFound`], or when the database fails.
    pub async fn query_delete(&self, id: &str, by: By<'_>) -> Result<(), StateError> {
        let mut transaction = self.write().await?;
        let name: Option<String> =
            sqlx::query_scalar("DELETE FROM saved_queries WHERE id = $1 RETURNING name")
                .bind(id)
                .fetch_optional(&mut *transaction)
                .await?;
        let name = name.ok_or_else(|| StateError::not_found("query", id))?;
        audit::append(&mut transaction, by, "query_delete", &name, "").await?;
        Ok(transaction.commit().await?)
    }
}

fn query(row: &SqliteRow) -> Result<SavedQuery, StateError> {
    Ok(SavedQuery {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        sql: row.try_get("query")?,
        created: Timestamp::from_nanos(row.try_get("created")?),
        created_by: row.try_get("created_by")?,
    })
}
