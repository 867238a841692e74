//! Recording findings, and deciding about them. Listing them is `finding_list.rs`.

use std::collections::BTreeMap;

use sqlx::{Row, Sqlite, Transaction, sqlite::SqliteRow};
use yagura_event::{Evidence, Finding, FindingId, FindingKind, FindingStatus, Severity, Timestamp};

use crate::{
    By, State, StateError, audit, delivery,
    error::checked,
    incident_join,
    limits::{DECISIONS_MAX, EVIDENCE_BYTES_MAX, REASON_BYTES_MAX, TAGS_MAX, TEXT_BYTES_MAX, cut},
};

const HOUR_NANOS: i64 = 3_600_000_000_000;

/// What was decided about a finding.
#[derive(Debug, Clone, Copy)]
pub struct FindingChange<'a> {
    /// The decision.
    pub status: FindingStatus,
    /// Why. Needed for everything but `open`.
    pub reason: Option<&'a str>,
    /// Until when it is accepted; only with [`FindingStatus::Accepted`]. `None` accepts for good.
    pub accepted_until: Option<Timestamp>,
}

impl State {
    /// Records what was found, all or nothing, in the order given. For each: its id, and whether it is new or open again
    /// after it was settled.
    ///
    /// What is there already adds up: `count` grows, `first_seen` and `last_seen` widen, everything else takes the value
    /// of the latest, evidence keeps the first and the latest pieces. A `fixed` finding that happened after it was fixed
    /// opens again, so does an `accepted` one past its date; a `false` one stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finding_record(&self, findings: &[Finding]) -> Result<Vec<(FindingId, bool)>, StateError> {
        self.finding_record_at(findings, None).await
    }

    /// The same; incidents that begin with these findings were detected at the time given, not when they happened.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finding_record_at(
        &self,
        findings: &[Finding],
        detected: Option<Timestamp>,
    ) -> Result<Vec<(FindingId, bool)>, StateError> {
        let mut transaction = self.write().await?;
        let mut recorded = Vec::with_capacity(findings.len());
        count_hours(&mut transaction, findings).await?;
        let listeners = delivery::listeners(&mut transaction).await?;
        for finding in findings {
            let is_new = record(&mut transaction, finding, &listeners, detected).await?;
            recorded.push((finding.id.clone(), is_new));
        }
        transaction.commit().await?;
        Ok(recorded)
    }

    /// One finding with its evidence.
    ///
    /// # Errors
    /// [`StateError::NotFound`], or when the database fails.
    pub async fn finding_get(&self, id: &FindingId) -> Result<Finding, StateError> {
        let row = sqlx::query("SELECT * FROM findings WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(self.reader())
            .await?
            .ok_or_else(|| StateError::not_found("finding", id.as_str()))?;
        finding(&row)
    }

    /// Decides about a finding and returns it.
    ///
    /// # Errors
    /// [`StateError::NotFound`]; [`StateError::Invalid`] when a reason is missing or the date lies in the past; or when
    /// the database fails.
    pub async fn finding_set_status(
        &self,
        id: &FindingId,
        change: FindingChange<'_>,
        by: By<'_>,
    ) -> Result<Finding, StateError> {
        let reason = checked_reason(change, by.time)?;
        let mut transaction = self.write().await?;
        if !set_status(&mut transaction, id, change, reason, by).await? {
            return Err(StateError::not_found("finding", id.as_str()));
        }
        transaction.commit().await?;
        self.finding_get(id).await
    }

    /// Decides about many findings at once, in one transaction. Returns those that were there.
    ///
    /// # Errors
    /// [`StateError::Invalid`] as for one, and when there are more than [`DECISIONS_MAX`]; or when the database fails.
    pub async fn finding_set_status_many(
        &self,
        ids: &[FindingId],
        change: FindingChange<'_>,
        by: By<'_>,
    ) -> Result<Vec<FindingId>, StateError> {
        if ids.len() > DECISIONS_MAX {
            let reason = format!("{} findings; at most {DECISIONS_MAX} are decided at once", ids.len());
            return Err(StateError::invalid("ids", reason));
        }
        let reason = checked_reason(change, by.time)?;
        let mut transaction = self.write().await?;
        let mut decided = Vec::with_capacity(ids.len());
        for id in ids {
            if set_status(&mut transaction, id, change, reason, by).await? {
                decided.push(id.clone());
            }
        }
        transaction.commit().await?;
        Ok(decided)
    }

    /// Opens the findings whose acceptance ended before `now`; returns how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finding_reopen_expired(&self, now: Timestamp) -> Result<u64, StateError> {
        // Most calls find nothing; they must not wait for the writer.
        let due: Option<i64> = sqlx::query_scalar(
            "SELECT 1 FROM findings WHERE status = 'accepted' AND accepted_until <= $1 LIMIT 1",
        )
        .bind(now.nanos())
        .fetch_optional(self.reader())
        .await?;
        if due.is_none() {
            return Ok(0);
        }
        let mut transaction = self.write().await?;
        let ids: Vec<String> = sqlx::query_scalar(
            "UPDATE findings SET status = 'open', accepted_until = NULL, status_time = $1 \
             WHERE status = 'accepted' AND accepted_until <= $1 RETURNING id",
        )
        .bind(now.nanos())
        .fetch_all(&mut *transaction)
        .await?;
        let by = By { actor: "yagura", address: None, time: now };
        for id in &ids {
            audit::append(&mut transaction, by, "finding_reopen", id, "acceptance ended").await?;
        }
        transaction.commit().await?;
        Ok(ids.len() as u64)
    }
}

