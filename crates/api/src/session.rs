//! `/v1/session` and `/v1/password`: signing in and out.

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use yagura_state::{By, Password, Secret, Session};

use crate::{
    access::{Address, Caller, Credential, cookie},
    app::{App, count},
    extract::Json,
    problem::Problem,
    wire::{CallerKind, PasswordRequest, SessionRequest, SessionWire},
};

/// Signs in.
#[utoipa::path(post, path = "/v1/session", tag = "session", operation_id = "session_create",
    request_body = SessionRequest,
    responses(
        (status = 201, body = SessionWire, headers(("set-cookie" = String, description = "the session"))),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Name or password is wrong"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "Too many attempts"),
    ))]
pub(crate) async fn session_create(
    State(app): State<App>,
    from: Address,
    headers: HeaderMap,
    Json(request): Json<SessionRequest>,
) -> Result<Response, Problem> {
    throttled(&app, &request.name, &from)?;
    let by = By { actor: request.name.trim(), address: from.0.as_deref(), time: app.now() };
    let Some(user) = app.state().user_verify(&request.name, &request.password).await? else {
        count(&app.counters.sign_ins_failed);
        app.state().audit_append(by, "session_refuse", by.actor, "wrong name or password").await?;
        let detail = "the name or the password is wrong";
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "sign_in", detail)
            .hint("`yagura user` on the host sets a new password"));
    };
    app.sign_ins.succeed(&request.name, from.0.as_deref().unwrap_or_default());
    // A session that the browser still holds is replaced, so that no id lives on unnoticed.
    if let Some(old) = cookie(&headers, app.cookie_name()) {
        app.state().session_delete(old, by).await?;
    }
    let (secret, session) = app.state().session_create(&user, by).await?;
    Ok(signed_in(&app, StatusCode::CREATED, &secret, &session))
}

/// Who is asking, and what they may do.
#[utoipa::path(get, path = "/v1/session", tag = "session", operation_id = "session_get",
    responses((status = 200, body = SessionWire)))]
pub(crate) async fn session_get(caller: Caller) -> axum::Json<SessionWire> {
    axum::Json(SessionWire {
        name: caller.name,
        kind: caller.kind,
        role: caller.role,
        expires: caller.expires,
    })
}

/// Signs out.
#[utoipa::path(delete, path = "/v1/session", tag = "session", operation_id = "session_delete",
    responses((status = 204, description = "Signed out")))]
pub(crate) async fn session_delete(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    if let Credential::Session(id) = &caller.credential {
        app.state().session_delete(id, caller.by(app.now())).await?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    set_cookie(&app, &mut response, "", 0);
    Ok(response)
}

/// Changes one's own password. Ends all one's sessions and begins a new one.
#[utoipa::path(put, path = "/v1/password", tag = "session", operation_id = "password_set",
    request_body = PasswordRequest,
    responses(
        (status = 200, body = SessionWire, headers(("set-cookie" = String, description = "the new session"))),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "The new password is too short, or the present one is wrong"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "Too many attempts"),
    ))]
pub(crate) async fn password_set(
    State(app): State<App>,
    caller: Caller,
    Json(request): Json<PasswordRequest>,
) -> Result<Response, Problem> {
    if caller.kind != CallerKind::Session {
        let detail = "only someone who signed in with a password has one to change";
        return Err(Problem::new(StatusCode::CONFLICT, "conflict", detail)
            .hint("`yagura user` on the host sets anyone's"));
    }
    let new = Password::new(&request.new)?;
    throttled(&app, &caller.name, &caller.address)?;
    let Some(user) = app.state().user_verify(&caller.name, &request.current).await? else {
        count(&app.counters.sign_ins_failed);
        return Err(Problem::invalid("current: is not the present password"));
    };
    app.sign_ins.succeed(&caller.name, caller.address.0.as_deref().unwrap_or_default());
    let by = caller.by(app.now());
    app.state().user_set_password(&caller.name, &new, by).await?;
    let (secret, session) = app.state().session_create(&user, by).await?;
    Ok(signed_in(&app, StatusCode::OK, &secret, &session))
}

/// Refuses whoever failed too often of late.
pub(crate) fn throttled(app: &App, name: &str, from: &Address) -> Result<(), Problem> {
    let address = from.0.as_deref().unwrap_or_default();
    app.sign_ins.attempt(name, address, app.now()).map_err(|seconds| {
        count(&app.counters.sign_ins_failed);
        Problem::busy("too many attempts to sign in failed", seconds)
    })
}

/// The answer to someone who just signed in.
pub(crate) fn signed_in(app: &App, status: StatusCode, secret: &Secret, session: &Session) -> Response {
    let wire = SessionWire {
        name: session.user.name.clone(),
        kind: CallerKind::Session,
        role: session.user.role,
        expires: Some(session.expires),
    };
    let mut response = (status, axum::Json(wire)).into_response();
    let seconds = (session.expires.nanos() - app.now().nanos()) / 1_000_000_000;
    set_cookie(app, &mut response, secret.reveal(), seconds);
    response
}

fn set_cookie(app: &App, response: &mut Response, value: &str, max_age_s: i64) {
    let name = app.cookie_name();
    let secure = if app.service.options.tls { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={max_age_s}{secure}");
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
}
