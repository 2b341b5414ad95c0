//! Makes what was ordered, if stock has it.

mod domain;
mod events;
mod inbound;
mod maker;
mod outbound;
mod policy;

pub(crate) use inbound::rest::api;

use std::sync::Arc;
use std::time::Duration;

use brunt_kit::ServeError;
use brunt_kit::assembly::Assembly;
use brunt_kit::calls::Upstreams;
use brunt_kit::config::{Config, ConfigError, Guard};
use brunt_kit::lifecycle::{Background, Service};
use brunt_kit::store::Kind;
use tokio::sync::mpsc;

use crate::TOPIC;
use maker::Maker;
use outbound::calls::StockClient;
use policy::Kitchen;

/// The settings that only this service has.
pub struct Settings {
    stock: Upstreams,
    making_time: Duration,
    idempotency_key: Guard,
}

impl Settings {
    /// Reads `API_STOCK_URL`, `MAKING_TIME` and `IDEMPOTENCY_KEY`.
    ///
    /// # Errors
    /// When one of them cannot be used.
    pub fn read(config: &Config) -> Result<Self, ConfigError> {
        Ok(Self {
            stock: config.upstreams("API_STOCK_URL", "http://127.0.0.1:8083")?,
            making_time: config.env().duration("MAKING_TIME", "100ms")?,
            idempotency_key: config.guard("IDEMPOTENCY_KEY")?,
        })
    }
}

/// Builds the service. Its store is a redb file, where the others use SQLite.
///
/// # Errors
/// When its store or the event log cannot be used.
pub fn build(config: &Config, settings: Settings) -> Result<Service, ServeError> {
    let assembly = Assembly::open(config, Kind::Redb, TOPIC)?;
    let (jobs, queue) = mpsc::unbounded_channel();
    assembly.metrics.show_guard("idempotencyKey", settings.idempotency_key);
    let stock = StockClient::new(
        settings.stock,
        &config.protection,
        settings.idempotency_key,
        &assembly.metrics,
    );
    let maker = Maker { store: assembly.store.clone(), stock, queue };
    let kitchen = Kitchen { making_time: settings.making_time, jobs };
    let routes = inbound::rest::routes(assembly.store.clone());
    let consumer = assembly.consumer(Arc::new(move |tx, event| kitchen.handle(tx, event)));
    let maker = Background::new("maker", |stop| maker.run(stop));
    Ok(assembly.service(routes, &api(), vec![consumer, maker]))
}
