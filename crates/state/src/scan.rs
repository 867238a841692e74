//! Scans: when what was looked at, and what came of it. What they found lies in the findings; what is installed in
//! `package.rs`.

use serde::{Deserialize, Serialize};
use sqlx::{Row, Sqlite, Transaction, sqlite::SqliteRow};
use yagura_event::{Asset, Finding, FindingKind, Timestamp};

use crate::{
    By, InstalledPackage, State, StateError, Vulnerability, asset, audit, delivery,
    error::checked,
    finding,
    limits::{PAGE_MAX, REASON_BYTES_MAX, SCAN_FINDINGS_MAX, SCANS_MAX, TEXT_BYTES_MAX, cut},
    package,
    secret::random_id,
    vulnerability,
};

/// Names under which one target is looked up.
const TARGETS_MAX: usize = 16;

/// One scan of one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Scan {
    /// Random id.
    pub id: String,
    /// What was looked at: `host`, or a kind and a path or reference (`image:registry/app:1`, `fs:/srv/app`).
    pub target: String,
    /// The asset it turned out to be; `None` until that is known.
    pub asset_id: Option<String>,
    /// How it stands.
    pub status: ScanStatus,
    /// When it was asked for.
    pub started: Timestamp,
    /// Who asked for it.
    pub started_by: String,
    /// When it ended.
    pub finished: Option<Timestamp>,
    /// Packages that were found.
    pub packages: u64,
    /// Vulnerabilities that were found.
    pub vulnerabilities: u64,
    /// Secrets that were found.
    pub secrets: u64,
    /// Malicious files that were found.
    pub malware: u64,
    /// Files, layers and records that could not be read.
    pub problems: u64,
    /// The advisories it was matched against: their generation; `None` without any.
    pub advisories: Option<String>,
    /// Why it failed, or what else is worth knowing.
    pub detail: String,
}

/// How a scan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ScanStatus {
    /// Under way.
    Running,
    /// Ended; what it found is recorded.
    Done,
    /// Could not be done.
    Failed,
    /// Somebody stopped it; what it had found is not recorded.
    Cancelled,
}

impl ScanStatus {
    const ALL: [Self; 4] = [Self::Running, Self::Done, Self::Failed, Self::Cancelled];

    /// The word used in JSON and SQL.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// One page of scans, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScanPage {
    /// The scans.
    pub items: Vec<Scan>,
    /// Cursor of the next page; `None` on the last.
    pub next: Option<String>,
}

/// A finding of kind `vulnerability` with what is particular to it.
#[derive(Debug, Clone, PartialEq)]
pub struct ScannedVulnerability {
    /// The finding.
    pub finding: Finding,
    /// Its particulars. The id, the asset and the decision are taken from the finding.
    pub vulnerability: Vulnerability,
}

/// Everything one scan found.
#[derive(Debug, Clone, PartialEq)]
pub struct ScanResult {
    /// What was looked at.
    pub asset: Asset,
    /// What is installed.
    pub packages: Vec<InstalledPackage>,
    /// Known vulnerabilities, the riskiest first.
    pub vulnerabilities: Vec<ScannedVulnerability>,
    /// Secrets and malware.
    pub others: Vec<Finding>,
    /// Kinds that were looked for: what is not found again of these counts as fixed.
    pub kinds: Vec<FindingKind>,
    /// Files, layers and records that could not be read.
    pub problems: u64,
    /// Generation of the advisories.
    pub advisories: Option<String>,
    /// What else is worth knowing.
    pub detail: String,
}

