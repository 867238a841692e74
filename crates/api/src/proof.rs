//! `/v1/proofs`: what emulated attacks proved.

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::IntoParams;
use yagura_state::Proof;

use crate::{
    access::Caller,
    app::App,
    extract::{self, Params},
    limits::{PAGE_ROWS, PROOFS_MAX},
    problem::Problem,
};

/// How many proofs are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ProofQuery {
    /// Most proofs to return: 1 to 1000, 50 when left out.
    limit: Option<usize>,
}

/// What emulated attacks proved, the latest first.
#[utoipa::path(get, path = "/v1/proofs", tag = "proofs", operation_id = "proof_list",
    params(ProofQuery), responses((status = 200, body = Vec<Proof>)))]
pub(crate) async fn proof_list(
    State(app): State<App>,
    Params(query): Params<ProofQuery>,
) -> Result<Json<Vec<Proof>>, Problem> {
    Ok(Json(app.state().proof_list(query.limit.unwrap_or(PAGE_ROWS)).await?))
}

/// Records what emulated attacks proved.
#[utoipa::path(post, path = "/v1/proofs", tag = "proofs", operation_id = "proof_record",
    request_body = Vec<Proof>, responses((status = 204, description = "Recorded")))]
pub(crate) async fn proof_record(
    State(app): State<App>,
    caller: Caller,
    extract::Json(proofs): extract::Json<Vec<Proof>>,
) -> Result<StatusCode, Problem> {
    if proofs.len() > PROOFS_MAX {
        return Err(Problem::invalid(format!("{} proofs; at most {PROOFS_MAX} at once", proofs.len())));
    }
    app.state().proof_record(&proofs, caller.by(app.now())).await?;
    Ok(StatusCode::NO_CONTENT)
}
