//! Keeps the customers, and shows them the status of their orders.

mod domain;
mod events;
mod inbound;
mod outbound;
mod policy;
mod projection;

pub(crate) use inbound::rest::api;

use std::sync::Arc;

use brunt_kit::ServeError;
use brunt_kit::assembly::Assembly;
use brunt_kit::config::{Config, ConfigError, Guard};
use brunt_kit::lifecycle::Service;
use brunt_kit::store::Kind;

use crate::TOPIC;

/// The settings that only this service has.
#[derive(Clone, Copy)]
pub struct Settings {
    /// Off lets an event that comes late move a page backwards.
    version_gate: Guard,
}

impl Settings {
    /// Reads the guard `VERSION_GATE`, which is on by default.
    ///
    /// # Errors
    /// When it cannot be used.
    pub fn read(config: &Config) -> Result<Self, ConfigError> {
        Ok(Self { version_gate: config.guard("VERSION_GATE")? })
    }
}

/// Builds the service: its store, routes and background parts.
///
/// # Errors
/// When its store or the event log cannot be used.
pub fn build(config: &Config, settings: Settings) -> Result<Service, ServeError> {
    let assembly = Assembly::open(config, Kind::Sqlite, TOPIC)?;
    let gate = settings.version_gate;
    assembly.metrics.show_guard("versionGate", gate);
    let routes = inbound::rest::routes(&assembly.store);
    let consumer = assembly.consumer(Arc::new(move |tx, event| policy::handle(tx, event, gate)));
    Ok(assembly.service(routes, &api(), vec![consumer]))
}
