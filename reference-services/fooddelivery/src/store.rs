//! The store: it accepts orders or rejects them, and cooks.

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
use inbound::rest::Counter;
use outbound::calls::App;

/// The settings that only this service has.
pub struct Settings {
    app: Upstreams,
    fail_closed: Guard,
    compensation: Guard,
}

impl Settings {
    /// Reads `API_APP_URL`, `FAIL_CLOSED` and `COMPENSATION`.
    ///
    /// # Errors
    /// When one of them cannot be used.
    pub fn read(config: &Config) -> Result<Self, ConfigError> {
        Ok(Self {
            app: config.upstreams("API_APP_URL", "http://127.0.0.1:8081")?,
            fail_closed: config.guard("FAIL_CLOSED")?,
            compensation: config.guard("COMPENSATION")?,
        })
    }
}

/// Builds the service: its store, routes and background parts.
///
/// # Errors
/// When its store or the event log cannot be used.
pub fn build(config: &Config, settings: Settings) -> Result<Service, ServeError> {
    let assembly = Assembly::open(config, Kind::Sqlite, TOPIC)?;
    let app = App::new(settings.app, &config.protection, &assembly.metrics);
    assembly.metrics.show_guard("failClosed", settings.fail_closed);
    assembly.metrics.show_guard("compensation", settings.compensation);
    let counter = Counter { store: assembly.store.clone(), app, fail_closed: settings.fail_closed };
    let consumer = assembly
        .consumer(Arc::new(move |tx, event| policy::handle(tx, event, settings.compensation)));
    Ok(assembly.service(inbound::rest::routes(counter), &api(), vec![consumer]))
}
