//! What was scanned and how it stands: images, and other assets with what their latest scan found.

use serde::{Deserialize, Serialize};
use sqlx::{Row, sqlite::SqliteRow};
use yagura_event::{Asset, AssetKind, Severity, Timestamp};

use crate::{SeverityCount, State, StateError, asset, limits::PAGE_MAX};

/// An asset that was scanned, and how it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScannedImage {
    /// The asset.
    pub asset: Asset,
    /// When its latest scan ended.
    pub scanned: Timestamp,
    /// Packages in it.
    pub packages: u64,
    /// Open vulnerabilities by severity, the worst first; severities without are left out.
    pub vulnerabilities: Vec<SeverityCount>,
    /// Of those, fixed by a newer version.
    pub fixable: u64,
    /// Open findings of secrets in its files.
    pub secrets: u64,
    /// Open findings of malicious files.
    pub malware: u64,
}

impl State {
    /// Assets of this kind that were scanned, in the order of their ids, from after the id `after`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn scanned_list(
        &self,
        kind: AssetKind,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<ScannedImage>, StateError> {
        let rows = sqlx::query(
            "SELECT assets.*, (SELECT MAX(finished) FROM scans WHERE asset_id = assets.id AND status = 'done') AS scanned, \
             (SELECT COUNT(*) FROM packages WHERE asset_id = assets.id) AS packages, \
             (SELECT COUNT(*) FROM findings WHERE asset_id = assets.id AND status = 'open' AND kind = 'secret') AS secrets, \
             (SELECT COUNT(*) FROM findings WHERE asset_id = assets.id AND status = 'open' AND kind = 'malware') AS malware \
             FROM assets WHERE id > $1 AND kind = $2 \
             AND EXISTS (SELECT 1 FROM scans WHERE asset_id = assets.id AND status = 'done') ORDER BY id LIMIT $3",
        )
        .bind(after.unwrap_or_default())
        .bind(kind.name())
        .bind(limit.clamp(1, PAGE_MAX) as i64)
        .fetch_all(self.reader())
        .await?;
        let mut images = Vec::with_capacity(rows.len());
        for row in &rows {
            images.push(self.scanned(row).await?);
        }
        Ok(images)
    }

    async fn scanned(&self, row: &SqliteRow) -> Result<ScannedImage, StateError> {
        let asset = asset::asset(row)?;
        let counts: Vec<(i64, i64, i64)> = sqlx::query_as(
            "SELECT f.severity, COUNT(*), SUM(CASE WHEN v.fixed_version IS NOT NULL THEN 1 ELSE 0 END) \
             FROM vulnerabilities AS v JOIN findings AS f ON f.id = v.finding_id \
             WHERE v.asset_id = $1 AND f.status = 'open' GROUP BY f.severity ORDER BY f.severity DESC",
        )
        .bind(&asset.id)
        .fetch_all(self.reader())
        .await?;
        let vulnerabilities = counts.iter().filter_map(|(id, count, _)| {
            let severity = u8::try_from(*id).ok().and_then(Severity::from_id)?;
            Some(SeverityCount { severity, count: unsigned(*count) })
        });
        let number = |name: &str| row.try_get(name).map(unsigned);
        Ok(ScannedImage {
            scanned: Timestamp::from_nanos(row.try_get::<Option<i64>, _>("scanned")?.unwrap_or_default()),
            packages: number("packages")?,
            vulnerabilities: vulnerabilities.collect(),
            fixable: counts.iter().map(|(_, _, fixable)| unsigned(*fixable)).sum(),
            secrets: number("secrets")?,
            malware: number("malware")?,
            asset,
        })
    }

    /// The image with this id, or with this digest among its facts.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn image_find(&self, digest: &str) -> Result<Option<Asset>, StateError> {
        let fact = format!("%\"{}\"%", crate::finding_list::escape_like(digest));
        let row = sqlx::query(
            "SELECT * FROM assets WHERE kind = 'image' AND (id = $1 OR facts LIKE $2 ESCAPE '\\') \
             ORDER BY last_seen DESC LIMIT 1",
        )
        .bind(digest)
        .bind(fact)
        .fetch_optional(self.reader())
        .await?;
        row.as_ref().map(asset::asset).transpose()
    }
}

fn unsigned(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}
