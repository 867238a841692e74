//! Proofs: safe attack emulations, and whether they were seen and blocked.

use serde::{Deserialize, Serialize};
use sqlx::{Row, sqlite::SqliteRow};
use yagura_event::{Technique, Timestamp};

use crate::{
    By, State, StateError, audit,
    limits::{NAME_BYTES_MAX, PAGE_MAX, PROOFS_MAX, REASON_BYTES_MAX, cut},
    secret::random_id,
};

/// What one emulation proved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Proof {
    /// Id of the emulation.
    pub emulation: String,
    /// The ATT&CK technique it emulates.
    pub technique: Option<Technique>,
    /// The rule that should see it, or saw it.
    pub rule: Option<String>,
    /// Whether a finding came of it.
    pub seen: bool,
    /// Whether it was stopped.
    pub blocked: bool,
    /// Time from the act to the finding, in milliseconds.
    pub latency_ms: Option<u32>,
    /// Why it was not seen, or what else is worth knowing.
    #[serde(default)]
    pub detail: String,
    /// When it ran.
    pub time: Timestamp,
}

/// How the latest run of each emulation ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProofSummary {
    /// When the latest ran; `None` when none ever did.
    pub time: Option<Timestamp>,
    /// Emulations that ran at least once.
    pub emulations: u64,
    /// Of those, seen in their latest run.
    pub seen: u64,
    /// Of those, blocked in their latest run.
    pub blocked: u64,
}

impl State {
    /// Records what emulations proved.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn proof_record(&self, proofs: &[Proof], by: By<'_>) -> Result<(), StateError> {
        let mut transaction = self.write().await?;
        for proof in proofs {
            sqlx::query(
                "INSERT INTO proofs (id, emulation, technique, rule, seen, blocked, latency_ms, detail, time) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            )
            .bind(random_id()?)
            .bind(cut(&proof.emulation, NAME_BYTES_MAX))
            .bind(proof.technique.as_ref().map(Technique::id))
            .bind(proof.rule.as_deref().map(|rule| cut(rule, NAME_BYTES_MAX)))
            .bind(proof.seen)
            .bind(proof.blocked)
            .bind(proof.latency_ms.map(i64::from))
            .bind(cut(&proof.detail, REASON_BYTES_MAX))
            .bind(proof.time.nanos())
            .execute(&mut *transaction)
            .await?;
        }
        sqlx::query(
            "DELETE FROM proofs WHERE id NOT IN (SELECT id FROM proofs ORDER BY time DESC, id DESC LIMIT $1)",
        )
        .bind(PROOFS_MAX)
        .execute(&mut *transaction)
        .await?;
        let seen = proofs.iter().filter(|proof| proof.seen).count();
        let detail = format!("{seen} of {} seen", proofs.len());
        audit::append(&mut transaction, by, "proof_record", "", &detail).await?;
        Ok(transaction.commit().await?)
    }

    /// Proofs, the latest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn proof_list(&self, limit: usize) -> Result<Vec<Proof>, StateError> {
        let rows = sqlx::query("SELECT * FROM proofs ORDER BY time DESC, id DESC LIMIT $1")
            .bind(limit.clamp(1, PAGE_MAX) as i64)
            .fetch_all(self.reader())
            .await?;
        rows.iter().map(proof).collect()
    }

    /// How the latest run of each emulation ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn proof_summary(&self) -> Result<ProofSummary, StateError> {
        let row: (Option<i64>, i64, i64, i64) = sqlx::query_as(
            "SELECT MAX(time), COUNT(*), COALESCE(SUM(CASE WHEN seen THEN 1 ELSE 0 END), 0), \
             COALESCE(SUM(CASE WHEN blocked THEN 1 ELSE 0 END), 0) FROM proofs AS latest WHERE id = \
             (SELECT id FROM proofs WHERE emulation = latest.emulation ORDER BY time DESC, id DESC LIMIT 1)",
        )
        .fetch_one(self.reader())
        .await?;
        let count = |number: i64| u64::try_from(number).unwrap_or_default();
        Ok(ProofSummary {
            time: row.0.map(Timestamp::from_nanos),
            emulations: count(row.1),
            seen: count(row.2),
            blocked: count(row.3),
        })
    }
}

fn proof(row: &SqliteRow) -> Result<Proof, StateError> {
    Ok(Proof {
        emulation: row.try_get("emulation")?,
        technique: row.try_get::<Option<&str>, _>("technique")?.and_then(Technique::parse),
        rule: row.try_get("rule")?,
        seen: row.try_get("seen")?,
        blocked: row.try_get("blocked")?,
        latency_ms: row.try_get("latency_ms")?,
        detail: row.try_get("detail")?,
        time: Timestamp::from_nanos(row.try_get("time")?),
    })
}
