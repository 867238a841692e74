//! `/v1/users`: who may sign in; `/v1/invitation`: how they choose their password.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use yagura_state::{By, Invitation, Password, User, UserChange, limits::PASSWORD_CHARS_MIN};

use crate::{
    access::{Address, Caller},
    app::{App, count},
    extract::{self, Name},
    problem::Problem,
    session::{signed_in, throttled},
    wire::{
        InvitationQuestion, InvitationRequest, InvitationWire, InvitedWire, SessionWire, UserPatch,
        UserRequest,
    },
};

/// Everyone who may sign in.
#[utoipa::path(get, path = "/v1/users", tag = "users", operation_id = "user_list",
    responses((status = 200, body = Vec<User>)))]
pub(crate) async fn user_list(State(app): State<App>) -> Result<Json<Vec<User>>, Problem> {
    Ok(Json(app.state().user_list().await?))
}

/// Invites someone. They choose their password with the token, which is shown this once.
#[utoipa::path(post, path = "/v1/users", tag = "users", operation_id = "user_create",
    request_body = UserRequest,
    responses(
        (status = 201, body = InvitationWire),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "The name is taken"),
    ))]
pub(crate) async fn user_create(
    State(app): State<App>,
    caller: Caller,
    extract::Json(request): extract::Json<UserRequest>,
) -> Result<(StatusCode, Json<InvitationWire>), Problem> {
    let invitation = app.state().user_invite(&request.name, request.role, caller.by(app.now())).await?;
    Ok((StatusCode::CREATED, Json(wire(invitation))))
}

/// Changes what someone may do, or keeps them from signing in. Nobody takes their own rights away.
#[utoipa::path(patch, path = "/v1/users/{id}", tag = "users", operation_id = "user_update",
    params(("id" = String, Path)), request_body = UserPatch,
    responses(
        (status = 200, body = User),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "Oneself, or the last administrator"),
    ))]
pub(crate) async fn user_update(
    State(app): State<App>,
    caller: Caller,
    Name(id): Name,
    extract::Json(patch): extract::Json<UserPatch>,
) -> Result<Json<User>, Problem> {
    not_oneself(&app, &caller, &id).await?;
    let change = UserChange { role: patch.role, disabled: patch.disabled };
    Ok(Json(app.state().user_update(&id, change, caller.by(app.now())).await?))
}

/// Lets someone choose a new password with a token, which is shown this once. Their sessions end now.
#[utoipa::path(post, path = "/v1/users/{id}/reset", tag = "users", operation_id = "user_reset",
    params(("id" = String, Path)),
    responses(
        (status = 200, body = InvitationWire),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "Oneself, or the last administrator"),
    ))]
pub(crate) async fn user_reset(
    State(app): State<App>,
    caller: Caller,
    Name(id): Name,
) -> Result<Json<InvitationWire>, Problem> {
    not_oneself(&app, &caller, &id).await?;
    Ok(Json(wire(app.state().user_reset(&id, caller.by(app.now())).await?)))
}

/// Takes someone out. Their name stays in the audit trail.
#[utoipa::path(delete, path = "/v1/users/{id}", tag = "users", operation_id = "user_delete",
    params(("id" = String, Path)),
    responses(
        (status = 204, description = "Taken out"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "Oneself, or the last administrator"),
    ))]
pub(crate) async fn user_delete(
    State(app): State<App>,
    caller: Caller,
    Name(id): Name,
) -> Result<StatusCode, Problem> {
    let user = not_oneself(&app, &caller, &id).await?;
    app.state().user_delete(&user.name, caller.by(app.now())).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// For whom an invitation is. A token does not travel in an address, where logs would keep it.
#[utoipa::path(post, path = "/v1/invitation/question", tag = "users", operation_id = "invitation_ask",
    request_body = InvitationQuestion,
    responses(
        (status = 200, body = InvitedWire),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "The token does not work"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "Too many attempts"),
    ))]
pub(crate) async fn invitation_ask(
    State(app): State<App>,
    from: Address,
    extract::Json(question): extract::Json<InvitationQuestion>,
) -> Result<Json<InvitedWire>, Problem> {
    throttled(&app, "", &from)?;
    let user = app.state().invitation_get(question.token.trim(), app.now()).await?;
    let user = user.ok_or_else(|| refused(&app))?;
    app.sign_ins.succeed("", from.0.as_deref().unwrap_or_default());
    Ok(Json(InvitedWire { name: user.name, role: user.role, password_chars_min: PASSWORD_CHARS_MIN }))
}

/// Sets the password of who was invited, and signs them in.
#[utoipa::path(post, path = "/v1/invitation", tag = "users", operation_id = "invitation_complete",
    request_body = InvitationRequest,
    responses(
        (status = 201, body = SessionWire, headers(("set-cookie" = String, description = "the session"))),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "The token does not work"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "Too many attempts"),
    ))]
pub(crate) async fn invitation_complete(
    State(app): State<App>,
    from: Address,
    extract::Json(request): extract::Json<InvitationRequest>,
) -> Result<Response, Problem> {
    let password = Password::new(&request.password)?;
    throttled(&app, "", &from)?;
    let by = By { actor: "invited", address: from.0.as_deref(), time: app.now() };
    let done = app.state().invitation_complete(request.token.trim(), &password, by).await?;
    let Some((secret, session)) = done else { return Err(refused(&app)) };
    app.sign_ins.succeed("", from.0.as_deref().unwrap_or_default());
    Ok(signed_in(&app, StatusCode::CREATED, &secret, &session))
}

fn refused(app: &App) -> Problem {
    count(&app.counters.sign_ins_failed);
    let detail = "the invitation is not the right one, was used, was replaced, or is older than 24 hours";
    Problem::new(StatusCode::UNAUTHORIZED, "invitation", detail).hint("ask an administrator for a new one")
}

fn wire(invitation: Invitation) -> InvitationWire {
    InvitationWire {
        token: invitation.token.reveal().to_owned(),
        expires: invitation.expires,
        user: invitation.user,
    }
}

async fn not_oneself(app: &App, caller: &Caller, id: &str) -> Result<User, Problem> {
    let user = app.state().user_get(id).await?;
    if caller.is_user(&user) {
        let detail = "nobody changes their own account here";
        return Err(Problem::new(StatusCode::CONFLICT, "conflict", detail)
            .hint("ask another administrator; the account page changes one's own password"));
    }
    Ok(user)
}
