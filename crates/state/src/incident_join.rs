//! [`join`]: puts a finding into the incident it belongs to. Costs the same however many incidents there are: candidates
//! are looked up by what they share with the finding, the latest few for each thing, never by walking the open ones.

use sqlx::{QueryBuilder, Sqlite, Transaction};
use yagura_event::{Finding, FindingStatus, Severity, Timestamp};

use crate::{
    StateError,
    entity::{Entity, EntityKind, JOIN_WEIGHT, entities},
    finding::Met,
    limits::{INCIDENT_ENTITIES_MAX, INCIDENT_FINDINGS_MAX},
    secret::random_id,
};

/// What happens longer after an incident's last finding is another incident.
const WINDOW_NANOS: i64 = 3_600_000_000_000;
/// Milder findings join an incident and do not begin one.
const BEGINS_AT: Severity = Severity::Medium;
/// For each thing a finding is about so many incidents are weighed, those that saw it last.
const CANDIDATES_MAX: i64 = 50;

/// Puts an open finding into the incident it belongs to; begins one where it belongs to none and is severe enough.
///
/// `finding` is all that is known of it; `sighting` what was told now. The incident spans its sightings: a cause that was
/// known for weeks does not make an incident weeks long.
pub(crate) async fn join(
    transaction: &mut Transaction<'_, Sqlite>,
    finding: &Finding,
    sighting: &Finding,
    met: Met,
    detected: Option<Timestamp>,
) -> Result<(), StateError> {
    if finding.status != FindingStatus::Open {
        return Ok(());
    }
    let about = entities(sighting);
    // What is met for the first time is in no incident yet.
    let own = if met == Met::First { None } else { own(transaction, finding).await? };
    if let Some(own) = own {
        widen(transaction, &own, finding, sighting, 0).await?;
        remember(transaction, &own, sighting, &about, 0).await?;
        return forget(transaction, &own).await;
    }
    if let Some(id) = nearest(transaction, &about, sighting).await? {
        put(transaction, &id, finding).await?;
        widen(transaction, &id, finding, sighting, 1).await?;
        remember(transaction, &id, sighting, &about, 1).await?;
        return forget(transaction, &id).await;
    }
    if finding.severity >= BEGINS_AT {
        let id = begin(transaction, finding, sighting, detected).await?;
        put(transaction, &id, finding).await?;
        remember(transaction, &id, sighting, &about, 1).await?;
    }
    Ok(())
}

