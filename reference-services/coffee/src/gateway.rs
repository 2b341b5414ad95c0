//! The one address for all: routes by path to the other services.

use std::time::Duration;

use axum::Router;
use brunt_kit::ServeError;
use brunt_kit::config::{Config, ConfigError};
use brunt_kit::health::Health;
use brunt_kit::lifecycle::Service;
use brunt_kit::metrics::Metrics;
use brunt_kit::openapi::{Operation, document};
use brunt_kit::proxy::{Proxy, Route};
use brunt_kit::{actuator, rest};
use serde_json::Value;

/// What only this service is told.
pub struct Settings {
    routes: Vec<Route>,
    deadline: Duration,
}

impl Settings {
    /// Reads where the services are, each perhaps in several replicas, and `GATEWAY_TIMEOUT`.
    ///
    /// # Errors
    /// When one of them cannot be used.
    pub fn read(config: &Config) -> Result<Self, ConfigError> {
        let route = |prefix, variable, default| {
            Ok::<_, ConfigError>(Route { prefix, upstreams: config.upstreams(variable, default)? })
        };
        Ok(Self {
            routes: vec![
                route("orders", "API_ORDER_URL", "http://127.0.0.1:8081")?,
                route("products", "API_PRODUCT_URL", "http://127.0.0.1:8082")?,
                route("stocks", "API_STOCK_URL", "http://127.0.0.1:8083")?,
                route("mypages", "API_CUSTOMERCENTER_URL", "http://127.0.0.1:8084")?,
            ],
            deadline: config.env().duration("GATEWAY_TIMEOUT", "10s")?,
        })
    }
}

/// Puts the gateway together.
///
/// # Errors
/// None: it has neither store nor log.
pub fn build(config: &Config, settings: Settings) -> Result<Service, ServeError> {
    let (health, metrics) = (Health::default(), Metrics::new(config));
    let proxy = Proxy::new(settings.routes, settings.deadline, &metrics);
    let routes = Router::new().fallback(Proxy::forward).with_state(proxy);
    let router = rest::surround(actuator::routes(&health, &metrics, &api()).merge(routes), &metrics);
    Ok(Service { name: config.service, grace: config.grace, health, router, background: Vec::new() })
}

fn api() -> Value {
    let operation = |path, summary| Operation {
        method: "get",
        path,
        summary,
        body: None,
        responses: &[(200, "What the service answers"), (503, "The service cannot be reached")],
    };
    document(
        "gateway",
        &[
            operation("/orders", "Everything under it goes to order"),
            operation("/products", "Everything under it goes to product"),
            operation("/stocks", "Everything under it goes to stock"),
            operation("/mypages", "Everything under it goes to customercenter"),
        ],
    )
}
