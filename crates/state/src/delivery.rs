//! Deliveries: what webhooks are to be told, were told, and could not be told.

use serde::{Deserialize, Serialize};
use sqlx::{Row, Sqlite, Transaction, sqlite::SqliteRow};
use yagura_event::{Finding, FindingId, Severity, Timestamp};

use crate::{
    By, State, StateError, Webhook, audit,
    limits::{DELIVERIES_KEPT_MAX, DELIVERIES_PENDING_MAX, PAGE_MAX, TEXT_BYTES_MAX, cut},
    secret::random_id,
};

/// How a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// It waits to be sent, or to be sent again.
    Pending,
    /// The other side took it.
    Delivered,
    /// It was given up.
    Dead,
}

impl DeliveryStatus {
    const ALL: [Self; 3] = [Self::Pending, Self::Delivered, Self::Dead];

    /// The word used in JSON, SQL and URLs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
        }
    }
}

/// One finding on its way to one webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Delivery {
    /// Random id; it goes along, so that the other side can tell a repetition.
    pub id: String,
    /// To which webhook.
    pub webhook_id: String,
    /// What that is called.
    pub webhook_name: String,
    /// Of which finding.
    pub finding_id: FindingId,
    /// Its title.
    pub title: String,
    /// How severe it is.
    pub severity: Severity,
    /// How the delivery stands.
    pub status: DeliveryStatus,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next.
    pub next_try: Timestamp,
    /// Why the latest try failed.
    pub last_error: Option<String>,
    /// When it was written down.
    pub created: Timestamp,
    /// When it was delivered or given up.
    pub finished: Option<Timestamp>,
}

/// A delivery with everything that is needed to send it.
#[derive(Debug, Clone)]
pub struct DueDelivery {
    /// The delivery.
    pub delivery: Delivery,
    /// Where it goes.
    pub webhook: Webhook,
    /// The webhook's secret.
    pub secret: Option<String>,
    /// What it tells of.
    pub finding: Finding,
}

/// How an attempt ended.
#[derive(Debug, Clone)]
pub enum DeliveryOutcome {
    /// The other side took it.
    Delivered,
    /// It did not; it is tried again then, or never where there is no time.
    Failed {
        /// Why.
        error: String,
        /// When it is tried again.
        next_try: Option<Timestamp>,
    },
}

const SELECT: &str = "SELECT deliveries.*, webhooks.name AS webhook_name, findings.title, findings.severity \
     FROM deliveries JOIN webhooks ON webhooks.id = deliveries.webhook_id \
     JOIN findings ON findings.id = deliveries.finding_id";

impl State {
    /// Deliveries with this status, the latest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delivery_list(
        &self,
        status: Option<DeliveryStatus>,
        limit: usize,
    ) -> Result<Vec<Delivery>, StateError> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "{SELECT} WHERE $1 IS NULL OR deliveries.status = $1 \
             ORDER BY deliveries.created DESC, deliveries.id DESC LIMIT $2"
        )))
        .bind(status.map(DeliveryStatus::name))
        .bind(limit.clamp(1, PAGE_MAX) as i64)
        .fetch_all(self.reader())
        .await?;
        rows.iter().map(delivery).collect()
    }

    /// What is to be sent by now, the longest waiting first. What is of a webhook that is switched off waits.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delivery_due(&self, now: Timestamp, limit: usize) -> Result<Vec<DueDelivery>, StateError> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "{SELECT} WHERE deliveries.status = 'pending' AND deliveries.next_try <= $1 AND webhooks.enabled \
             ORDER BY deliveries.next_try, deliveries.id LIMIT $2"
        )))
        .bind(now.nanos())
        .bind(limit.clamp(1, PAGE_MAX) as i64)
        .fetch_all(self.reader())
        .await?;
        let mut due = Vec::with_capacity(rows.len());
        for row in &rows {
            let delivery = delivery(row)?;
            let (webhook, secret) = self.webhook_get(&delivery.webhook_id).await?;
            let finding = self.finding_get(&delivery.finding_id).await?;
            due.push(DueDelivery { delivery, webhook, secret, finding });
        }
        Ok(due)
    }

    /// Writes down how an attempt ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delivery_record(
        &self,
        id: &str,
        outcome: &DeliveryOutcome,
        now: Timestamp,
    ) -> Result<(), StateError> {
        let (status, error, next_try, finished) = match outcome {
            DeliveryOutcome::Delivered => (DeliveryStatus::Delivered, None, now, Some(now)),
            DeliveryOutcome::Failed { error, next_try: Some(next_try) } => {
                (DeliveryStatus::Pending, Some(error), *next_try, None)
            }
            DeliveryOutcome::Failed { error, next_try: None } => {
                (DeliveryStatus::Dead, Some(error), now, Some(now))
            }
        };
        let mut transaction = self.write().await?;
        sqlx::query(
            "UPDATE deliveries SET status = $1, attempts = attempts + 1, last_error = $2, next_try = $3, \
             finished = $4 WHERE id = $5",
        )
        .bind(status.name())
        .bind(error.map(|error| cut(error, TEXT_BYTES_MAX)))
        .bind(next_try.nanos())
        .bind(finished.map(Timestamp::nanos))
        .bind(id)
        .execute(&mut *transaction)
        .await?;
        // What is settled is kept for looking at; the oldest go first.
        sqlx::query(
            "DELETE FROM deliveries WHERE status <> 'pending' AND id IN (SELECT id FROM deliveries \
             WHERE status <> 'pending' ORDER BY created DESC, id DESC LIMIT -1 OFFSET $1)",
        )
        .bind(DELIVERIES_KEPT_MAX)
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// Sends again what was given up.
    ///
    /// # Errors
    /// [`StateError::NotFound`] where nothing of this id was given up, or when the database fails.
    pub async fn delivery_retry(&self, id: &str, by: By<'_>) -> Result<(), StateError> {
        let mut transaction = self.write().await?;
        let done = sqlx::query(
            "UPDATE deliveries SET status = 'pending', attempts = 0, next_try = $1, finished = NULL \
             WHERE id = $2 AND status = 'dead'",
        )
        .bind(by.time.nanos())
        .bind(id)
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 0 {
            return Err(StateError::not_found("dead delivery", id));
        }
        audit::append(&mut transaction, by, "delivery_retry", id, "").await?;
        Ok(transaction.commit().await?)
    }
}

