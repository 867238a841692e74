//! Incidents: findings that belong together because they share a process tree, a container, an address or a program
//! within an hour. What they are and how they are decided about; how they are joined is `incident_join.rs`, looking at
//! them `incident_list.rs`.

use serde::{Deserialize, Serialize};
use sqlx::{Row, Sqlite, Transaction, sqlite::SqliteRow};
use yagura_event::{FindingId, FindingStatus, Severity, Timestamp};

use crate::{
    By, FindingChange, State, StateError, audit,
    error::checked,
    finding::set_status,
    limits::{COMMENTS_MAX, NAME_BYTES_MAX, REASON_BYTES_MAX},
    secret::random_id,
};

/// Findings that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Incident {
    /// Random id.
    pub id: String,
    /// Title of its most severe finding.
    pub title: String,
    /// Severity of that.
    pub severity: Severity,
    /// Where that happened.
    pub asset_name: String,
    /// Whether it is being worked on.
    pub status: IncidentStatus,
    /// What it turned out to be.
    pub verdict: Option<Verdict>,
    /// Why it was closed so.
    pub reason: Option<String>,
    /// Who works on it.
    pub assignee: Option<String>,
    /// When its first finding happened.
    pub first_seen: Timestamp,
    /// When its latest finding happened.
    pub last_seen: Timestamp,
    /// When it was detected.
    pub detected: Timestamp,
    /// When somebody first took it up.
    pub acknowledged: Option<Timestamp>,
    /// When it was closed.
    pub closed: Option<Timestamp>,
    /// Who closed it.
    pub closed_by: Option<String>,
    /// How many findings belong to it.
    pub findings: u64,
}

/// Whether an incident is being worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum IncidentStatus {
    /// Nobody has decided yet.
    Open,
    /// It was decided about.
    Closed,
}

impl IncidentStatus {
    /// The word used in JSON, SQL and URLs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}

/// What an incident turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// An attack, dealt with.
    Real,
    /// A false alarm.
    False,
}

impl Verdict {
    const fn name(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::False => "false",
        }
    }
}

/// What someone does with an incident.
#[derive(Debug, Clone, Copy)]
pub enum IncidentChange<'a> {
    /// Somebody works on it from now on; nobody with `None`.
    Assign(Option<&'a str>),
    /// It is decided about; so are its findings that are open.
    Close {
        /// What it turned out to be.
        verdict: Verdict,
        /// Why.
        reason: &'a str,
    },
    /// The decision no longer holds.
    Reopen,
}

impl State {
    /// Does something with an incident.
    ///
    /// # Errors
    /// [`StateError::NotFound`]; [`StateError::Invalid`] when a reason is missing; or when the database fails.
    pub async fn incident_update(
        &self,
        id: &str,
        change: IncidentChange<'_>,
        by: By<'_>,
    ) -> Result<Incident, StateError> {
        let mut transaction = self.write().await?;
        let row = match change {
            IncidentChange::Assign(assignee) => assign(&mut transaction, id, assignee, by).await?,
            IncidentChange::Close { verdict, reason } => {
                close(&mut transaction, id, verdict, reason, by).await?
            }
            IncidentChange::Reopen => reopen(&mut transaction, id, by).await?,
        };
        let changed = incident(&row.ok_or_else(|| StateError::not_found("incident", id))?)?;
        let detail = match change {
            IncidentChange::Assign(assignee) => format!("assigned to {}", assignee.unwrap_or("nobody")),
            IncidentChange::Close { verdict, reason } => format!("closed as {}: {reason}", verdict.name()),
            IncidentChange::Reopen => "opened again".to_owned(),
        };
        audit::append(&mut transaction, by, "incident_update", id, &detail).await?;
        transaction.commit().await?;
        Ok(changed)
    }

