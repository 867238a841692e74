//! `/v1/packages`: where is it installed? `/v1/images`: what was scanned, and how it stands.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use yagura_event::AssetKind;
use yagura_state::{PackageFilter, PackagePage, ScannedImage, limits::PAGE_MAX};

use crate::{app::App, extract::Params, limits::PAGE_ROWS, problem::Problem};

/// Which packages are listed. What is left out does not filter.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PackageQuery {
    /// With this text in name or package URL.
    text: Option<String>,
    /// With exactly this name.
    name: Option<String>,
    /// With exactly this version.
    version: Option<String>,
    /// Of this type: `deb`, `npm`, `maven` …
    package_type: Option<String>,
    /// Whose package URL begins so.
    purl: Option<String>,
    /// In this asset.
    asset_id: Option<String>,
    /// In this image layer.
    layer: Option<String>,
    /// Only those that are in use.
    used: Option<bool>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Most packages to return: 1 to 1000, 50 when left out.
    limit: Option<usize>,
}

/// Where packages are installed: asset, file and layer, in the order of their names.
#[utoipa::path(get, path = "/v1/packages", tag = "packages", operation_id = "package_list",
    params(PackageQuery), responses((status = 200, body = PackagePage)))]
pub(crate) async fn package_list(
    State(app): State<App>,
    Params(query): Params<PackageQuery>,
) -> Result<Json<PackagePage>, Problem> {
    let filter = PackageFilter {
        text: query.text,
        name: query.name,
        version: query.version,
        package_type: query.package_type,
        purl: query.purl,
        asset_id: query.asset_id,
        layer: query.layer,
        used: query.used.unwrap_or_default(),
    };
    let limit = query.limit.unwrap_or(PAGE_ROWS);
    Ok(Json(app.state().package_list(&filter, query.cursor.as_deref(), limit).await?))
}

/// One page of what was scanned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImagePage {
    /// What was scanned.
    pub items: Vec<ScannedImage>,
    /// Cursor of the next page; `None` on the last.
    pub next: Option<String>,
}

/// Which scanned assets are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ImageQuery {
    /// Of this kind; `image` when left out.
    kind: Option<AssetKind>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Most to return: 1 to 999, 50 when left out.
    limit: Option<usize>,
}

/// Images (or assets of another kind) that were scanned, and how they stand.
#[utoipa::path(get, path = "/v1/images", tag = "packages", operation_id = "image_list",
    params(ImageQuery), responses((status = 200, body = ImagePage)))]
pub(crate) async fn image_list(
    State(app): State<App>,
    Params(query): Params<ImageQuery>,
) -> Result<Json<ImagePage>, Problem> {
    let limit = query.limit.unwrap_or(PAGE_ROWS).clamp(1, PAGE_MAX - 1);
    let kind = query.kind.unwrap_or(AssetKind::Image);
    let mut items = app.state().scanned_list(kind, query.cursor.as_deref(), limit + 1).await?;
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|last| last.asset.id.clone());
    Ok(Json(ImagePage { items, next }))
}
