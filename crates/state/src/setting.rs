//! Settings, and which rules were switched on or off by hand.

use std::collections::BTreeMap;

use crate::{
    By, State, StateError, audit,
    error::checked,
    limits::{NAME_BYTES_MAX, SETTING_BYTES_MAX},
};

impl State {
    /// Switches a rule on or off.
    ///
    /// # Errors
    /// [`StateError::Invalid`] for a name that cannot be one, or when the database fails.
    pub async fn rule_setting_set(&self, name: &str, enabled: bool, by: By<'_>) -> Result<(), StateError> {
        let name = checked("name", name, NAME_BYTES_MAX)?;
        let mut transaction = self.write().await?;
        sqlx::query(
            "INSERT INTO rule_settings (name, enabled) VALUES ($1, $2) \
             ON CONFLICT (name) DO UPDATE SET enabled = excluded.enabled",
        )
        .bind(name)
        .bind(enabled)
        .execute(&mut *transaction)
        .await?;
        let detail = if enabled { "on" } else { "off" };
        audit::append(&mut transaction, by, "rule_setting_set", name, detail).await?;
        Ok(transaction.commit().await?)
    }

    /// Every rule that was switched by hand, and whether it is on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rule_setting_list(&self) -> Result<BTreeMap<String, bool>, StateError> {
        let rows: Vec<(String, bool)> =
            sqlx::query_as("SELECT name, enabled FROM rule_settings").fetch_all(self.reader()).await?;
        Ok(rows.into_iter().collect())
    }

    /// A setting's value.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn setting_get(&self, name: &str) -> Result<Option<String>, StateError> {
        Ok(sqlx::query_scalar("SELECT value FROM settings WHERE name = $1")
            .bind(name)
            .fetch_optional(self.reader())
            .await?)
    }

    /// Sets a setting. Its value is not written into the audit trail.
    ///
    /// # Errors
    /// [`StateError::Invalid`] when name or value are too long, or when the database fails.
    pub async fn setting_set(&self, name: &str, value: &str, by: By<'_>) -> Result<(), StateError> {
        let name = checked("name", name, NAME_BYTES_MAX)?;
        if value.len() > SETTING_BYTES_MAX {
            return Err(StateError::invalid(
                "value",
                format!("at most {SETTING_BYTES_MAX} bytes are accepted"),
            ));
        }
        let mut transaction = self.write().await?;
        sqlx::query(
            "INSERT INTO settings (name, value) VALUES ($1, $2) \
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )
        .bind(name)
        .bind(value)
        .execute(&mut *transaction)
        .await?;
        audit::append(&mut transaction, by, "setting_set", name, "").await?;
        Ok(transaction.commit().await?)
    }
}
