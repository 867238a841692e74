//! Rule files that people write in the console, with every version of them.

use serde::{Deserialize, Serialize};
use sqlx::{Row, Sqlite, Transaction, sqlite::SqliteRow};
use yagura_event::Timestamp;

use crate::{
    By, State, StateError, audit,
    error::checked,
    limits::{
        REASON_BYTES_MAX, RULE_FILE_BYTES_MAX, RULE_FILE_NAME_BYTES_MAX, RULE_FILE_VERSIONS_MAX,
        RULE_FILES_MAX, cut,
    },
};

/// One version of a rule file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RuleFileVersion {
    /// Name of the file, without folder and ending.
    pub name: String,
    /// Counts the versions of this name, from 1.
    pub version: i64,
    /// Whether this version is the file's deletion.
    pub deleted: bool,
    /// Its length.
    pub bytes: u64,
    /// What whoever saved it says about it.
    pub note: String,
    /// When it was saved.
    pub created: Timestamp,
    /// Who saved it.
    pub created_by: String,
}

/// A version of a rule file with its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RuleFile {
    /// Which version of which file it is.
    #[serde(flatten)]
    pub version: RuleFileVersion,
    /// Its text; empty for a deletion.
    pub text: String,
}

// Without the text, which lists do not carry.
const COLUMNS: &str = "name, version, text IS NULL AS deleted, COALESCE(LENGTH(CAST(text AS BLOB)), 0) AS bytes, note, created, created_by";
const NEWEST: &str =
    "version = (SELECT MAX(newer.version) FROM rule_files newer WHERE newer.name = rule_files.name)";

impl State {
    /// Saves a version of a rule file; the first one makes the file. `based_on` is the version it was made from, 0 for
    /// none: where the file has moved on since, nothing is saved.
    ///
    /// # Errors
    /// [`StateError::Conflict`] when it has moved on or there are too many files, [`StateError::Invalid`], or when the
    /// database fails.
    pub async fn rule_file_put(
        &self,
        name: &str,
        text: &str,
        note: &str,
        based_on: Option<i64>,
        by: By<'_>,
    ) -> Result<RuleFile, StateError> {
        check_name(name)?;
        if text.len() > RULE_FILE_BYTES_MAX {
            let length = text.len();
            return Err(StateError::invalid(
                "text",
                format!("{length} bytes; at most {RULE_FILE_BYTES_MAX} are accepted"),
            ));
        }
        let mut transaction = self.write().await?;
        let newest = newest(&mut transaction, name).await?;
        check_base(newest.as_ref(), name, based_on)?;
        if newest.as_ref().is_none_or(|newest| newest.deleted) {
            let files: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
                "SELECT COUNT(*) FROM rule_files WHERE text IS NOT NULL AND {NEWEST}"
            )))
            .fetch_one(&mut *transaction)
            .await?;
            if files >= RULE_FILES_MAX {
                return Err(StateError::Conflict(format!("there are {files} rule files; delete one first")));
            }
        }
        let version = append(&mut transaction, newest, name, Some(text), note, by).await?;
        audit::append(&mut transaction, by, "rule_file_put", name, &format!("version {}", version.version))
            .await?;
        transaction.commit().await?;
        Ok(RuleFile { version, text: text.to_owned() })
    }

    /// Deletes a rule file. Its versions stay, and saving one of them again brings it back.
    ///
    /// # Errors
    /// [`StateError::NotFound`], or when the database fails.
    pub async fn rule_file_delete(&self, name: &str, by: By<'_>) -> Result<(), StateError> {
        let mut transaction = self.write().await?;
        let newest = newest(&mut transaction, name).await?.filter(|newest| !newest.deleted);
        let newest = newest.ok_or_else(|| StateError::not_found("rule file", name))?;
        append(&mut transaction, Some(newest), name, None, "", by).await?;
        audit::append(&mut transaction, by, "rule_file_delete", name, "").await?;
        Ok(transaction.commit().await?)
    }

    /// The rule files there are, with their texts, in the order of their names.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rule_file_texts(&self) -> Result<Vec<RuleFile>, StateError> {
        let sql = format!(
            "SELECT {COLUMNS}, text FROM rule_files WHERE text IS NOT NULL AND {NEWEST} ORDER BY name"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(self.reader()).await?;
        rows.iter().map(file).collect()
    }

    /// The newest version of every rule file, deleted ones among them, in the order of their names.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rule_file_list(&self) -> Result<Vec<RuleFileVersion>, StateError> {
        let sql = format!("SELECT {COLUMNS} FROM rule_files WHERE {NEWEST} ORDER BY name");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(self.reader()).await?;
        rows.iter().map(version).collect()
    }

    /// The versions of a rule file, the newest first.
    ///
    /// # Errors
    /// [`StateError::NotFound`], or when the database fails.
    pub async fn rule_file_versions(&self, name: &str) -> Result<Vec<RuleFileVersion>, StateError> {
        let sql = format!("SELECT {COLUMNS} FROM rule_files WHERE name = $1 ORDER BY version DESC");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(name).fetch_all(self.reader()).await?;
        if rows.is_empty() {
            return Err(StateError::not_found("rule file", name));
        }
        rows.iter().map(version).collect()
    }

    /// A version of a rule file; without a number the newest, which must not be a deletion.
    ///
    /// # Errors
    /// [`StateError::NotFound`], or when the database fails.
    pub async fn rule_file_get(&self, name: &str, number: Option<i64>) -> Result<RuleFile, StateError> {
        let which = if number.is_some() { "version = $2" } else { NEWEST };
        let sql = format!("SELECT {COLUMNS}, text FROM rule_files WHERE name = $1 AND {which}");
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(name);
        if let Some(number) = number {
            query = query.bind(number);
        }
        let row = query.fetch_optional(self.reader()).await?;
        let found = row.as_ref().map(file).transpose()?;
        found
            .filter(|file| number.is_some() || !file.version.deleted)
            .ok_or_else(|| StateError::not_found("rule file", name))
    }
}

