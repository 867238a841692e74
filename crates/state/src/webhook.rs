//! Webhooks: who is told of findings. What was told is `delivery.rs`; sending is `yagura-respond`.

use serde::{Deserialize, Serialize};
use sqlx::{Row, sqlite::SqliteRow};
use yagura_event::{Severity, Timestamp};

use crate::{
    By, State, StateError, audit,
    error::checked,
    limits::{NAME_BYTES_MAX, URL_BYTES_MAX, WEBHOOKS_MAX},
    secret::random_id,
};

/// In which form a webhook is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WebhookShape {
    /// The finding as JSON, for programs.
    Generic,
    /// A message for Slack, and for what understands the same (Mattermost, Rocket.Chat).
    Slack,
    /// An adaptive card for Microsoft Teams.
    Teams,
    /// An event for PagerDuty (Events API v2); the secret is the routing key.
    Pagerduty,
}

impl WebhookShape {
    /// Every shape.
    pub const ALL: [Self; 4] = [Self::Generic, Self::Slack, Self::Teams, Self::Pagerduty];

    /// The word used in JSON and SQL.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Generic => "generic",
            Self::Slack => "slack",
            Self::Teams => "teams",
            Self::Pagerduty => "pagerduty",
        }
    }
}

/// Who is told of findings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Webhook {
    /// Random id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Where it is called.
    pub url: String,
    /// In which form it is told.
    pub shape: WebhookShape,
    /// It is told of findings at least this severe.
    pub severity_min: Severity,
    /// Whether it is told at present.
    pub enabled: bool,
    /// Whether it has a secret: then what it is told is signed with it.
    pub has_secret: bool,
    /// When it was made.
    pub created: Timestamp,
    /// Who made it.
    pub created_by: String,
    /// Findings it was not told of because too many were waiting.
    pub skipped: u64,
}

/// What is set about a webhook.
#[derive(Debug, Clone, Copy)]
pub struct WebhookChange<'a> {
    /// What people call it.
    pub name: &'a str,
    /// Where it is called: `https://…`, or `http://…` inside one's own network.
    pub url: &'a str,
    /// In which form it is told.
    pub shape: WebhookShape,
    /// It is told of findings at least this severe.
    pub severity_min: Severity,
    /// Whether it is told.
    pub enabled: bool,
    /// The secret. `None` keeps the one there is; an empty one takes it away.
    pub secret: Option<&'a str>,
}

