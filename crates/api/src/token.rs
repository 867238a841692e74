//! `/v1/tokens`: keys for programs.

use axum::{Json, extract::State, http::StatusCode};
use yagura_state::ApiToken;

use crate::{
    access::Caller,
    app::App,
    extract::{self, Name},
    problem::Problem,
    wire::{TokenCreated, TokenRequest},
};

/// Every API token, without its secret.
#[utoipa::path(get, path = "/v1/tokens", tag = "tokens", operation_id = "token_list",
    responses((status = 200, body = Vec<ApiToken>)))]
pub(crate) async fn token_list(State(app): State<App>) -> Result<Json<Vec<ApiToken>>, Problem> {
    Ok(Json(app.state().token_list().await?))
}

/// Makes an API token. Its secret is shown this once.
#[utoipa::path(post, path = "/v1/tokens", tag = "tokens", operation_id = "token_create",
    request_body = TokenRequest,
    responses(
        (status = 201, body = TokenCreated),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "The name is taken"),
    ))]
pub(crate) async fn token_create(
    State(app): State<App>,
    caller: Caller,
    extract::Json(request): extract::Json<TokenRequest>,
) -> Result<(StatusCode, Json<TokenCreated>), Problem> {
    let by = caller.by(app.now());
    let (secret, token) = app.state().token_create(&request.name, request.role, request.expires, by).await?;
    Ok((StatusCode::CREATED, Json(TokenCreated { secret: secret.reveal().to_owned(), token })))
}

/// Ends an API token.
#[utoipa::path(delete, path = "/v1/tokens/{id}", tag = "tokens", operation_id = "token_delete",
    params(("id" = String, Path)),
    responses((status = 204, description = "Ended"), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn token_delete(
    State(app): State<App>,
    caller: Caller,
    Name(id): Name,
) -> Result<StatusCode, Problem> {
    app.state().token_delete(&id, caller.by(app.now())).await?;
    Ok(StatusCode::NO_CONTENT)
}
