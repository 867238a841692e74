//! Schedules: targets that are scanned again and again.

use serde::{Deserialize, Serialize};
use sqlx::{Row, sqlite::SqliteRow};
use yagura_event::Timestamp;

use crate::{
    By, State, StateError, audit,
    error::checked,
    limits::{REASON_BYTES_MAX, SCHEDULES_MAX},
    secret::random_id,
};

const HOUR_NANOS: i64 = 3_600_000_000_000;
/// A year.
const HOURS_MAX: u32 = 8784;

/// A target that is scanned again and again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScanSchedule {
    /// Random id.
    pub id: String,
    /// What is scanned, written as for a scan.
    pub target: String,
    /// Hours from one scan to the next: 1 to 8784.
    pub every_hours: u32,
    /// When it is due.
    pub next: Timestamp,
    /// When the schedule was made.
    pub created: Timestamp,
    /// Who made it.
    pub created_by: String,
}

impl State {
    /// Makes a schedule that is due at once.
    ///
    /// # Errors
    /// [`StateError::Conflict`] when the target has one or there are too many, [`StateError::Invalid`], or when the
    /// database fails.
    pub async fn scan_schedule_create(
        &self,
        target: &str,
        every_hours: u32,
        by: By<'_>,
    ) -> Result<ScanSchedule, StateError> {
        if !(1..=HOURS_MAX).contains(&every_hours) {
            return Err(StateError::invalid("every_hours", format!("must be 1 to {HOURS_MAX}")));
        }
        let schedule = ScanSchedule {
            id: random_id()?,
            target: checked("target", target, REASON_BYTES_MAX)?.to_owned(),
            every_hours,
            next: by.time,
            created: by.time,
            created_by: by.actor.to_owned(),
        };
        let mut transaction = self.write().await?;
        let count: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM scan_schedules").fetch_one(&mut *transaction).await?;
        if count >= SCHEDULES_MAX {
            return Err(StateError::Conflict(format!("there are {count} schedules; delete one first")));
        }
        let done = sqlx::query(
            "INSERT INTO scan_schedules (id, target, every_hours, next, created, created_by) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (target) DO NOTHING",
        )
        .bind(&schedule.id)
        .bind(&schedule.target)
        .bind(i64::from(schedule.every_hours))
        .bind(schedule.next.nanos())
        .bind(schedule.created.nanos())
        .bind(&schedule.created_by)
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 0 {
            return Err(StateError::Conflict(format!("`{}` has a schedule already", schedule.target)));
        }
        let detail = format!("{} every {every_hours} h", schedule.target);
        audit::append(&mut transaction, by, "scan_schedule_create", &schedule.id, &detail).await?;
        transaction.commit().await?;
        Ok(schedule)
    }

    /// Every schedule, in the order of targets.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn scan_schedule_list(&self) -> Result<Vec<ScanSchedule>, StateError> {
        let rows =
            sqlx::query("SELECT * FROM scan_schedules ORDER BY target").fetch_all(self.reader()).await?;
        rows.iter().map(schedule).collect()
    }

    /// Takes a schedule away.
    ///
    /// # Errors
    /// [`StateError::NotFound`], or when the database fails.
    pub async fn scan_schedule_delete(&self, id: &str, by: By<'_>) -> Result<(), StateError> {
        let mut transaction = self.write().await?;
        let done = sqlx::query("DELETE FROM scan_schedules WHERE id = $1")
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        if done.rows_affected() == 0 {
            return Err(StateError::not_found("scan schedule", id));
        }
        audit::append(&mut transaction, by, "scan_schedule_delete", id, "").await?;
        Ok(transaction.commit().await?)
    }

    /// The schedules that are due. Each is set to its next time, so that nobody else takes it as well.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn scan_schedule_take_due(&self, now: Timestamp) -> Result<Vec<ScanSchedule>, StateError> {
        // Most calls find nothing; they must not wait for the writer.
        let due: Option<i64> = sqlx::query_scalar("SELECT 1 FROM scan_schedules WHERE next <= $1 LIMIT 1")
            .bind(now.nanos())
            .fetch_optional(self.reader())
            .await?;
        if due.is_none() {
            return Ok(Vec::new());
        }
        let mut transaction = self.write().await?;
        let rows = sqlx::query("SELECT * FROM scan_schedules WHERE next <= $1")
            .bind(now.nanos())
            .fetch_all(&mut *transaction)
            .await?;
        let due = rows.iter().map(schedule).collect::<Result<Vec<_>, _>>()?;
        sqlx::query("UPDATE scan_schedules SET next = $1 + every_hours * $2 WHERE next <= $1")
            .bind(now.nanos())
            .bind(HOUR_NANOS)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(due)
    }
}

fn schedule(row: &SqliteRow) -> Result<ScanSchedule, StateError> {
    Ok(ScanSchedule {
        id: row.try_get("id")?,
        target: row.try_get("target")?,
        every_hours: row.try_get("every_hours")?,
        next: Timestamp::from_nanos(row.try_get("next")?),
        created: Timestamp::from_nanos(row.try_get("created")?),
        created_by: row.try_get("created_by")?,
    })
}
