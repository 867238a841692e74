//! Packages: what the latest scan of each asset found installed.

use serde::{Deserialize, Serialize};
use sqlx::{QueryBuilder, Row, Sqlite, Transaction, sqlite::SqliteRow};
use yagura_event::Timestamp;

use crate::{
    State, StateError,
    finding_list::escape_like,
    limits::{NAME_BYTES_MAX, PACKAGES_MAX, PAGE_MAX, TEXT_BYTES_MAX, cut},
};

/// Who uses a package: the process seen last to run it or to have one of its files mapped or open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PackageUse {
    /// Path of the program.
    pub program: String,
    /// Its process, if it still ran.
    pub process_id: Option<u32>,
    /// Id of the container it ran in.
    pub container_id: Option<String>,
    /// That container's name.
    pub container_name: Option<String>,
    /// The package's file it uses.
    pub file: String,
    /// When it was last seen to.
    pub last_seen: Timestamp,
}

/// A package in a place of an asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InstalledPackage {
    /// The asset it is installed in.
    pub asset_id: String,
    /// That asset's name; filled in when listed.
    #[serde(default)]
    pub asset_name: String,
    /// Package URL.
    pub purl: String,
    /// Name with its namespace.
    pub name: String,
    /// Version as its ecosystem writes it.
    pub version: String,
    /// Type of the package URL: `deb`, `npm`, `maven` …
    pub package_type: String,
    /// The file that says so.
    pub location: String,
    /// Digest of the image layer that file is in.
    pub layer: Option<String>,
    /// The distribution's package that brought that file.
    pub owned_by: Option<String>,
    /// Licences.
    pub licences: Vec<String>,
    /// Who uses it; `None` if nobody was seen to.
    pub used: Option<PackageUse>,
}

/// Which packages are listed. What is left out does not filter.
#[derive(Debug, Clone, Default)]
pub struct PackageFilter {
    /// With this text in name or package URL, in any case.
    pub text: Option<String>,
    /// With exactly this name.
    pub name: Option<String>,
    /// With exactly this version.
    pub version: Option<String>,
    /// Of this type.
    pub package_type: Option<String>,
    /// Whose package URL begins so.
    pub purl: Option<String>,
    /// In this asset.
    pub asset_id: Option<String>,
    /// In this image layer.
    pub layer: Option<String>,
    /// Only those that are in use.
    pub used: bool,
}

/// One page of packages, in the order of their names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PackagePage {
    /// The packages.
    pub items: Vec<InstalledPackage>,
    /// Cursor of the next page; `None` on the last.
    pub next: Option<String>,
}

impl State {
    /// Where a package is installed: the answer to "where is log4j?".
    ///
    /// # Errors
    /// [`StateError::Invalid`] when the cursor is not one that was given out, or when the database fails.
    pub async fn package_list(
        &self,
        filter: &PackageFilter,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<PackagePage, StateError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT packages.*, COALESCE((SELECT name FROM assets WHERE id = asset_id), asset_id) AS asset_name \
             FROM packages WHERE 1 = 1",
        );
        if let Some(text) = filter.text.as_deref().filter(|text| !text.is_empty()) {
            let pattern = format!("%{}%", escape_like(cut(text, NAME_BYTES_MAX)));
            query.push(" AND (name LIKE ").push_bind(pattern.clone()).push(" ESCAPE '\\' OR purl LIKE ");
            query.push_bind(pattern).push(" ESCAPE '\\')");
        }
        if let Some(purl) = filter.purl.as_deref().filter(|purl| !purl.is_empty()) {
            let pattern = format!("{}%", escape_like(cut(purl, TEXT_BYTES_MAX)));
            query.push(" AND purl LIKE ").push_bind(pattern).push(" ESCAPE '\\'");
        }
        if filter.used {
            query.push(" AND used IS NOT NULL");
        }
        let equals = [
            (" AND name = ", &filter.name),
            (" AND layer = ", &filter.layer),
            (" AND version = ", &filter.version),
            (" AND package_type = ", &filter.package_type),
            (" AND asset_id = ", &filter.asset_id),
        ];
        for (condition, value) in equals {
            if let Some(value) = value {
                query.push(condition).push_bind(value.clone());
            }
        }
        if let Some(cursor) = cursor {
            let key: [String; 5] = serde_json::from_str(cursor).map_err(|_| {
                StateError::invalid("cursor", "is not one that was given out; leave it out to start")
            })?;
            query.push(" AND (name, version, asset_id, purl, location) > (");
            let mut parts = query.separated(", ");
            key.into_iter().for_each(|part| {
                parts.push_bind(part);
            });
            query.push(")");
        }
        query.push(" ORDER BY name, version, asset_id, purl, location LIMIT ").push_bind(limit as i64 + 1);
        let rows = query.build().fetch_all(self.reader()).await?;
        let items = rows.iter().take(limit).map(package).collect::<Result<Vec<_>, _>>()?;
        let next = match items.last().filter(|_| rows.len() > limit) {
            Some(last) => Some(serde_json::to_string(&[
                &last.name,
                &last.version,
                &last.asset_id,
                &last.purl,
                &last.location,
            ])?),
            None => None,
        };
        Ok(PackagePage { items, next })
    }
}

/// Puts these packages in the place of those that the asset had.
pub(crate) async fn replace(
    transaction: &mut Transaction<'_, Sqlite>,
    asset_id: &str,
    packages: &[InstalledPackage],
) -> Result<(), StateError> {
    sqlx::query("DELETE FROM packages WHERE asset_id = $1")
        .bind(asset_id)
        .execute(&mut **transaction)
        .await?;
    let text = |text: &str| cut(text, TEXT_BYTES_MAX).to_owned();
    for package in packages.iter().take(PACKAGES_MAX) {
        sqlx::query(
            "INSERT INTO packages (asset_id, purl, location, name, version, package_type, layer, owned_by, licences, \
             used) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
        )
        .bind(asset_id)
        .bind(text(&package.purl))
        .bind(text(&package.location))
        .bind(text(&package.name))
        .bind(text(&package.version))
        .bind(text(&package.package_type))
        .bind(&package.layer)
        .bind(package.owned_by.as_deref().map(text))
        .bind(serde_json::to_string(&package.licences)?)
        .bind(use_text(package.used.as_ref())?)
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}

fn package(row: &SqliteRow) -> Result<InstalledPackage, StateError> {
    Ok(InstalledPackage {
        asset_id: row.try_get("asset_id")?,
        asset_name: row.try_get("asset_name")?,
        purl: row.try_get("purl")?,
        name: row.try_get("name")?,
        version: row.try_get("version")?,
        package_type: row.try_get("package_type")?,
        location: row.try_get("location")?,
        layer: row.try_get("layer")?,
        owned_by: row.try_get("owned_by")?,
        licences: serde_json::from_str(row.try_get("licences")?)?,
        used: use_of(row)?,
    })
}

/// A use as it is stored.
pub(crate) fn use_text(used: Option<&PackageUse>) -> Result<Option<String>, StateError> {
    Ok(used.map(serde_json::to_string).transpose()?)
}

/// The use in a row. What an older Yagura wrote is not known.
pub(crate) fn use_of(row: &SqliteRow) -> Result<Option<PackageUse>, StateError> {
    let text: Option<String> = row.try_get("used")?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}
