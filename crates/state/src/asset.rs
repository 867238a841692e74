//! Assets: what is protected.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sqlx::{Row, Sqlite, Transaction, sqlite::SqliteRow};
use yagura_event::{Asset, AssetKind, Severity, Timestamp};

use crate::{
    State, StateError,
    limits::{FACTS_MAX, PAGE_MAX, TEXT_BYTES_MAX, cut},
};

/// An asset and how it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AssetSummary {
    /// The asset.
    pub asset: Asset,
    /// Open findings of what happened on it; vulnerabilities and secrets are counted with its image or scan.
    pub findings_open: u64,
    /// Severity of the worst of them.
    pub severity_max: Option<Severity>,
}

impl State {
    /// Records an asset; what is there already keeps its first sight and takes everything else from the new one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn asset_upsert(&self, asset: &Asset) -> Result<(), StateError> {
        let mut transaction = self.write().await?;
        upsert(&mut transaction, asset).await?;
        Ok(transaction.commit().await?)
    }

    /// Assets in the order of their ids, from after the id `after`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn asset_list(
        &self,
        kind: Option<AssetKind>,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<AssetSummary>, StateError> {
        let rows = sqlx::query(
            "SELECT assets.*, \
             (SELECT COUNT(*) FROM findings WHERE status = 'open' AND kind NOT IN ('vulnerability', 'secret') AND (asset_id = assets.id \
              OR (assets.kind = 'container' AND container_id = substr(assets.id, 1, 12)))) AS findings_open, \
             (SELECT MAX(severity) FROM findings WHERE status = 'open' AND kind NOT IN ('vulnerability', 'secret') AND (asset_id = assets.id \
              OR (assets.kind = 'container' AND container_id = substr(assets.id, 1, 12)))) AS severity_max \
             FROM assets WHERE id > $1 AND ($2 IS NULL OR kind = $2) ORDER BY id LIMIT $3",
        )
        .bind(after.unwrap_or_default())
        .bind(kind.map(AssetKind::name))
        .bind(limit.clamp(1, PAGE_MAX) as i64)
        .fetch_all(self.reader())
        .await?;
        rows.iter()
            .map(|row| {
                let worst: Option<u8> = row.try_get("severity_max")?;
                let findings: i64 = row.try_get("findings_open")?;
                Ok(AssetSummary {
                    asset: asset(row)?,
                    findings_open: u64::try_from(findings).unwrap_or_default(),
                    severity_max: worst.and_then(Severity::from_id),
                })
            })
            .collect()
    }

    /// One asset.
    ///
    /// # Errors
    /// [`StateError::NotFound`], or when the database fails.
    pub async fn asset_get(&self, id: &str) -> Result<Asset, StateError> {
        let row = sqlx::query("SELECT * FROM assets WHERE id = $1")
            .bind(id)
            .fetch_optional(self.reader())
            .await?
            .ok_or_else(|| StateError::not_found("asset", id))?;
        asset(&row)
    }
}

/// Writes one asset within a transaction.
pub(crate) async fn upsert(
    transaction: &mut Transaction<'_, Sqlite>,
    asset: &Asset,
) -> Result<(), StateError> {
    let facts: BTreeMap<&str, &str> = asset
        .facts
        .iter()
        .take(FACTS_MAX)
        .map(|(name, value)| (cut(name, TEXT_BYTES_MAX), cut(value, TEXT_BYTES_MAX)))
        .collect();
    sqlx::query(
        "INSERT INTO assets (id, kind, name, facts, first_seen, last_seen) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name = excluded.name, facts = excluded.facts, \
         last_seen = excluded.last_seen",
    )
    .bind(&asset.id)
    .bind(asset.kind.name())
    .bind(cut(&asset.name, TEXT_BYTES_MAX))
    .bind(serde_json::to_string(&facts)?)
    .bind(asset.first_seen.nanos())
    .bind(asset.last_seen.nanos())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// The asset in a row.
pub(crate) fn asset(row: &SqliteRow) -> Result<Asset, StateError> {
    Ok(Asset {
        id: row.try_get("id")?,
        kind: row
            .try_get::<&str, _>("kind")?
            .parse()
            .map_err(|error: String| StateError::Database(error.into()))?,
        name: row.try_get("name")?,
        facts: serde_json::from_str(row.try_get("facts")?)?,
        first_seen: Timestamp::from_nanos(row.try_get("first_seen")?),
        last_seen: Timestamp::from_nanos(row.try_get("last_seen")?),
    })
}
