//! Health, metrics and the API's description, on the paths that Spring Boot's users know.

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use http::{StatusCode, header};
use serde_json::{Value, json};

use crate::health::Health;
use crate::metrics::Metrics;
use crate::rest::Problem;

#[derive(Clone)]
struct Actuator {
    health: Health,
    metrics: Metrics,
    /// As bytes, which clones share: the state is cloned for each connection and route.
    api: Bytes,
}

/// The routes that every service has.
pub fn routes(health: &Health, metrics: &Metrics, api: &Value) -> Router {
    probes(health, metrics, api).merge(zombie(health))
}

/// The route after which the liveness probe fails.
pub fn zombie(health: &Health) -> Router {
    let route = get(make_zombie).post(make_zombie);
    Router::new().route("/makeZombie", route).with_state(health.clone())
}

/// The routes that only tell something.
pub fn probes(health: &Health, metrics: &Metrics, api: &Value) -> Router {
    Router::new()
        .route("/isHealthy", get(is_healthy))
        .route("/actuator/health", get(everything))
        .route("/actuator/health/liveness", get(liveness))
        .route("/actuator/health/readiness", get(readiness))
        .route("/actuator/prometheus", get(prometheus))
        .route("/v3/api-docs", get(api_docs))
        .with_state(Actuator {
            health: health.clone(),
            metrics: metrics.clone(),
            api: api.to_string().into(),
        })
}

async fn is_healthy(State(actuator): State<Actuator>) -> Result<StatusCode, Problem> {
    match actuator.health.sickness() {
        None => Ok(StatusCode::OK),
        Some(sickness) => Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, sickness)),
    }
}

async fn make_zombie(State(health): State<Health>) -> StatusCode {
    health.make_zombie();
    StatusCode::OK
}

async fn everything(State(Actuator { health, .. }): State<Actuator>) -> Response {
    let (live, ready) = (live_status(&health), ready_status(&health));
    let status = if live == "UP" { ready } else { live };
    let components =
        json!({ "livenessState": { "status": live }, "readinessState": { "status": ready } });
    answer(
        json!({ "status": status, "groups": ["liveness", "readiness"], "components": components }),
    )
}

async fn liveness(State(Actuator { health, .. }): State<Actuator>) -> Response {
    answer(json!({ "status": live_status(&health) }))
}

async fn readiness(State(Actuator { health, .. }): State<Actuator>) -> Response {
    answer(json!({ "status": ready_status(&health) }))
}

fn live_status(health: &Health) -> &'static str {
    if health.sickness().is_none() { "UP" } else { "DOWN" }
}

fn ready_status(health: &Health) -> &'static str {
    if health.is_ready() { "UP" } else { "OUT_OF_SERVICE" }
}

fn answer(body: Value) -> Response {
    let status =
        if body["status"] == "UP" { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(body)).into_response()
}

async fn prometheus(State(actuator): State<Actuator>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], actuator.metrics.text()).into_response()
}

async fn api_docs(State(actuator): State<Actuator>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], actuator.api).into_response()
}
