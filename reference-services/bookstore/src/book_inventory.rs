//! Knows which books there are and how many of each, and sets books aside for orders.

mod domain;
mod events;
mod inbound;
mod outbound;
mod policy;
mod settings;

pub(crate) use inbound::rest::api;
pub use settings::Settings;

use std::sync::Arc;

use brunt_kit::ServeError;
use brunt_kit::assembly::Assembly;
use brunt_kit::config::Config;
use brunt_kit::lifecycle::Service;
use brunt_kit::store::Kind;

use crate::TOPIC;

/// Builds the service: its store, routes and background parts.
///
/// # Errors
/// When its store or the event log cannot be used.
pub fn build(config: &Config, settings: Settings) -> Result<Service, ServeError> {
    let assembly = Assembly::open(config, Kind::Sqlite, TOPIC)?;
    assembly.metrics.show_guard("compensation", settings.compensation);
    assembly.metrics.show_guard("conditionalUpdate", settings.conditional_update);
    let routes = inbound::rest::routes(&assembly.store);
    let consumer =
        assembly.consumer(Arc::new(move |tx, event| policy::handle(tx, event, settings)));
    Ok(assembly.service(routes, &api(), vec![consumer]))
}
