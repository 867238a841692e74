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
    limits::{COMMENTS_MAX, LINKS_MAX, NAME_BYTES_MAX, REASON_BYTES_MAX, URL_BYTES_MAX},
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
    /// Known and accepted until a date.
    Accepted,
}

impl Verdict {
    const fn name(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::False => "false",
            Self::Accepted => "accepted",
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
        /// Until when, where it is accepted.
        accepted_until: Option<Timestamp>,
    },
    /// The decision no longer holds.
    Reopen,
    /// Something elsewhere has to do with it.
    Link {
        /// What it is.
        title: &'a str,
        /// Where: an address with `https://` or `http://`.
        url: &'a str,
    },
    /// The link of this id is taken away.
    Unlink(&'a str),
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
            IncidentChange::Close { verdict, reason, accepted_until } => {
                check_until(verdict, accepted_until, by.time)?;
                close(&mut transaction, id, verdict, reason, accepted_until, by).await?
            }
            IncidentChange::Reopen => reopen(&mut transaction, id, by).await?,
            IncidentChange::Link { title, url } => link(&mut transaction, id, title, url, by).await?,
            IncidentChange::Unlink(link) => unlink(&mut transaction, id, link).await?,
        };
        let changed = incident(&row.ok_or_else(|| StateError::not_found("incident", id))?)?;
        let detail = match change {
            IncidentChange::Assign(assignee) => format!("assigned to {}", assignee.unwrap_or("nobody")),
            IncidentChange::Close { verdict, reason, accepted_until } => {
                let until = accepted_until.map(|until| format!(" until {until}")).unwrap_or_default();
                format!("closed as {}{until}: {reason}", verdict.name())
            }
            IncidentChange::Reopen => "opened again".to_owned(),
            IncidentChange::Link { title, url } => format!("linked to {title}: {url}"),
            IncidentChange::Unlink(link) => format!("link {link} taken away"),
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
    // Whoever acts may be a token; anybody else is somebody who can work on it.
    if let Some(name) = assignee.filter(|name| *name != by.actor) {
        let known: Option<i64> =
            sqlx::query_scalar("SELECT 1 FROM users WHERE name = $1 AND NOT disabled AND role <> 'viewer'")
                .bind(name)
                .fetch_optional(&mut **transaction)
                .await?;
        known.ok_or_else(|| {
            StateError::invalid("assignee", format!("`{name}` is nobody who can work on incidents"))
        })?;
    }
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
    accepted_until: Option<Timestamp>,
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
    let change = FindingChange { status: decided(verdict), reason: Some(reason), accepted_until };
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
    let Some(row) = incident_row(transaction, id).await? else { return Ok(None) };
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

fn check_until(verdict: Verdict, until: Option<Timestamp>, now: Timestamp) -> Result<(), StateError> {
    let wrong = |why: &str| Err(StateError::invalid("accepted_until", why));
    match (verdict, until) {
        (Verdict::Accepted, None) => wrong("is missing: until when is it accepted?"),
        (Verdict::Accepted, Some(until)) if until <= now => wrong("lies in the past"),
        (Verdict::Real | Verdict::False, Some(_)) => wrong("belongs to what is accepted only"),
        _ => Ok(()),
    }
}

async fn link(
    transaction: &mut Transaction<'_, Sqlite>,
    id: &str,
    title: &str,
    url: &str,
    by: By<'_>,
) -> Result<Option<SqliteRow>, StateError> {
    let title = checked("title", title, NAME_BYTES_MAX)?;
    let url = checked("url", url, URL_BYTES_MAX)?;
    // A page shows it as a link: nothing that runs there.
    let is_address = url.starts_with("https://") || url.starts_with("http://");
    if !is_address || url.contains(|letter: char| letter.is_control() || letter == ' ') {
        return Err(StateError::invalid("url", "is no address with https:// or http://"));
    }
    let Some(row) = incident_row(transaction, id).await? else { return Ok(None) };
    let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM incident_links WHERE incident_id = $1")
        .bind(id)
        .fetch_one(&mut **transaction)
        .await?;
    if count >= LINKS_MAX {
        return Err(StateError::Conflict(format!("there are {count} links already")));
    }
    sqlx::query(
        "INSERT INTO incident_links (id, incident_id, title, url, created, created_by) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(random_id()?)
    .bind(id)
    .bind(title)
    .bind(url)
    .bind(by.time.nanos())
    .bind(by.actor)
    .execute(&mut **transaction)
    .await?;
    Ok(Some(row))
}

async fn unlink(
    transaction: &mut Transaction<'_, Sqlite>,
    id: &str,
    link: &str,
) -> Result<Option<SqliteRow>, StateError> {
    let done = sqlx::query("DELETE FROM incident_links WHERE id = $1 AND incident_id = $2")
        .bind(link)
        .bind(id)
        .execute(&mut **transaction)
        .await?;
    if done.rows_affected() == 0 {
        return Err(StateError::not_found("link", link));
    }
    incident_row(transaction, id).await
}

async fn incident_row(
    transaction: &mut Transaction<'_, Sqlite>,
    id: &str,
) -> Result<Option<SqliteRow>, StateError> {
    let query = sqlx::query("SELECT * FROM incidents WHERE id = $1").bind(id);
    Ok(query.fetch_optional(&mut **transaction).await?)
}

/// What the findings of an incident become when it is closed.
const fn decided(verdict: Verdict) -> FindingStatus {
    match verdict {
        Verdict::Real => FindingStatus::Fixed,
        Verdict::False => FindingStatus::False,
        Verdict::Accepted => FindingStatus::Accepted,
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
            "accepted" => Verdict::Accepted,
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
