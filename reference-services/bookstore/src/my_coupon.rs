//! Shows the history of each coupon, from the events of the coupon service alone.

mod inbound;
mod outbound;
mod policy;
mod projection;

pub(crate) use inbound::rest::api;

use std::sync::Arc;

use brunt_kit::ServeError;
use brunt_kit::assembly::Assembly;
use brunt_kit::config::Config;
use brunt_kit::lifecycle::Service;
use brunt_kit::store::Kind;

use crate::TOPIC;

/// Builds the service. Its store is a redb file, where the others use SQLite.
///
/// # Errors
/// When its store or the event log cannot be used.
pub fn build(config: &Config) -> Result<Service, ServeError> {
    let assembly = Assembly::open(config, Kind::Redb, TOPIC)?;
    let routes = inbound::rest::routes(assembly.store.clone());
    let consumer = assembly.consumer(Arc::new(policy::handle));
    Ok(assembly.service(routes, &api(), vec![consumer]))
}
