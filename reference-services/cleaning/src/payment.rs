//! Takes and refunds payments for reservations.

mod domain;
mod events;
mod inbound;
mod outbound;
mod policy;

pub(crate) use inbound::rest::api;

use std::sync::Arc;

use brunt_kit::ServeError;
use brunt_kit::assembly::Assembly;
use brunt_kit::config::{Config, ConfigError, Guard};
use brunt_kit::lifecycle::Service;
use brunt_kit::store::Kind;

use crate::TOPIC;

/// The settings that only this service has.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    idempotency_key: Guard,
}

impl Settings {
    /// Reads the guard `IDEMPOTENCY_KEY`, which is on by default.
    ///
    /// # Errors
    /// When it cannot be used.
    pub fn read(config: &Config) -> Result<Self, ConfigError> {
        Ok(Self { idempotency_key: config.guard("IDEMPOTENCY_KEY")? })
    }
}

/// Builds the service: its store, routes and background parts.
///
/// # Errors
/// When its store or the event log cannot be used.
pub fn build(config: &Config, settings: Settings) -> Result<Service, ServeError> {
    let assembly = Assembly::open(config, Kind::Sqlite, TOPIC)?;
    let Settings { idempotency_key } = settings;
    assembly.metrics.show_guard("idempotencyKey", idempotency_key);
    let routes = inbound::rest::routes(assembly.store.clone(), idempotency_key);
    let consumer = assembly.consumer(Arc::new(policy::handle));
    Ok(assembly.service(routes, &api(), vec![consumer]))
}