    /// Writes something down about an incident.
    ///
    /// # Errors
    /// [`StateError::NotFound`]; [`StateError::Invalid`] for the text; [`StateError::Conflict`] when there are too many;
    /// or when the database fails.
    pub async fn incident_comment(&self, id: &str, text: &str, by: By<'_>) -> Result<(), StateError> {
        let text = checked("text", text, REASON_BYTES_MAX)?;
        let mut transaction = self.write().await?;
        let known: Option<i64> = sqlx::query_scalar("SELECT 1 FROM incidents WHERE id = $1")
            .bind(id)
            .fetch_optional(&mut *transaction)
            .await?;
        known.ok_or_else(|| StateError::not_found("incident", id))?;
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM incident_comments WHERE incident_id = $1")
            .bind(id)
            .fetch_one(&mut *transaction)
            .await?;
        if count >= COMMENTS_MAX {
            return Err(StateError::Conflict(format!("there are {count} comments already")));
        }
        sqlx::query(
            "INSERT INTO incident_comments (id, incident_id, author, text, time) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(random_id()?)
        .bind(id)
        .bind(by.actor)
        .bind(text)
        .bind(by.time.nanos())
        .execute(&mut *transaction)
        .await?;
        audit::append(&mut transaction, by, "incident_comment", id, "").await?;
        Ok(transaction.commit().await?)
    }
}

async fn assign(
    transaction: &mut Transaction<'_, Sqlite>,
    id: &str,
    assignee: Option<&str>,
    by: By<'_>,
) -> Result<Option<SqliteRow>, StateError> {
    let assignee = assignee.map(|name| checked("assignee", name, NAME_BYTES_MAX)).transpose()?;
    Ok(sqlx::query(
        "UPDATE incidents SET assignee = $1, acknowledged = COALESCE(acknowledged, $2) WHERE id = $3 RETURNING *",
    )
    .bind(assignee)
    .bind(by.time.nanos())
    .bind(id)
    .fetch_optional(&mut **transaction)
    .await?)
}

async fn close(
    transaction: &mut Transaction<'_, Sqlite>,
    id: &str,
    verdict: Verdict,
    reason: &str,
    by: By<'_>,
) -> Result<Option<SqliteRow>, StateError> {
    let reason = checked("reason", reason, REASON_BYTES_MAX)?;
    let row = sqlx::query(
        "UPDATE incidents SET status = 'closed', verdict = $1, reason = $2, closed = $3, closed_by = $4, \
         acknowledged = COALESCE(acknowledged, $3) WHERE id = $5 RETURNING *",
    )
    .bind(verdict.name())
    .bind(reason)
    .bind(by.time.nanos())
    .bind(by.actor)
    .bind(id)
    .fetch_optional(&mut **transaction)
    .await?;
    let change = FindingChange { status: decided(verdict), reason: Some(reason), accepted_until: None };
    for finding in findings_with(transaction, id, FindingStatus::Open, None).await? {
        set_status(transaction, &finding, change, Some(reason), by).await?;
    }
    Ok(row)
}

/// Takes a closing back: what it decided about findings, too; not what was decided about them otherwise.
async fn reopen(
    transaction: &mut Transaction<'_, Sqlite>,
    id: &str,
    by: By<'_>,
) -> Result<Option<SqliteRow>, StateError> {
    let Some(row) = sqlx::query("SELECT * FROM incidents WHERE id = $1")
        .bind(id)
        .fetch_optional(&mut **transaction)
        .await?
    else {
        return Ok(None);
    };
    let before = incident(&row)?;
    if let (Some(verdict), Some(reason)) = (before.verdict, &before.reason) {
        let change = FindingChange { status: FindingStatus::Open, reason: None, accepted_until: None };
        for finding in findings_with(transaction, id, decided(verdict), Some(reason)).await? {
            set_status(transaction, &finding, change, None, by).await?;
        }
    }
    Ok(sqlx::query(
        "UPDATE incidents SET status = 'open', verdict = NULL, reason = NULL, closed = NULL, closed_by = NULL \
         WHERE id = $1 RETURNING *",
    )
    .bind(id)
    .fetch_optional(&mut **transaction)
    .await?)
}

/// What the findings of an incident become when it is closed.
const fn decided(verdict: Verdict) -> FindingStatus {
    match verdict {
        Verdict::Real => FindingStatus::Fixed,
        Verdict::False => FindingStatus::False,
    }
}

/// Findings of an incident in a status, decided for a reason.
async fn findings_with(
    transaction: &mut Transaction<'_, Sqlite>,
    incident: &str,
    status: FindingStatus,
    reason: Option<&str>,
) -> Result<Vec<FindingId>, StateError> {
    let ids: Vec<String> = sqlx::query_scalar(
        "SELECT findings.id FROM incident_findings JOIN findings ON findings.id = incident_findings.finding_id \
         WHERE incident_findings.incident_id = $1 AND findings.status = $2 AND ($3 IS NULL OR findings.status_reason = $3)",
    )
    .bind(incident)
    .bind(status.name())
    .bind(reason)
    .fetch_all(&mut **transaction)
    .await?;
    ids.iter().map(|id| FindingId::parse(id).map_err(|error| StateError::Database(error.into()))).collect()
}

/// The incident in a row.
pub(crate) fn incident(row: &SqliteRow) -> Result<Incident, StateError> {
    let word = |text: String| StateError::Database(text.into());
    let severity: u8 = row.try_get("severity")?;
    let time = |name: &str| -> Result<Option<Timestamp>, StateError> {
        Ok(row.try_get::<Option<i64>, _>(name)?.map(Timestamp::from_nanos))
    };
    Ok(Incident {
        id: row.try_get("id")?,
        title: row.try_get("title")?,
        severity: Severity::from_id(severity).ok_or_else(|| word(format!("{severity} is no severity")))?,
        asset_name: row.try_get("asset_name")?,
        status: match row.try_get::<&str, _>("status")? {
            "open" => IncidentStatus::Open,
            _ => IncidentStatus::Closed,
        },
        verdict: row.try_get::<Option<&str>, _>("verdict")?.map(|text| match text {
            "real" => Verdict::Real,
            _ => Verdict::False,
        }),
        reason: row.try_get("reason")?,
        assignee: row.try_get("assignee")?,
        first_seen: Timestamp::from_nanos(row.try_get("first_seen")?),
        last_seen: Timestamp::from_nanos(row.try_get("last_seen")?),
        detected: Timestamp::from_nanos(row.try_get("detected")?),
        acknowledged: time("acknowledged")?,
        closed: time("closed")?,
        closed_by: row.try_get("closed_by")?,
        findings: u64::try_from(row.try_get::<i64, _>("findings")?).unwrap_or_default(),
    })
}
