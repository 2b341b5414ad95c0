//! Takes orders and lets them be cancelled.

pub mod domain;
mod inbound;
mod outbound;
mod policy;

use std::sync::Arc;

use brunt_kit::ServeError;
use brunt_kit::assembly::Assembly;
use brunt_kit::calls::Upstreams;
use brunt_kit::config::{Config, ConfigError};
use brunt_kit::lifecycle::Service;
use brunt_kit::store::{Kind, Store};

use crate::TOPIC;
use outbound::calls::Product;

/// What only this service is told.
pub struct Settings {
    product: Upstreams,
}

impl Settings {
    /// Reads `API_PRODUCT_URL`.
    ///
    /// # Errors
    /// When it is not a list of URLs.
    pub fn read(config: &Config) -> Result<Self, ConfigError> {
        Ok(Self { product: config.upstreams("API_PRODUCT_URL", "http://127.0.0.1:8082")? })
    }
}

/// What the routes need.
#[derive(Clone)]
struct App {
    store: Store,
    product: Product,
}

/// Puts the service together.
///
/// # Errors
/// When its store or the event log cannot be used.
pub fn build(config: &Config, settings: Settings) -> Result<Service, ServeError> {
    let assembly = Assembly::open(config, Kind::Sqlite, TOPIC)?;
    let product = Product::new(settings.product, config.call_timeout, &assembly.metrics);
    let routes = inbound::rest::routes(App { store: assembly.store.clone(), product });
    let consumer = assembly.consumer(Arc::new(policy::handle));
    Ok(assembly.service(routes, &inbound::rest::api(), vec![consumer]))
}