fn checked_reason<'a>(change: FindingChange<'a>, now: Timestamp) -> Result<Option<&'a str>, StateError> {
    match change.accepted_until {
        Some(_) if change.status != FindingStatus::Accepted => {
            return Err(StateError::invalid("accepted_until", "goes with the status `accepted` only"));
        }
        Some(until) if until <= now => return Err(StateError::invalid("accepted_until", "lies in the past")),
        _ => {}
    }
    match (change.status, change.reason) {
        (FindingStatus::Open, None) => Ok(None),
        (_, reason) => checked("reason", reason.unwrap_or_default(), REASON_BYTES_MAX).map(Some),
    }
}

/// Decides about one finding; false where there is none of this id.
pub(crate) async fn set_status(
    transaction: &mut Transaction<'_, Sqlite>,
    id: &FindingId,
    change: FindingChange<'_>,
    reason: Option<&str>,
    by: By<'_>,
) -> Result<bool, StateError> {
    let done = sqlx::query(
        "UPDATE findings SET status = $1, status_reason = $2, accepted_until = $3, status_time = $4 WHERE id = $5",
    )
    .bind(change.status.name())
    .bind(reason)
    .bind(change.accepted_until.map(Timestamp::nanos))
    .bind(by.time.nanos())
    .bind(id.as_str())
    .execute(&mut **transaction)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    let until = change.accepted_until.map(|until| format!(" until {until}")).unwrap_or_default();
    let detail = format!("{}{until}: {}", change.status.name(), reason.unwrap_or_default());
    audit::append(transaction, by, "finding_set_status", id.as_str(), &detail).await?;
    Ok(true)
}

/// How a finding stands to what was known before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Met {
    /// Nothing was known of it.
    First,
    /// It was known and adds up.
    Again,
    /// It was settled and happens again.
    Reopened,
}

/// Writes one finding, or adds it to the one with the same cause; true if it is new or opens again.
pub(crate) async fn record(
    transaction: &mut Transaction<'_, Sqlite>,
    new: &Finding,
    listeners: &[(String, i64)],
    detected: Option<Timestamp>,
) -> Result<bool, StateError> {
    let known = sqlx::query("SELECT * FROM findings WHERE id = $1")
        .bind(new.id.as_str())
        .fetch_optional(&mut **transaction)
        .await?;
    let Some(row) = known else {
        write(transaction, &cut_finding(new), new.last_seen.nanos()).await?;
        if new.status == FindingStatus::Open {
            tell(transaction, new, new, Met::First, listeners, detected).await?;
        }
        return Ok(true);
    };
    let status_time: i64 = row.try_get("status_time")?;
    let old = finding(&row)?;
    let reopens = match old.status {
        FindingStatus::Open | FindingStatus::False => false,
        FindingStatus::Fixed => new.last_seen.nanos() > status_time,
        FindingStatus::Accepted => old.accepted_until.is_some_and(|until| new.last_seen > until),
    };
    let mut merged = merge(old, cut_finding(new));
    if reopens {
        merged.status = FindingStatus::Open;
        merged.accepted_until = None;
        merged.status_reason = None;
    }
    let status_time = if reopens { new.last_seen.nanos() } else { status_time };
    write(transaction, &merged, status_time).await?;
    let met = if reopens { Met::Reopened } else { Met::Again };
    tell(transaction, &merged, new, met, listeners, detected).await?;
    Ok(reopens)
}