impl State {
    /// Every webhook, in the order of their names.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn webhook_list(&self) -> Result<Vec<Webhook>, StateError> {
        let rows = sqlx::query("SELECT * FROM webhooks ORDER BY name").fetch_all(self.reader()).await?;
        rows.iter().map(webhook).collect()
    }

    /// A webhook and its secret.
    ///
    /// # Errors
    /// [`StateError::NotFound`], or when the database fails.
    pub async fn webhook_get(&self, id: &str) -> Result<(Webhook, Option<String>), StateError> {
        let row = sqlx::query("SELECT * FROM webhooks WHERE id = $1")
            .bind(id)
            .fetch_optional(self.reader())
            .await?
            .ok_or_else(|| StateError::not_found("webhook", id))?;
        Ok((webhook(&row)?, row.try_get("secret")?))
    }

    /// Adds a webhook.
    ///
    /// # Errors
    /// [`StateError::Conflict`] when the name is taken or there are too many, [`StateError::Invalid`] for what cannot be
    /// one, or when the database fails.
    pub async fn webhook_create(&self, change: WebhookChange<'_>, by: By<'_>) -> Result<Webhook, StateError> {
        let (name, url, secret) = checked_change(change)?;
        let mut transaction = self.write().await?;
        let count: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM webhooks").fetch_one(&mut *transaction).await?;
        if count >= WEBHOOKS_MAX {
            return Err(StateError::Conflict(format!("there are {count} webhooks; delete one first")));
        }
        let row = sqlx::query(
            "INSERT INTO webhooks (id, name, url, shape, secret, severity_min, enabled, created, created_by) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (name) DO NOTHING RETURNING *",
        )
        .bind(random_id()?)
        .bind(name)
        .bind(url)
        .bind(change.shape.name())
        .bind(secret.filter(|secret| !secret.is_empty()))
        .bind(i64::from(change.severity_min.id()))
        .bind(change.enabled)
        .bind(by.time.nanos())
        .bind(by.actor)
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or_else(|| StateError::Conflict(format!("the name `{name}` is taken")))?;
        audit::append(&mut transaction, by, "webhook_create", name, change.shape.name()).await?;
        let made = webhook(&row)?;
        transaction.commit().await?;
        Ok(made)
    }

    /// Changes a webhook.
    ///
    /// # Errors
    /// [`StateError::NotFound`], and as [`State::webhook_create`].
    pub async fn webhook_update(
        &self,
        id: &str,
        change: WebhookChange<'_>,
        by: By<'_>,
    ) -> Result<Webhook, StateError> {
        let (name, url, secret) = checked_change(change)?;
        let mut transaction = self.write().await?;
        let taken: Option<i64> = sqlx::query_scalar("SELECT 1 FROM webhooks WHERE name = $1 AND id <> $2")
            .bind(name)
            .bind(id)
            .fetch_optional(&mut *transaction)
            .await?;
        if taken.is_some() {
            return Err(StateError::Conflict(format!("the name `{name}` is taken")));
        }
        let row = sqlx::query(
            "UPDATE webhooks SET name = $1, url = $2, shape = $3, severity_min = $4, enabled = $5, \
             secret = CASE WHEN $6 IS NULL THEN secret WHEN $6 = '' THEN NULL ELSE $6 END WHERE id = $7 RETURNING *",
        )
        .bind(name)
        .bind(url)
        .bind(change.shape.name())
        .bind(i64::from(change.severity_min.id()))
        .bind(change.enabled)
        .bind(secret)
        .bind(id)
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or_else(|| StateError::not_found("webhook", id))?;
        let detail = if change.enabled { "on" } else { "off" };
        audit::append(&mut transaction, by, "webhook_update", name, detail).await?;
        let changed = webhook(&row)?;
        transaction.commit().await?;
        Ok(changed)
    }

    /// Takes a webhook away, with what it was told.
    ///
    /// # Errors
    /// [`StateError::NotFound`], or when the database fails.
    pub async fn webhook_delete(&self, id: &str, by: By<'_>) -> Result<(), StateError> {
        let mut transaction = self.write().await?;
        let name: Option<String> = sqlx::query_scalar("DELETE FROM webhooks WHERE id = $1 RETURNING name")
            .bind(id)
            .fetch_optional(&mut *transaction)
            .await?;
        let name = name.ok_or_else(|| StateError::not_found("webhook", id))?;
        audit::append(&mut transaction, by, "webhook_delete", &name, "").await?;
        Ok(transaction.commit().await?)
    }
}

type Checked<'a> = (&'a str, &'a str, Option<&'a str>);

fn checked_change<'a>(change: WebhookChange<'a>) -> Result<Checked<'a>, StateError> {
    let name = checked("name", change.name, NAME_BYTES_MAX)?;
    let url = checked("url", change.url, URL_BYTES_MAX)?;
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    if host.is_empty() || url.contains(char::is_whitespace) {
        return Err(StateError::invalid("url", "is no address such as https://hooks.example.org/yagura"));
    }
    if host.contains('@') {
        return Err(StateError::invalid("url", "names a user before the host; give a secret instead"));
    }
    if change.secret.is_some_and(|secret| secret.len() > NAME_BYTES_MAX) {
        return Err(StateError::invalid("secret", format!("at most {NAME_BYTES_MAX} bytes are accepted")));
    }
    if change.shape == WebhookShape::Pagerduty && change.secret.is_some_and(str::is_empty) {
        return Err(StateError::invalid("secret", "PagerDuty needs its routing key here"));
    }
    Ok((name, url, change.secret))
}

pub(crate) fn webhook(row: &SqliteRow) -> Result<Webhook, StateError> {
    let word = |text: String| StateError::Database(text.into());
    let shape: &str = row.try_get("shape")?;
    let severity: u8 = row.try_get("severity_min")?;
    Ok(Webhook {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        url: row.try_get("url")?,
        shape: WebhookShape::ALL
            .into_iter()
            .find(|known| known.name() == shape)
            .ok_or_else(|| word(format!("`{shape}` is no shape of a webhook")))?,
        severity_min: Severity::from_id(severity)
            .ok_or_else(|| word(format!("{severity} is no severity")))?,
        enabled: row.try_get("enabled")?,
        has_secret: row.try_get::<Option<&str>, _>("secret")?.is_some(),
        created: Timestamp::from_nanos(row.try_get("created")?),
        created_by: row.try_get("created_by")?,
        skipped: u64::try_from(row.try_get::<i64, _>("skipped")?).unwrap_or_default(),
    })
}