async fn put(
    transaction: &mut Transaction<'_, Sqlite>,
    id: &str,
    finding: &Finding,
) -> Result<(), StateError> {
    sqlx::query(
        "INSERT INTO incident_findings (incident_id, finding_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
    )
    .bind(id)
    .bind(finding.id.as_str())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

// The open incident that the finding is in already. CROSS JOIN: the few incidents of the finding are looked at, not the
// many that are open.
async fn own(
    transaction: &mut Transaction<'_, Sqlite>,
    finding: &Finding,
) -> Result<Option<String>, StateError> {
    Ok(sqlx::query_scalar(
        "SELECT incidents.id FROM incident_findings CROSS JOIN incidents \
         WHERE incident_findings.finding_id = $1 AND incidents.id = incident_findings.incident_id \
         AND incidents.status = 'open' LIMIT 1",
    )
    .bind(finding.id.as_str())
    .fetch_optional(&mut **transaction)
    .await?)
}

// The open incident that shares most, where that is enough and it is not over. Host and user alone never are: what
// shares nothing else is no candidate.
async fn nearest(
    transaction: &mut Transaction<'_, Sqlite>,
    about: &[Entity],
    sighting: &Finding,
) -> Result<Option<String>, StateError> {
    let mut query = QueryBuilder::<Sqlite>::new("WITH candidates AS (");
    let strong = about.iter().filter(|entity| !matches!(entity.kind, EntityKind::Host | EntityKind::User));
    let mut count = 0_usize;
    for entity in strong {
        query.push(if count == 0 { "" } else { " UNION " });
        query
            .push("SELECT * FROM (SELECT incident_id FROM incident_entities WHERE kind = ")
            .push_bind(entity.kind.name())
            .push(" AND value = ")
            .push_bind(&entity.value)
            .push(" ORDER BY last_seen DESC LIMIT ")
            .push_bind(CANDIDATES_MAX)
            .push(")");
        count += 1;
    }
    if count == 0 {
        return Ok(None);
    }
    query.push("), about (kind, value, weight) AS (");
    query.push_values(about, |mut row, entity| {
        row.push_bind(entity.kind.name()).push_bind(&entity.value).push_bind(entity.kind.weight());
    });
    query
        .push(
            ") SELECT incidents.id FROM candidates CROSS JOIN incidents CROSS JOIN about CROSS JOIN incident_entities \
             WHERE incidents.id = candidates.incident_id AND incidents.status = 'open' AND incidents.findings < ",
        )
        .push_bind(INCIDENT_FINDINGS_MAX)
        .push(" AND incidents.last_seen >= ")
        .push_bind(sighting.first_seen.nanos().saturating_sub(WINDOW_NANOS))
        .push(" AND incidents.first_seen <= ")
        .push_bind(sighting.last_seen.nanos().saturating_add(WINDOW_NANOS))
        .push(
            " AND incident_entities.incident_id = incidents.id AND incident_entities.kind = about.kind \
             AND incident_entities.value = about.value GROUP BY incidents.id, incidents.last_seen \
             HAVING SUM(about.weight) >= ",
        )
        .push_bind(JOIN_WEIGHT)
        .push(" ORDER BY SUM(about.weight) DESC, incidents.last_seen DESC, incidents.id LIMIT 1");
    Ok(query.build_query_scalar().fetch_optional(&mut **transaction).await?)
}

async fn begin(
    transaction: &mut Transaction<'_, Sqlite>,
    finding: &Finding,
    sighting: &Finding,
    detected: Option<Timestamp>,
) -> Result<String, StateError> {
    let id = random_id()?;
    sqlx::query(
        "INSERT INTO incidents (id, title, severity, asset_name, status, first_seen, last_seen, detected, findings) \
         VALUES ($1, $2, $3, $4, 'open', $5, $6, $7, 1)",
    )
    .bind(&id)
    .bind(&finding.title)
    .bind(i64::from(finding.severity.id()))
    .bind(&finding.asset_name)
    .bind(sighting.first_seen.nanos())
    .bind(sighting.last_seen.nanos())
    .bind(detected.unwrap_or(sighting.last_seen).nanos())
    .execute(&mut **transaction)
    .await?;
    Ok(id)
}

// The incident reaches over the sighting; its most severe finding gives it its name.
async fn widen(
    transaction: &mut Transaction<'_, Sqlite>,
    id: &str,
    finding: &Finding,
    sighting: &Finding,
    added: i64,
) -> Result<(), StateError> {
    sqlx::query(
        "UPDATE incidents SET findings = findings + $1, \
         first_seen = CASE WHEN $2 < first_seen THEN $2 ELSE first_seen END, \
         last_seen = CASE WHEN $3 > last_seen THEN $3 ELSE last_seen END, \
         title = CASE WHEN $4 > severity THEN $5 ELSE title END, \
         asset_name = CASE WHEN $4 > severity THEN $6 ELSE asset_name END, \
         severity = CASE WHEN $4 > severity THEN $4 ELSE severity END WHERE id = $7",
    )
    .bind(added)
    .bind(sighting.first_seen.nanos())
    .bind(sighting.last_seen.nanos())
    .bind(i64::from(finding.severity.id()))
    .bind(&finding.title)
    .bind(&finding.asset_name)
    .bind(id)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

// What the incident is about.
async fn remember(
    transaction: &mut Transaction<'_, Sqlite>,
    id: &str,
    sighting: &Finding,
    about: &[Entity],
    added: i64,
) -> Result<(), StateError> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "INSERT INTO incident_entities (incident_id, kind, value, label, findings, last_seen) ",
    );
    query.push_values(about, |mut row, entity| {
        row.push_bind(id).push_bind(entity.kind.name()).push_bind(&entity.value).push_bind(&entity.label);
        row.push_bind(1_i64).push_bind(sighting.last_seen.nanos());
    });
    query
        .push(" ON CONFLICT (incident_id, kind, value) DO UPDATE SET findings = incident_entities.findings + ")
        .push_bind(added)
        .push(
            ", last_seen = CASE WHEN excluded.last_seen > incident_entities.last_seen THEN excluded.last_seen \
             ELSE incident_entities.last_seen END",
        );
    query.build().execute(&mut **transaction).await?;
    Ok(())
}

// Of very many things those that were seen last are remembered: the next finding shares something with them.
async fn forget(transaction: &mut Transaction<'_, Sqlite>, id: &str) -> Result<(), StateError> {
    let known: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM incident_entities WHERE incident_id = $1")
        .bind(id)
        .fetch_one(&mut **transaction)
        .await?;
    if known > INCIDENT_ENTITIES_MAX {
        sqlx::query(
            "DELETE FROM incident_entities WHERE incident_id = $1 AND (kind, value) IN (SELECT kind, value \
             FROM incident_entities WHERE incident_id = $1 ORDER BY last_seen, findings, kind, value LIMIT $2)",
        )
        .bind(id)
        .bind(known - INCIDENT_ENTITIES_MAX)
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}