// A name is part of an address and of what diagnostics say.
fn check_name(name: &str) -> Result<(), StateError> {
    checked("name", name, RULE_FILE_NAME_BYTES_MAX)?;
    let is_good = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        && !name.starts_with('.');
    if is_good { Ok(()) } else { Err(StateError::invalid("name", "letters, digits, `-`, `_` and `.` only")) }
}

fn check_base(newest: Option<&RuleFileVersion>, name: &str, based_on: Option<i64>) -> Result<(), StateError> {
    let Some(based_on) = based_on else { return Ok(()) };
    match newest {
        Some(newest) if newest.version != based_on && !(newest.deleted && based_on == 0) => {
            Err(StateError::Conflict(format!(
                "`{name}` has moved on to version {}, saved by {}; yours is based on {based_on}",
                newest.version, newest.created_by
            )))
        }
        None if based_on != 0 => Err(StateError::not_found("rule file", name)),
        _ => Ok(()),
    }
}

async fn newest(
    transaction: &mut Transaction<'_, Sqlite>,
    name: &str,
) -> Result<Option<RuleFileVersion>, StateError> {
    let sql = format!("SELECT {COLUMNS} FROM rule_files WHERE name = $1 ORDER BY version DESC LIMIT 1");
    let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(name).fetch_optional(&mut **transaction).await?;
    row.as_ref().map(version).transpose()
}

async fn append(
    transaction: &mut Transaction<'_, Sqlite>,
    newest: Option<RuleFileVersion>,
    name: &str,
    text: Option<&str>,
    note: &str,
    by: By<'_>,
) -> Result<RuleFileVersion, StateError> {
    let version = RuleFileVersion {
        name: name.to_owned(),
        version: newest.map_or(1, |newest| newest.version + 1),
        deleted: text.is_none(),
        bytes: text.map_or(0, |text| text.len() as u64),
        note: cut(note.trim(), REASON_BYTES_MAX).to_owned(),
        created: by.time,
        created_by: by.actor.to_owned(),
    };
    sqlx::query(
        "INSERT INTO rule_files (name, version, text, note, created, created_by) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(name)
    .bind(version.version)
    .bind(text)
    .bind(&version.note)
    .bind(version.created.nanos())
    .bind(&version.created_by)
    .execute(&mut **transaction)
    .await?;
    sqlx::query("DELETE FROM rule_files WHERE name = $1 AND version <= $2")
        .bind(name)
        .bind(version.version - RULE_FILE_VERSIONS_MAX)
        .execute(&mut **transaction)
        .await?;
    Ok(version)
}

fn version(row: &SqliteRow) -> Result<RuleFileVersion, StateError> {
    Ok(RuleFileVersion {
        name: row.try_get("name")?,
        version: row.try_get("version")?,
        deleted: row.try_get("deleted")?,
        bytes: u64::try_from(row.try_get::<i64, _>("bytes")?).unwrap_or_default(),
        note: row.try_get("note")?,
        created: Timestamp::from_nanos(row.try_get("created")?),
        created_by: row.try_get("created_by")?,
    })
}

fn file(row: &SqliteRow) -> Result<RuleFile, StateError> {
    let text: Option<String> = row.try_get("text")?;
    Ok(RuleFile { version: version(row)?, text: text.unwrap_or_default() })
}
