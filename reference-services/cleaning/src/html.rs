//! A small web page to reserve, to cancel, and to read one's reservations and messages. It calls
//! nothing but the gateway.

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use brunt_kit::ServeError;
use brunt_kit::config::Config;
use brunt_kit::health::Health;
use brunt_kit::lifecycle::Service;
use brunt_kit::openapi::{self, document};
use brunt_kit::{actuator, rest};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use serde_json::Value;

/// Nothing from elsewhere, and nothing that is written into the page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Builds the service: its store, routes and background parts.
///
/// # Errors
/// None: it has neither store nor log.
pub fn build(config: &Config) -> Result<Service, ServeError> {
    let (health, metrics) = (Health::default(), config.metrics());
    let routes = routes().merge(actuator::routes(&health, &metrics, &api()));
    let router = rest::router(routes, &metrics);
    Ok(Service {
        name: config.service,
        grace: config.grace,
        health,
        router,
        background: Vec::new(),
    })
}

fn routes() -> Router {
    let page = || async { file("text/html; charset=utf-8", include_str!("html/page.html")) };
    let style = || async { file("text/css; charset=utf-8", include_str!("html/page.css")) };
    let script = || async { file("text/javascript; charset=utf-8", include_str!("html/page.js")) };
    Router::new()
        .route("/", get(page))
        .route("/html/page.css", get(style))
        .route("/html/page.js", get(script))
}

fn file(media_type: &'static str, text: &'static str) -> Response {
    let headers = [
        (CONTENT_TYPE, media_type),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CACHE_CONTROL, "no-cache"),
    ];
    (headers, text).into_response()
}

pub(crate) fn api() -> Value {
    document("html", &[openapi::get("/", "The page").ends(200, "The page")])
}
