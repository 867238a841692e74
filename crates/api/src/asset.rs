//! `/v1/assets`: what is protected.

use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::IntoParams;
use yagura_event::AssetKind;
use yagura_state::limits::PAGE_MAX;

use crate::{app::App, extract::Params, limits::PAGE_ROWS, problem::Problem, wire::AssetPage};

/// Which assets are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AssetQuery {
    /// Of this kind.
    kind: Option<AssetKind>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Most assets to return: 1 to 999, 50 when left out.
    limit: Option<usize>,
}

/// What is protected, and how it stands.
#[utoipa::path(get, path = "/v1/assets", tag = "assets", operation_id = "asset_list",
    params(AssetQuery), responses((status = 200, body = AssetPage)))]
pub(crate) async fn asset_list(
    State(app): State<App>,
    Params(query): Params<AssetQuery>,
) -> Result<Json<AssetPage>, Problem> {
    let limit = query.limit.unwrap_or(PAGE_ROWS).clamp(1, PAGE_MAX - 1);
    let mut items = app.state().asset_list(query.kind, query.cursor.as_deref(), limit + 1).await?;
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|last| last.asset.id.clone());
    Ok(Json(AssetPage { items, next }))
}
