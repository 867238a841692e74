//! `/v1/setup`: the first administrator.

use axum::{extract::State, http::StatusCode, response::Response};
use yagura_state::{By, Password, limits::PASSWORD_CHARS_MIN};

use crate::{
    access::Address,
    app::{App, count},
    extract::Json,
    problem::Problem,
    session::{signed_in, throttled},
    wire::{SessionWire, SetupRequest, SetupWire},
};

/// Whether the first administrator is still to be made.
#[utoipa::path(get, path = "/v1/setup", tag = "setup", operation_id = "setup_get",
    responses((status = 200, body = SetupWire)))]
pub(crate) async fn setup_get(State(app): State<App>) -> Result<axum::Json<SetupWire>, Problem> {
    let needed = !app.state().user_exists().await?;
    Ok(axum::Json(SetupWire { needed, password_chars_min: PASSWORD_CHARS_MIN }))
}

/// Makes the first administrator with the one-time token, and signs them in.
#[utoipa::path(post, path = "/v1/setup", tag = "setup", operation_id = "setup_complete",
    request_body = SetupRequest,
    responses(
        (status = 201, body = SessionWire, headers(("set-cookie" = String, description = "the session"))),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "Set-up is done"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "Too many attempts"),
    ))]
pub(crate) async fn setup_complete(
    State(app): State<App>,
    from: Address,
    Json(request): Json<SetupRequest>,
) -> Result<Response, Problem> {
    let password = Password::new(&request.password)?;
    throttled(&app, "", &from)?;
    let by = By { actor: request.name.trim(), address: from.0.as_deref(), time: app.now() };
    let done = app.state().setup_complete(request.token.trim(), &request.name, &password, by).await?;
    let Some((secret, session)) = done else {
        count(&app.counters.sign_ins_failed);
        let detail = "the set-up token is not the right one, was used, or is older than 24 hours";
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "setup_token", detail)
            .hint("`yagura up` prints a new one when it starts"));
    };
    app.sign_ins.succeed("", from.0.as_deref().unwrap_or_default());
    Ok(signed_in(&app, StatusCode::CREATED, &secret, &session))
}