// Webhooks and incidents are for what happens. What lies in an asset, thousands at once, is for the scan's page.
async fn tell(
    transaction: &mut Transaction<'_, Sqlite>,
    finding: &Finding,
    sighting: &Finding,
    met: Met,
    listeners: &[(String, i64)],
    detected: Option<Timestamp>,
) -> Result<(), StateError> {
    if finding.kind.is_standing() {
        return Ok(());
    }
    if met != Met::Again {
        delivery::enqueue(transaction, finding, listeners).await?;
    }
    incident_join::join(transaction, finding, sighting, met, detected).await
}

// What happened late (a queue that was replayed) must not overwrite what is known of later.
fn merge(old: Finding, new: Finding) -> Finding {
    let first_seen = old.first_seen.min(new.first_seen);
    let last_seen = old.last_seen.max(new.last_seen);
    let count = old.count.saturating_add(new.count);
    let is_latest = new.last_seen >= old.last_seen;
    // What lies there is proved by the latest scan alone; what happened, by its first and latest times.
    let evidence = if new.kind == FindingKind::Runtime {
        first_and_latest(old.evidence.iter().chain(&new.evidence).cloned().collect())
    } else if is_latest {
        new.evidence.clone()
    } else {
        old.evidence.clone()
    };
    let decision = (old.status, old.status_reason.clone(), old.accepted_until);
    let base = if is_latest { new } else { old };
    let (status, status_reason, accepted_until) = decision;
    Finding { first_seen, last_seen, count, evidence, status, status_reason, accepted_until, ..base }
}

fn first_and_latest(mut evidence: Vec<Evidence>) -> Vec<Evidence> {
    if evidence.len() > Finding::EVIDENCE_MAX {
        let first = Finding::EVIDENCE_MAX / 2;
        let latest = Finding::EVIDENCE_MAX - first;
        evidence.drain(first..evidence.len() - latest);
    }
    evidence
}

fn cut_finding(finding: &Finding) -> Finding {
    let text = |text: &str| cut(text, TEXT_BYTES_MAX).to_owned();
    let option = |value: &Option<String>| value.as_deref().map(text);
    Finding {
        title: text(&finding.title),
        message: text(&finding.message),
        rule: text(&finding.rule),
        rule_source: text(&finding.rule_source),
        techniques: finding.techniques.iter().take(TAGS_MAX).cloned().collect(),
        tags: finding.tags.iter().take(TAGS_MAX).map(|tag| text(tag)).collect(),
        asset_id: text(&finding.asset_id),
        asset_name: text(&finding.asset_name),
        container_id: option(&finding.container_id),
        process_path: option(&finding.process_path),
        user_name: option(&finding.user_name),
        status_reason: option(&finding.status_reason),
        remediation: option(&finding.remediation),
        evidence: first_and_latest(finding.evidence.iter().map(cut_evidence).collect()),
        ..finding.clone()
    }
}

fn cut_evidence(evidence: &Evidence) -> Evidence {
    let bytes = serde_json::to_vec(evidence).map_or(usize::MAX, |json| json.len());
    if bytes <= EVIDENCE_BYTES_MAX {
        return evidence.clone();
    }
    Evidence {
        time: evidence.time,
        message: cut(&evidence.message, TEXT_BYTES_MAX).to_owned(),
        fields: serde_json::Map::new(),
        event: serde_json::json!({ "left_out": format!("{bytes} bytes; at most {EVIDENCE_BYTES_MAX} are kept") }),
        explanation: None,
    }
}

