//! The audit trail: who changed what, when and from where, as rows chained by their hashes.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::{Row, Sqlite, Transaction, sqlite::SqliteRow};
use yagura_event::Timestamp;

use crate::{
    State, StateError,
    limits::{PAGE_MAX, REASON_BYTES_MAX, cut},
    secret::hex,
};

/// Who changes something, from where, and when.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// Name of the user or token; `local` for whoever may open the local socket.
    pub actor: &'a str,
    /// Network address it came from.
    pub address: Option<&'a str>,
    /// When.
    pub time: Timestamp,
}

/// One row of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    /// Counts from 1 without gaps.
    pub number: i64,
    /// When.
    pub time: Timestamp,
    /// Who.
    pub actor: String,
    /// From which address.
    pub address: Option<String>,
    /// What was done, for example `finding_set_status`.
    pub action: String,
    /// To what: an id or a name.
    pub object: String,
    /// Further values, as a person reads them. Never a secret.
    pub detail: String,
    /// SHA-256 over the hash before and this row, in hexadecimal.
    pub hash: String,
}

/// What checking the whole chain found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditVerdict {
    /// Rows checked.
    pub entries: u64,
    /// The first row that does not fit the one before it; `None` when the chain is whole.
    pub broken_at: Option<i64>,
    /// Hash of the last row. Kept elsewhere, it also proves that no row was cut off at the end.
    pub head: String,
}

const COLUMNS: &str = "number, time, actor, address, action, object, detail, hash";

impl State {
    /// Writes something into the audit trail that is no change of this store, for example a sign-in that failed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_append(
        &self,
        by: By<'_>,
        action: &str,
        object: &str,
        detail: &str,
    ) -> Result<(), StateError> {
        let mut transaction = self.write().await?;
        append(&mut transaction, by, action, object, detail).await?;
        Ok(transaction.commit().await?)
    }

    /// Rows with numbers below `before`, latest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_list(&self, before: Option<i64>, limit: usize) -> Result<Vec<AuditEntry>, StateError> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM audit WHERE number < $1 ORDER BY number DESC LIMIT $2"
        )))
        .bind(before.unwrap_or(i64::MAX))
        .bind(limit.min(PAGE_MAX) as i64)
        .fetch_all(self.reader())
        .await?;
        rows.iter().map(entry).collect()
    }

    /// Checks every row against the one before it. Reads the whole trail, a thousand rows at a time.
    ///
    /// # Errors
    /// When the database fails; a broken chain is an answer, no error.
    pub async fn audit_verify(&self) -> Result<AuditVerdict, StateError> {
        let mut verdict = AuditVerdict { entries: 0, broken_at: None, head: String::new() };
        let mut last = 0_i64;
        loop {
            let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
                "SELECT {COLUMNS} FROM audit WHERE number > $1 ORDER BY number LIMIT $2"
            )))
            .bind(last)
            .bind(PAGE_MAX as i64)
            .fetch_all(self.reader())
            .await?;
            if rows.is_empty() {
                return Ok(verdict);
            }
            for row in &rows {
                let entry = entry(row)?;
                let fits = entry.number == last + 1 && chained(&verdict.head, &entry) == entry.hash;
                if !fits && verdict.broken_at.is_none() {
                    verdict.broken_at = Some(entry.number);
                }
                verdict.entries += 1;
                last = entry.number;
                verdict.head = entry.hash;
            }
        }
    }
}

/// Writes a row as part of a change.
pub(crate) async fn append(
    transaction: &mut Transaction<'_, Sqlite>,
    by: By<'_>,
    action: &str,
    object: &str,
    detail: &str,
) -> Result<(), StateError> {
    let last: Option<(i64, String)> =
        sqlx::query_as("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1")
            .fetch_optional(&mut **transaction)
            .await?;
    let (number, head) = last.unwrap_or_default();
    let mut entry = AuditEntry {
        number: number + 1,
        time: by.time,
        actor: cut(by.actor, REASON_BYTES_MAX).to_owned(),
        address: by.address.map(str::to_owned),
        action: action.to_owned(),
        object: cut(object, REASON_BYTES_MAX).to_owned(),
        detail: cut(detail, REASON_BYTES_MAX).to_owned(),
        hash: String::new(),
    };
    entry.hash = chained(&head, &entry);
    sqlx::query(sqlx::AssertSqlSafe(format!(
        "INSERT INTO audit ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    )))
    .bind(entry.number)
    .bind(entry.time.nanos())
    .bind(entry.actor)
    .bind(entry.address)
    .bind(entry.action)
    .bind(entry.object)
    .bind(entry.detail)
    .bind(entry.hash)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

// Every part goes in with its length before it, so that no two different rows give the same bytes.
fn chained(head: &str, entry: &AuditEntry) -> String {
    let mut hash = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    part(head.as_bytes());
    part(&entry.number.to_le_bytes());
    part(&entry.time.nanos().to_le_bytes());
    part(entry.actor.as_bytes());
    part(&[u8::from(entry.address.is_some())]);
    part(entry.address.as_deref().unwrap_or_default().as_bytes());
    part(entry.action.as_bytes());
    part(entry.object.as_bytes());
    part(entry.detail.as_bytes());
    hex(&hash.finalize())
}

fn entry(row: &SqliteRow) -> Result<AuditEntry, StateError> {
    Ok(AuditEntry {
        number: row.try_get("number")?,
        time: Timestamp::from_nanos(row.try_get("time")?),
        actor: row.try_get("actor")?,
        address: row.try_get("address")?,
        action: row.try_get("action")?,
        object: row.try_get("object")?,
        detail: row.try_get("detail")?,
        hash: row.try_get("hash")?,
    })
}
