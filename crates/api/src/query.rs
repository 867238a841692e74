//! `/v1/queries`: questions worth asking again.

use axum::{Json, extract::State, http::StatusCode};
use yagura_state::SavedQuery;

use crate::{
    access::Caller,
    app::App,
    extract::{self, Name},
    problem::Problem,
    wire::SavedQueryRequest,
};

/// Every saved query.
#[utoipa::path(get, path = "/v1/queries", tag = "hunt", operation_id = "query_list",
    responses((status = 200, body = Vec<SavedQuery>)))]
pub(crate) async fn query_list(State(app): State<App>) -> Result<Json<Vec<SavedQuery>>, Problem> {
    Ok(Json(app.state().query_list().await?))
}

/// Saves a query.
#[utoipa::path(post, path = "/v1/queries", tag = "hunt", operation_id = "query_create",
    request_body = SavedQueryRequest,
    responses(
        (status = 201, body = SavedQuery),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "The name is taken"),
    ))]
pub(crate) async fn query_create(
    State(app): State<App>,
    caller: Caller,
    extract::Json(request): extract::Json<SavedQueryRequest>,
) -> Result<(StatusCode, Json<SavedQuery>), Problem> {
    let query = app.state().query_create(&request.name, &request.sql, caller.by(app.now())).await?;
    Ok((StatusCode::CREATED, Json(query)))
}

/// Deletes a saved query.
#[utoipa::path(delete, path = "/v1/queries/{id}", tag = "hunt", operation_id = "query_delete",
    params(("id" = String, Path)),
    responses((status = 204, description = "Deleted"), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn query_delete(
    State(app): State<App>,
    caller: Caller,
    Name(id): Name,
) -> Result<StatusCode, Problem> {
    app.state().query_delete(&id, caller.by(app.now())).await?;
    Ok(StatusCode::NO_CONTENT)
}
