//! Looking at incidents: lists, one with everything that belongs to it, and the incident of a finding.

use serde::{Deserialize, Serialize};
use sqlx::Row;
use yagura_event::{Finding, FindingId, Timestamp};

use crate::{
    EntityKind, Incident, IncidentStatus, State, StateError,
    finding::finding,
    finding_list::LIST_COLUMNS_OF,
    incident::incident,
    limits::{INCIDENT_FINDINGS_MAX, PAGE_MAX},
};

/// One page of incidents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IncidentPage {
    /// The incidents, what happened last first.
    pub items: Vec<Incident>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<String>,
    /// How many are open, whatever the page shows.
    pub open: u64,
}

/// An incident with everything that belongs to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IncidentDetail {
    /// The incident.
    pub incident: Incident,
    /// Its findings without their evidence, what happened first first.
    pub timeline: Vec<Finding>,
    /// What its findings are about, what most of them share first.
    pub entities: Vec<IncidentEntity>,
    /// What people wrote about it, the first first.
    pub comments: Vec<IncidentComment>,
    /// What elsewhere has to do with it, the first first.
    pub links: Vec<IncidentLink>,
}

/// Something elsewhere that has to do with an incident: a ticket, a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IncidentLink {
    /// Random id.
    pub id: String,
    /// What it is.
    pub title: String,
    /// Where it is.
    pub url: String,
    /// When it was linked.
    pub created: Timestamp,
    /// Who linked it.
    pub created_by: String,
}

/// Something that findings of an incident are about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IncidentEntity {
    /// What it is.
    pub kind: EntityKind,
    /// As a person reads it.
    pub label: String,
    /// How many findings of the incident are about it.
    pub findings: u64,
}

/// What someone wrote about an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IncidentComment {
    /// Who.
    pub author: String,
    /// What.
    pub text: String,
    /// When.
    pub time: Timestamp,
}

impl State {
    /// One page of incidents, what happened last first.
    ///
    /// # Errors
    /// [`StateError::Invalid`] when the cursor is not one that was given out, or when the database fails.
    pub async fn incident_list(
        &self,
        status: Option<IncidentStatus>,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<IncidentPage, StateError> {
        let bad = || StateError::invalid("cursor", "is not one that a page of incidents gave out");
        let (time, id) = match cursor {
            None => (i64::MAX, "~"),
            Some(text) => {
                let (time, id) = text.split_once('.').ok_or_else(bad)?;
                (time.parse().map_err(|_| bad())?, id)
            }
        };
        let limit = limit.clamp(1, PAGE_MAX);
        let rows = sqlx::query(
            "SELECT * FROM incidents WHERE ($1 IS NULL OR status = $1) AND (last_seen < $2 OR (last_seen = $2 AND id < $3)) \
             ORDER BY last_seen DESC, id DESC LIMIT $4",
        )
        .bind(status.map(IncidentStatus::name))
        .bind(time)
        .bind(id)
        .bind(limit as i64 + 1)
        .fetch_all(self.reader())
        .await?;
        let items = rows.iter().take(limit).map(incident).collect::<Result<Vec<_>, _>>()?;
        let last = items.last().filter(|_| rows.len() > limit);
        let next = last.map(|last| format!("{}.{}", last.last_seen.nanos(), last.id));
        let open: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM incidents WHERE status = 'open'")
            .fetch_one(self.reader())
            .await?;
        Ok(IncidentPage { items, next, open: u64::try_from(open).unwrap_or_default() })
    }

    /// One incident with everything that belongs to it.
    ///
    /// # Errors
    /// [`StateError::NotFound`], or when the database fails.
    pub async fn incident_get(&self, id: &str) -> Result<IncidentDetail, StateError> {
        let row = sqlx::query("SELECT * FROM incidents WHERE id = $1")
            .bind(id)
            .fetch_optional(self.reader())
            .await?
            .ok_or_else(|| StateError::not_found("incident", id))?;
        let findings = sqlx::query(sqlx::AssertSqlSafe(format!(
            "{LIST_COLUMNS_OF} JOIN incident_findings ON incident_findings.finding_id = findings.id \
             WHERE incident_findings.incident_id = $1 ORDER BY findings.first_seen, findings.id LIMIT $2"
        )))
        .bind(id)
        .bind(INCIDENT_FINDINGS_MAX)
        .fetch_all(self.reader())
        .await?;
        let entities = sqlx::query(
            "SELECT kind, label, findings FROM incident_entities WHERE incident_id = $1 \
             ORDER BY findings DESC, kind, label",
        )
        .bind(id)
        .fetch_all(self.reader())
        .await?;
        let comments = sqlx::query(
            "SELECT author, text, time FROM incident_comments WHERE incident_id = $1 ORDER BY time, id",
        )
        .bind(id)
        .fetch_all(self.reader())
        .await?;
        let links = sqlx::query("SELECT * FROM incident_links WHERE incident_id = $1 ORDER BY created, id")
            .bind(id)
            .fetch_all(self.reader())
            .await?;
        let link = |row: &sqlx::sqlite::SqliteRow| -> Result<IncidentLink, StateError> {
            Ok(IncidentLink {
                id: row.try_get("id")?,
                title: row.try_get("title")?,
                url: row.try_get("url")?,
                created: Timestamp::from_nanos(row.try_get("created")?),
                created_by: row.try_get("created_by")?,
            })
        };
        let entity = |row: &sqlx::sqlite::SqliteRow| -> Result<Option<IncidentEntity>, StateError> {
            let kind: &str = row.try_get("kind")?;
            let findings: i64 = row.try_get("findings")?;
            let known = EntityKind::ALL.into_iter().find(|known| known.name() == kind);
            let label = row.try_get("label")?;
            Ok(known.map(|kind| IncidentEntity {
                kind,
                label,
                findings: u64::try_from(findings).unwrap_or_default(),
            }))
        };
        let comment = |row: &sqlx::sqlite::SqliteRow| -> Result<IncidentComment, StateError> {
            Ok(IncidentComment {
                author: row.try_get("author")?,
                text: row.try_get("text")?,
                time: Timestamp::from_nanos(row.try_get("time")?),
            })
        };
        Ok(IncidentDetail {
            incident: incident(&row)?,
            timeline: findings.iter().map(finding).collect::<Result<_, _>>()?,
            entities: entities.iter().filter_map(|row| entity(row).transpose()).collect::<Result<_, _>>()?,
            comments: comments.iter().map(comment).collect::<Result<_, _>>()?,
            links: links.iter().map(link).collect::<Result<_, _>>()?,
        })
    }

    /// The latest incident that a finding belongs to.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn incident_of(&self, id: &FindingId) -> Result<Option<Incident>, StateError> {
        let row = sqlx::query(
            "SELECT incidents.* FROM incidents JOIN incident_findings ON incident_findings.incident_id = incidents.id \
             WHERE incident_findings.finding_id = $1 ORDER BY incidents.last_seen DESC LIMIT 1",
        )
        .bind(id.as_str())
        .fetch_optional(self.reader())
        .await?;
        row.as_ref().map(incident).transpose()
    }
}