async fn count_hours(transaction: &mut Transaction<'_, Sqlite>, new: &[Finding]) -> Result<(), StateError> {
    let mut hours: BTreeMap<(i64, u8), u64> = BTreeMap::new();
    for finding in new {
        let hour = finding.last_seen.nanos().div_euclid(HOUR_NANOS) * HOUR_NANOS;
        let count = hours.entry((hour, finding.severity.id())).or_default();
        *count = count.saturating_add(finding.count);
    }
    for ((hour, severity), count) in hours {
        sqlx::query(
            "INSERT INTO finding_hours (hour, severity, occurrences) VALUES ($1, $2, $3) \
             ON CONFLICT (hour, severity) DO UPDATE SET occurrences = finding_hours.occurrences + excluded.occurrences",
        )
        .bind(hour)
        .bind(i64::from(severity))
        .bind(integer(count))
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}

async fn write(
    transaction: &mut Transaction<'_, Sqlite>,
    finding: &Finding,
    status_time: i64,
) -> Result<(), StateError> {
    sqlx::query(
        "INSERT INTO findings (id, kind, severity, confidence, title, message, rule, rule_source, techniques, tags, \
         asset_id, asset_name, container_id, process_path, user_name, first_seen, last_seen, occurrences, status, \
         status_reason, status_time, accepted_until, remediation, evidence) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, \
         $22, $23, $24) \
         ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, severity = excluded.severity, \
         confidence = excluded.confidence, title = excluded.title, message = excluded.message, \
         rule = excluded.rule, rule_source = excluded.rule_source, techniques = excluded.techniques, \
         tags = excluded.tags, asset_id = excluded.asset_id, asset_name = excluded.asset_name, \
         container_id = excluded.container_id, process_path = excluded.process_path, \
         user_name = excluded.user_name, first_seen = excluded.first_seen, last_seen = excluded.last_seen, \
         occurrences = excluded.occurrences, status = excluded.status, status_reason = excluded.status_reason, \
         status_time = excluded.status_time, accepted_until = excluded.accepted_until, \
         remediation = excluded.remediation, evidence = excluded.evidence",
    )
    .bind(finding.id.as_str())
    .bind(finding.kind.name())
    .bind(i64::from(finding.severity.id()))
    .bind(i64::from(finding.confidence))
    .bind(&finding.title)
    .bind(&finding.message)
    .bind(&finding.rule)
    .bind(&finding.rule_source)
    .bind(serde_json::to_string(&finding.techniques)?)
    .bind(serde_json::to_string(&finding.tags)?)
    .bind(&finding.asset_id)
    .bind(&finding.asset_name)
    .bind(&finding.container_id)
    .bind(&finding.process_path)
    .bind(&finding.user_name)
    .bind(finding.first_seen.nanos())
    .bind(finding.last_seen.nanos())
    .bind(integer(finding.count))
    .bind(finding.status.name())
    .bind(&finding.status_reason)
    .bind(status_time)
    .bind(finding.accepted_until.map(Timestamp::nanos))
    .bind(&finding.remediation)
    .bind(serde_json::to_string(&finding.evidence)?)
    .execute(&mut **transaction)
    .await?;
    for technique in &finding.techniques {
        sqlx::query(
            "INSERT INTO finding_techniques (technique, finding_id) VALUES ($1, $2) \
             ON CONFLICT (technique, finding_id) DO NOTHING",
        )
        .bind(technique.id())
        .bind(finding.id.as_str())
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}

/// The finding in a row; without evidence where the row has none.
pub(crate) fn finding(row: &SqliteRow) -> Result<Finding, StateError> {
    let word = |error: String| StateError::Database(error.into());
    let id: String = row.try_get("id")?;
    let severity: u8 = row.try_get("severity")?;
    Ok(Finding {
        id: FindingId::parse(&id).map_err(word)?,
        kind: row.try_get::<&str, _>("kind")?.parse().map_err(word)?,
        severity: Severity::from_id(severity).ok_or_else(|| word(format!("{severity} is no severity")))?,
        confidence: row.try_get("confidence")?,
        title: row.try_get("title")?,
        message: row.try_get("message")?,
        rule: row.try_get("rule")?,
        rule_source: row.try_get("rule_source")?,
        techniques: serde_json::from_str(row.try_get("techniques")?)?,
        tags: serde_json::from_str(row.try_get("tags")?)?,
        asset_id: row.try_get("asset_id")?,
        asset_name: row.try_get("asset_name")?,
        container_id: row.try_get("container_id")?,
        process_path: row.try_get("process_path")?,
        user_name: row.try_get("user_name")?,
        first_seen: Timestamp::from_nanos(row.try_get("first_seen")?),
        last_seen: Timestamp::from_nanos(row.try_get("last_seen")?),
        count: u64::try_from(row.try_get::<i64, _>("occurrences")?).unwrap_or_default(),
        status: row.try_get::<&str, _>("status")?.parse().map_err(word)?,
        status_reason: row.try_get("status_reason")?,
        accepted_until: row.try_get::<Option<i64>, _>("accepted_until")?.map(Timestamp::from_nanos),
        remediation: row.try_get("remediation")?,
        evidence: serde_json::from_str(row.try_get("evidence")?)?,
    })
}

fn integer(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
