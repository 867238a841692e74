//! Who may do what: the guard in front of every operation.

use axum::{
    Extension,
    extract::{FromRequestParts, Request},
    http::{HeaderMap, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use yagura_event::Timestamp;
use yagura_state::{By, Role, User};

use crate::{
    app::{App, count},
    problem::Problem,
    serve::Peer,
    wire::CallerKind,
};

/// What an operation asks of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Nothing: whoever reaches the server may call it.
    Public,
    /// At least this role.
    Role(Role),
}

/// Who calls. Only the guard makes one.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) kind: CallerKind,
    pub(crate) expires: Option<Timestamp>,
    pub(crate) credential: Credential,
    pub(crate) address: Address,
}

/// What a caller shows.
#[derive(Clone)]
pub(crate) enum Credential {
    Session(String),
    Token(String),
    Local,
}

/// The network address a request came from; `None` on the local socket.
#[derive(Debug, Clone)]
pub(crate) struct Address(pub(crate) Option<String>);

impl std::fmt::Debug for Credential {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Session(_) => "Session(…)",
            Self::Token(_) => "Token(…)",
            Self::Local => "Local",
        })
    }
}

impl Caller {
    /// Whether the caller is this person.
    pub(crate) fn is_user(&self, user: &User) -> bool {
        self.kind == CallerKind::Session && self.name == user.name
    }

    /// The caller as the audit trail names them.
    pub(crate) fn by(&self, now: Timestamp) -> By<'_> {
        By { actor: &self.name, address: self.address.0.as_deref(), time: now }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        // Missing only when an operation that needs a caller was declared public by mistake.
        parts.extensions.get::<Self>().cloned().ok_or_else(unauthenticated)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Address {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(address(parts.extensions.get()))
    }
}

/// Lets a request through to its operation, or refuses it.
pub(crate) async fn guard(
    access: Access,
    Extension(app): Extension<App>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    match admit(access, &app, &parts).await {
        Ok(caller) => {
            if let Some(caller) = caller {
                parts.extensions.insert(caller);
            }
            next.run(Request::from_parts(parts, body)).await
        }
        Err(problem) => {
            count(&app.counters.refused);
            problem.into_response()
        }
    }
}

async fn admit(access: Access, app: &App, request: &Parts) -> Result<Option<Caller>, Problem> {
    let changes = !matches!(request.method, Method::GET | Method::HEAD);
    let Access::Role(needed) = access else {
        // A page elsewhere must not sign people in under a name of its choice.
        return if changes { check_origin(&request.headers).map(|()| None) } else { Ok(None) };
    };
    let credential = credential(app, request).ok_or_else(unauthenticated)?;
    let from = address(request.extensions.get());
    let caller = app.authenticate(credential, from).await?.ok_or_else(unauthenticated)?;
    if caller.kind == CallerKind::Session && changes {
        check_csrf(&request.headers)?;
    }
    if caller.role < needed {
        let detail = format!(
            "this needs the role `{}`; `{}` has `{}`",
            needed.name(),
            caller.name,
            caller.role.name()
        );
        return Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", detail)
            .hint("ask an administrator for a higher role"));
    }
    Ok(Some(caller))
}

impl App {
    /// Who shows this, if it is still good.
    pub(crate) async fn authenticate(
        &self,
        credential: Credential,
        address: Address,
    ) -> Result<Option<Caller>, Problem> {
        let caller = match &credential {
            Credential::Session(id) => self.state().session_get(id, self.now()).await?.map(|session| {
                (session.user.name, session.user.role, CallerKind::Session, Some(session.expires))
            }),
            Credential::Token(secret) => self
                .state()
                .token_verify(secret, self.now())
                .await?
                .map(|token| (token.name, token.role, CallerKind::Token, token.expires)),
            Credential::Local => Some(("local".to_owned(), Role::Admin, CallerKind::Local, None)),
        };
        Ok(caller.map(|(name, role, kind, expires)| Caller {
            name,
            role,
            kind,
            expires,
            credential,
            address,
        }))
    }

    /// Name of the session cookie. Browsers accept the prefix `__Host-` only over TLS, and then hold the cookie to this
    /// very host.
    pub(crate) fn cookie_name(&self) -> &'static str {
        if self.service.options.tls { "__Host-yagura_session" } else { "yagura_session" }
    }
}

// A token that is shown is the one that counts: a program that sends one does not fall back to a cookie, or to the
// rights of the local socket.
fn credential(app: &App, request: &Parts) -> Option<Credential> {
    let headers = &request.headers;
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
        let token = token.trim();
        return (scheme.eq_ignore_ascii_case("bearer") && token.len() <= 256)
            .then(|| Credential::Token(token.to_owned()));
    }
    if let Some(id) = cookie(headers, app.cookie_name()) {
        return Some(Credential::Session(id.to_owned()));
    }
    matches!(request.extensions.get(), Some(Peer::Local)).then_some(Credential::Local)
}

pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, value)| *key == name && value.len() <= 256)
        .map(|(_, value)| value)
}

fn check_csrf(headers: &HeaderMap) -> Result<(), Problem> {
    if headers.get("x-yagura-csrf").is_none_or(|value| value != "1") {
        let detail = "a change by cookie needs the header `x-yagura-csrf: 1`, which other sites cannot send";
        return Err(
            Problem::new(StatusCode::FORBIDDEN, "csrf", detail).hint("send that header, or use an API token")
        );
    }
    check_origin(headers)
}

// Browsers add `Origin` to every change. `null` and other hosts are not us.
fn check_origin(headers: &HeaderMap) -> Result<(), Problem> {
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    let origin = origin.to_str().ok().and_then(|value| value.split_once("://")).map(|(_, host)| host);
    if origin.zip(host).is_some_and(|(origin, host)| origin.eq_ignore_ascii_case(host)) {
        return Ok(());
    }
    let detail = "the request comes from a page of another site";
    Err(Problem::new(StatusCode::FORBIDDEN, "csrf", detail).hint("use Yagura's own console"))
}

fn address(peer: Option<&Peer>) -> Address {
    Address(match peer {
        Some(Peer::Network(address)) => Some(address.ip().to_canonical().to_string()),
        Some(Peer::Local) => None,
        None => Some("unknown".to_owned()),
    })
}

fn unauthenticated() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "unauthenticated",
        "the request shows no valid session or API token",
    )
    .hint("sign in, or send `Authorization: Bearer ygr_…`")
}
