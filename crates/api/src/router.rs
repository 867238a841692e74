//! [`router`]: the operations, the console and the shield put together.

use axum::{Extension, Router, extract::Request, http::StatusCode, middleware, response::IntoResponse};

use crate::{
    app::App,
    console::{Assets, Console},
    problem::Problem,
    routes::routes,
    service::Service,
    shield::shield,
};

/// Everything that is answered: the API under `/v1`, `/healthz`, and the console's files at every other path.
pub fn router(service: Service, assets: impl Assets) -> Router {
    let app = App::new(service);
    let console = Console::new(assets);
    let (router, _) = routes();
    router
        .fallback(move |request: Request| async move {
            console.answer(request.method(), request.uri(), request.headers())
        })
        .method_not_allowed_fallback(|| async {
            let detail = "there is an operation at this path, but not with this method";
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail).into_response()
        })
        .layer(middleware::from_fn(shield))
        .layer(Extension(app.clone()))
        .with_state(app)
}

/// The description of the API (OpenAPI 3.1). Each operation names its role as `x-yagura-role`.
pub fn openapi() -> utoipa::openapi::OpenApi {
    routes().1
}
