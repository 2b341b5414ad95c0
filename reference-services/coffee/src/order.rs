//! Takes orders and cancels them.

mod commands;
mod domain;
mod events;
mod inbound;
mod outbound;
mod policy;

pub(crate) use inbound::rest::api;

use std::sync::Arc;

use brunt_kit::ServeError;
use brunt_kit::assembly::Assembly;
use brunt_kit::calls::Upstreams;
use brunt_kit::config::{Config, ConfigError, Guard};
use brunt_kit::lifecycle::Service;
use brunt_kit::store::Kind;

use crate::TOPIC;
use commands::App;
use outbound::calls::ProductClient;

/// The settings that only this service has.
pub struct Settings {
    product: Upstreams,
    fail_closed: Guard,
}

impl Settings {
    /// Reads `API_PRODUCT_URL` and `FAIL_CLOSED`.
    ///
    /// # Errors
    /// When one of them cannot be used.
    pub fn read(config: &Config) -> Result<Self, ConfigError> {
        Ok(Self {
            product: config.upstreams("API_PRODUCT_URL", "http://127.0.0.1:8082")?,
            fail_closed: config.guard("FAIL_CLOSED")?,
        })
    }
}

/// Builds the service: its store, routes and background parts.
///
/// # Errors
/// When its store or the event log cannot be used.
pub fn build(config: &Config, settings: Settings) -> Result<Service, ServeError> {
    let assembly = Assembly::open(config, Kind::Sqlite, TOPIC)?;
    let product = ProductClient::new(settings.product, &config.protection, &assembly.metrics);
    assembly.metrics.show_guard("failClosed", settings.fail_closed);
    let app = App { store: assembly.store.clone(), product, fail_closed: settings.fail_closed };
    let grpc = inbound::grpc::routes(app.clone(), &assembly.health);
    let routes = inbound::rest::routes(app).merge(grpc);
    let consumer = assembly.consumer(Arc::new(policy::handle));
    Ok(assembly.service(routes, &api(), vec![consumer]))
}
