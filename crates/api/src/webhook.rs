//! `/v1/webhooks`: who is told of findings; `/v1/deliveries`: what they were told, and what they could not be told.

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::IntoParams;
use yagura_state::{Delivery, DeliveryStatus, Webhook, WebhookChange};

use crate::{
    access::Caller,
    app::App,
    extract::{self, Name, Params},
    limits::PAGE_ROWS,
    problem::Problem,
    wire::{WebhookRequest, WebhookTested},
};

impl WebhookRequest {
    fn change(&self) -> WebhookChange<'_> {
        WebhookChange {
            name: &self.name,
            url: &self.url,
            shape: self.shape,
            severity_min: self.severity_min,
            enabled: self.enabled,
            secret: self.secret.as_deref(),
        }
    }
}

/// Everyone who is told of findings. Secrets are never shown again.
#[utoipa::path(get, path = "/v1/webhooks", tag = "response", operation_id = "webhook_list",
    responses((status = 200, body = Vec<Webhook>)))]
pub(crate) async fn webhook_list(State(app): State<App>) -> Result<Json<Vec<Webhook>>, Problem> {
    Ok(Json(app.state().webhook_list().await?))
}

/// Adds a webhook. It is told of every finding that is new or opens again, and severe enough.
#[utoipa::path(post, path = "/v1/webhooks", tag = "response", operation_id = "webhook_create",
    request_body = WebhookRequest,
    responses(
        (status = 201, body = Webhook),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "The name is taken"),
    ))]
pub(crate) async fn webhook_create(
    State(app): State<App>,
    caller: Caller,
    extract::Json(request): extract::Json<WebhookRequest>,
) -> Result<(StatusCode, Json<Webhook>), Problem> {
    let webhook = app.state().webhook_create(request.change(), caller.by(app.now())).await?;
    Ok((StatusCode::CREATED, Json(webhook)))
}

/// Changes a webhook.
#[utoipa::path(put, path = "/v1/webhooks/{id}", tag = "response", operation_id = "webhook_update",
    params(("id" = String, Path)), request_body = WebhookRequest,
    responses((status = 200, body = Webhook), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn webhook_update(
    State(app): State<App>,
    caller: Caller,
    Name(id): Name,
    extract::Json(request): extract::Json<WebhookRequest>,
) -> Result<Json<Webhook>, Problem> {
    Ok(Json(app.state().webhook_update(&id, request.change(), caller.by(app.now())).await?))
}

/// Takes a webhook away, with the list of what it was told.
#[utoipa::path(delete, path = "/v1/webhooks/{id}", tag = "response", operation_id = "webhook_delete",
    params(("id" = String, Path)),
    responses((status = 204, description = "Taken away"), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn webhook_delete(
    State(app): State<App>,
    caller: Caller,
    Name(id): Name,
) -> Result<StatusCode, Problem> {
    app.state().webhook_delete(&id, caller.by(app.now())).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a made-up finding to a webhook now, and says how that went. A refusal is an answer, no error.
#[utoipa::path(post, path = "/v1/webhooks/{id}/test", tag = "response", operation_id = "webhook_test",
    params(("id" = String, Path)),
    responses((status = 200, body = WebhookTested), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn webhook_test(
    State(app): State<App>,
    caller: Caller,
    Name(id): Name,
) -> Result<Json<WebhookTested>, Problem> {
    let (webhook, secret) = app.state().webhook_get(&id).await?;
    let name = webhook.name.clone();
    let sent = app.system().webhook_test(webhook, secret).await;
    let detail = if sent.is_ok() { "taken" } else { "refused" };
    app.state().audit_append(caller.by(app.now()), "webhook_test", &name, detail).await?;
    Ok(Json(WebhookTested { delivered: sent.is_ok(), reason: sent.err() }))
}

/// Which deliveries are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeliveryQuery {
    /// With this status.
    status: Option<DeliveryStatus>,
    /// Most deliveries to return: 1 to 1000, 50 when left out.
    limit: Option<usize>,
}

/// What webhooks are told, the latest first.
#[utoipa::path(get, path = "/v1/deliveries", tag = "response", operation_id = "delivery_list",
    params(DeliveryQuery), responses((status = 200, body = Vec<Delivery>)))]
pub(crate) async fn delivery_list(
    State(app): State<App>,
    Params(query): Params<DeliveryQuery>,
) -> Result<Json<Vec<Delivery>>, Problem> {
    Ok(Json(app.state().delivery_list(query.status, query.limit.unwrap_or(PAGE_ROWS)).await?))
}

/// Sends again what was given up.
#[utoipa::path(post, path = "/v1/deliveries/{id}/retry", tag = "response", operation_id = "delivery_retry",
    params(("id" = String, Path)),
    responses((status = 204, description = "It is sent again"), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn delivery_retry(
    State(app): State<App>,
    caller: Caller,
    Name(id): Name,
) -> Result<StatusCode, Problem> {
    app.state().delivery_retry(&id, caller.by(app.now())).await?;
    Ok(StatusCode::NO_CONTENT)
}