/// Those who are told: the id of each webhook that is on, and from which severity on.
pub(crate) async fn listeners(
    transaction: &mut Transaction<'_, Sqlite>,
) -> Result<Vec<(String, i64)>, StateError> {
    Ok(sqlx::query_as("SELECT id, severity_min FROM webhooks WHERE enabled")
        .fetch_all(&mut **transaction)
        .await?)
}

/// Writes down whom a finding that is new (or open again) is to be told to.
pub(crate) async fn enqueue(
    transaction: &mut Transaction<'_, Sqlite>,
    finding: &Finding,
    listeners: &[(String, i64)],
) -> Result<(), StateError> {
    let severity = i64::from(finding.severity.id());
    for (webhook, _) in listeners.iter().filter(|(_, severity_min)| *severity_min <= severity) {
        let pending: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM deliveries WHERE webhook_id = $1 AND status = 'pending'",
        )
        .bind(webhook)
        .fetch_one(&mut **transaction)
        .await?;
        if pending >= DELIVERIES_PENDING_MAX {
            sqlx::query("UPDATE webhooks SET skipped = skipped + 1 WHERE id = $1")
                .bind(webhook)
                .execute(&mut **transaction)
                .await?;
            continue;
        }
        sqlx::query(
            "INSERT INTO deliveries (id, webhook_id, finding_id, status, next_try, created) \
             VALUES ($1, $2, $3, 'pending', $4, $4)",
        )
        .bind(random_id()?)
        .bind(webhook)
        .bind(finding.id.as_str())
        .bind(finding.last_seen.nanos())
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}

fn delivery(row: &SqliteRow) -> Result<Delivery, StateError> {
    let word = |text: String| StateError::Database(text.into());
    let status: &str = row.try_get("status")?;
    let severity: u8 = row.try_get("severity")?;
    let finding_id: String = row.try_get("finding_id")?;
    Ok(Delivery {
        id: row.try_get("id")?,
        webhook_id: row.try_get("webhook_id")?,
        webhook_name: row.try_get("webhook_name")?,
        finding_id: FindingId::parse(&finding_id).map_err(word)?,
        title: row.try_get("title")?,
        severity: Severity::from_id(severity).ok_or_else(|| word(format!("{severity} is no severity")))?,
        status: DeliveryStatus::ALL
            .into_iter()
            .find(|known| known.name() == status)
            .ok_or_else(|| word(format!("`{status}` is no status of a delivery")))?,
        attempts: row.try_get("attempts")?,
        next_try: Timestamp::from_nanos(row.try_get("next_try")?),
        last_error: row.try_get("last_error")?,
        created: Timestamp::from_nanos(row.try_get("created")?),
        finished: row.try_get::<Option<i64>, _>("finished")?.map(Timestamp::from_nanos),
    })
}
