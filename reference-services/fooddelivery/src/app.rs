//! Takes orders, which must be paid first, cancels them, and shows their status.

mod checkout;
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
use brunt_kit::lifecycle::{Background, Service};
use brunt_kit::reserve_confirm::{Coordinator, Guards};
use brunt_kit::store::Kind;

use crate::TOPIC;
use checkout::Checkout;
use commands::App;
use outbound::calls::PayClient;

/// The settings that only this service has.
pub struct Settings {
    pay: Upstreams,
    fail_closed: Guard,
    idempotency_key: Guard,
}

impl Settings {
    /// Reads `API_PAY_URL`, `FAIL_CLOSED` and `IDEMPOTENCY_KEY`.
    ///
    /// # Errors
    /// When one of them cannot be used.
    pub fn read(config: &Config) -> Result<Self, ConfigError> {
        Ok(Self {
            pay: config.upstreams("API_PAY_URL", "http://127.0.0.1:8082")?,
            fail_closed: config.guard("FAIL_CLOSED")?,
            idempotency_key: config.guard("IDEMPOTENCY_KEY")?,
        })
    }
}

/// Builds the service: its store, routes and background parts.
///
/// # Errors
/// When its store or the event log cannot be used.
pub fn build(config: &Config, settings: Settings) -> Result<Service, ServeError> {
    let assembly = Assembly::open(config, Kind::Sqlite, TOPIC)?;
    let Settings { pay, fail_closed, idempotency_key } = settings;
    assembly.metrics.show_guard("failClosed", fail_closed);
    assembly.metrics.show_guard("idempotencyKey", idempotency_key);
    let pay = PayClient::new(pay, &config.protection, idempotency_key, &assembly.metrics);
    let checkout = Coordinator::new(
        assembly.store.clone(),
        Checkout { pay },
        config.protection.clone(),
        Guards { fail_closed, compensation: Guard::On },
    );
    let app = App { store: assembly.store.clone(), checkout: checkout.clone() };
    let payments = Background::new("payments", |stop| checkout.resume(stop));
    let consumer = assembly.consumer(Arc::new(policy::handle));
    let grpc = inbound::grpc::routes(app.clone(), &assembly.health);
    let routes = inbound::rest::routes(app).merge(grpc);
    Ok(assembly.service(routes, &api(), vec![consumer, payments]))
}
