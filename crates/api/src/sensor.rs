//! `/v1/sensor`: what is seen, what cannot be seen, what was lost.

use axum::{Json, extract::State};
use yagura_event::SensorStatus;

use crate::app::App;

/// What the sensor sees, what it cannot see, and what it lost.
#[utoipa::path(get, path = "/v1/sensor", tag = "sensor", operation_id = "sensor_get",
    responses((status = 200, body = SensorStatus)))]
pub(crate) async fn sensor_get(State(app): State<App>) -> Json<SensorStatus> {
    Json(app.system().sensor_status())
}