impl State {
    /// Writes down that a scan of this target begins.
    ///
    /// # Errors
    /// [`StateError::Invalid`] when the target is empty or too long, or when the database fails.
    pub async fn scan_begin(&self, target: &str, by: By<'_>) -> Result<Scan, StateError> {
        let scan = Scan {
            id: random_id()?,
            target: checked("target", target, REASON_BYTES_MAX)?.to_owned(),
            asset_id: None,
            status: ScanStatus::Running,
            started: by.time,
            started_by: by.actor.to_owned(),
            finished: None,
            packages: 0,
            vulnerabilities: 0,
            secrets: 0,
            malware: 0,
            problems: 0,
            advisories: None,
            detail: String::new(),
        };
        let mut transaction = self.write().await?;
        sqlx::query(
            "INSERT INTO scans (id, target, status, started, started_by, packages, vulnerabilities, secrets, malware, \
             problems, detail) VALUES ($1, $2, $3, $4, $5, 0, 0, 0, 0, 0, '')",
        )
        .bind(&scan.id)
        .bind(&scan.target)
        .bind(scan.status.name())
        .bind(scan.started.nanos())
        .bind(&scan.started_by)
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "DELETE FROM scans WHERE id NOT IN (SELECT id FROM scans ORDER BY started DESC, id DESC LIMIT $1)",
        )
        .bind(SCANS_MAX)
        .execute(&mut *transaction)
        .await?;
        audit::append(&mut transaction, by, "scan_begin", &scan.id, &scan.target).await?;
        transaction.commit().await?;
        Ok(scan)
    }

    /// Records what a scan found, all or nothing: the asset, its packages (instead of those of the scan before), its
    /// findings. Findings of the looked-for kinds that the asset had and that were not found again become `fixed`.
    /// Returns the findings that are new or open again.
    ///
    /// # Errors
    /// [`StateError::NotFound`] when no such scan was begun, or when the database fails.
    pub async fn scan_record(
        &self,
        id: &str,
        result: &ScanResult,
        now: Timestamp,
    ) -> Result<Vec<Finding>, StateError> {
        let mut transaction = self.write().await?;
        asset::upsert(&mut transaction, &result.asset).await?;
        package::replace(&mut transaction, &result.asset.id, &result.packages).await?;
        let mut new = Vec::new();
        let listeners = delivery::listeners(&mut transaction).await?;
        let secrets_and_malware = result.others.iter().map(|finding| (finding, None));
        let vulnerabilities =
            result.vulnerabilities.iter().map(|one| (&one.finding, Some(&one.vulnerability)));
        for (found, particulars) in secrets_and_malware.chain(vulnerabilities).take(SCAN_FINDINGS_MAX) {
            if finding::record(&mut transaction, found, &listeners, None).await? {
                new.push(found.clone());
            }
            if let Some(particulars) = particulars {
                vulnerability::write(&mut transaction, found, particulars).await?;
            }
        }
        settle_gone(&mut transaction, result, now).await?;
        finish(&mut transaction, id, result, now).await?;
        transaction.commit().await?;
        Ok(new)
    }

    /// Writes down that a scan could not be done, and why.
    ///
    /// # Errors
    /// [`StateError::NotFound`], or when the database fails.
    pub async fn scan_fail(&self, id: &str, why: &str, now: Timestamp) -> Result<(), StateError> {
        let mut transaction = self.write().await?;
        let done =
            sqlx::query("UPDATE scans SET status = 'failed', finished = $1, detail = $2 WHERE id = $3")
                .bind(now.nanos())
                .bind(cut(why, TEXT_BYTES_MAX))
                .bind(id)
                .execute(&mut *transaction)
                .await?;
        if done.rows_affected() == 0 {
            return Err(StateError::not_found("scan", id));
        }
        Ok(transaction.commit().await?)
    }

    /// Writes down that somebody stopped a scan.
    ///
    /// # Errors
    /// [`StateError::NotFound`], [`StateError::Conflict`] when it is over already, or when the database fails.
    pub async fn scan_cancel(&self, id: &str, by: By<'_>) -> Result<Scan, StateError> {
        let mut transaction = self.write().await?;
        let done = sqlx::query(
            "UPDATE scans SET status = 'cancelled', finished = $1, detail = $2 WHERE id = $3 AND status = 'running'",
        )
        .bind(by.time.nanos())
        .bind(format!("stopped by {}", by.actor))
        .bind(id)
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 0 {
            drop(transaction);
            let scan = self.scan_get(id).await?;
            return Err(StateError::Conflict(format!("the scan is over already: {}", scan.status.name())));
        }
        audit::append(&mut transaction, by, "scan_cancel", id, "").await?;
        transaction.commit().await?;
        self.scan_get(id).await
    }

    /// Marks scans that a killed server left under way as failed; returns how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn scan_fail_abandoned(&self, now: Timestamp) -> Result<u64, StateError> {
        let mut transaction = self.write().await?;
        let done = sqlx::query(
            "UPDATE scans SET status = 'failed', finished = $1, detail = 'the server ended while it ran' \
             WHERE status = 'running'",
        )
        .bind(now.nanos())
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(done.rows_affected())
    }

    /// One scan.
    ///
    /// # Errors
    /// [`StateError::NotFound`], or when the database fails.
    pub async fn scan_get(&self, id: &str) -> Result<Scan, StateError> {
        let row = sqlx::query("SELECT * FROM scans WHERE id = $1")
            .bind(id)
            .fetch_optional(self.reader())
            .await?
            .ok_or_else(|| StateError::not_found("scan", id))?;
        scan(&row)
    }

    /// Scans, the newest first, of one target or of all.
    ///
    /// # Errors
    /// [`StateError::Invalid`] when the cursor is not one that was given out, or when the database fails.
    pub async fn scan_list(
        &self,
        target: Option<&str>,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<ScanPage, StateError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let (before, id) = match cursor {
            None => (i64::MAX, String::new()),
            Some(text) => parse_cursor(text)?,
        };
        let rows = sqlx::query(
            "SELECT * FROM scans WHERE ($1 IS NULL OR target = $1) AND (started, id) < ($2, $3) \
             ORDER BY started DESC, id DESC LIMIT $4",
        )
        .bind(target)
        .bind(before)
        .bind(id)
        .bind(limit as i64 + 1)
        .fetch_all(self.reader())
        .await?;
        let items = rows.iter().take(limit).map(scan).collect::<Result<Vec<_>, _>>()?;
        let last = items.last().filter(|_| rows.len() > limit);
        let next = last.map(|last| format!("{}_{}", last.started.nanos(), last.id));
        Ok(ScanPage { items, next })
    }

    /// The latest scan of one of these targets that ended well.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn scan_latest_done(&self, targets: &[String]) -> Result<Option<Scan>, StateError> {
        let mut latest: Option<Scan> = None;
        for target in targets.iter().take(TARGETS_MAX) {
            let row = sqlx::query(
                "SELECT * FROM scans WHERE target = $1 AND status = 'done' ORDER BY started DESC, id DESC LIMIT 1",
            )
            .bind(target)
            .fetch_optional(self.reader())
            .await?;
            let found = row.as_ref().map(scan).transpose()?;
            latest = [latest, found].into_iter().flatten().max_by_key(|scan| scan.started);
        }
        Ok(latest)
    }
}

fn parse_cursor(text: &str) -> Result<(i64, String), StateError> {
    let parts = text.split_once('_').and_then(|(started, id)| Some((started.parse().ok()?, id.to_owned())));
    parts.ok_or_else(|| StateError::invalid("cursor", "is not one that was given out; leave it out to start"))
}

// What the asset had and has no more. A false alarm stays what it is.
async fn settle_gone(
    transaction: &mut Transaction<'_, Sqlite>,
    result: &ScanResult,
    now: Timestamp,
) -> Result<(), StateError> {
    for kind in &result.kinds {
        sqlx::query(
            "UPDATE findings SET status = 'fixed', status_reason = 'no longer found', accepted_until = NULL, \
             status_time = $1 WHERE asset_id = $2 AND kind = $3 AND status IN ('open', 'accepted') AND last_seen < $4",
        )
        .bind(now.nanos())
        .bind(&result.asset.id)
        .bind(kind.name())
        .bind(result.asset.last_seen.nanos())
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}

async fn finish(
    transaction: &mut Transaction<'_, Sqlite>,
    id: &str,
    result: &ScanResult,
    now: Timestamp,
) -> Result<(), StateError> {
    let count = |kind: FindingKind| result.others.iter().filter(|one| one.kind == kind).count() as i64;
    let done = sqlx::query(
        "UPDATE scans SET status = 'done', asset_id = $1, finished = $2, packages = $3, vulnerabilities = $4, \
         secrets = $5, malware = $6, problems = $7, advisories = $8, detail = $9 WHERE id = $10",
    )
    .bind(&result.asset.id)
    .bind(now.nanos())
    .bind(result.packages.len() as i64)
    .bind(result.vulnerabilities.len() as i64)
    .bind(count(FindingKind::Secret))
    .bind(count(FindingKind::Malware))
    .bind(i64::try_from(result.problems).unwrap_or(i64::MAX))
    .bind(&result.advisories)
    .bind(cut(&result.detail, TEXT_BYTES_MAX))
    .bind(id)
    .execute(&mut **transaction)
    .await?;
    if done.rows_affected() == 0 {
        return Err(StateError::not_found("scan", id));
    }
    Ok(())
}

fn scan(row: &SqliteRow) -> Result<Scan, StateError> {
    let status: &str = row.try_get("status")?;
    let count =
        |name: &str| row.try_get::<i64, _>(name).map(|count| u64::try_from(count).unwrap_or_default());
    Ok(Scan {
        id: row.try_get("id")?,
        target: row.try_get("target")?,
        asset_id: row.try_get("asset_id")?,
        status: ScanStatus::ALL
            .into_iter()
            .find(|word| word.name() == status)
            .ok_or_else(|| StateError::Database(format!("`{status}` is no status of a scan").into()))?,
        started: Timestamp::from_nanos(row.try_get("started")?),
        started_by: row.try_get("started_by")?,
        finished: row.try_get::<Option<i64>, _>("finished")?.map(Timestamp::from_nanos),
        packages: count("packages")?,
        vulnerabilities: count("vulnerabilities")?,
        secrets: count("secrets")?,
        malware: count("malware")?,
        problems: count("problems")?,
        advisories: row.try_get("advisories")?,
        detail: row.try_get("detail")?,
    })
}
