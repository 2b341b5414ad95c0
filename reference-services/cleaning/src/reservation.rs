//! Takes reservations, which must be paid first, and cancels them.

mod checkout;
mod commands;
mod domain;
mod events;
mod inbound;
mod open_reservation;
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
use outbound::calls::PaymentClient;

/// The settings that only this service has.
pub struct Settings {
    payment: Upstreams,
    fail_closed: Guard,
    compensation: Guard,
}

impl Settings {
    /// Reads `API_PAYMENT_URL`, `FAIL_CLOSED` and `COMPENSATION`.
    ///
    /// # Errors
    /// When one of them cannot be used.
    pub fn read(config: &Config) -> Result<Self, ConfigError> {
        Ok(Self {
            payment: config.upstreams("API_PAYMENT_URL", "http://127.0.0.1:8083")?,
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
    let Settings { payment, fail_closed, compensation } = settings;
    assembly.metrics.show_guard("failClosed", fail_closed);
    assembly.metrics.show_guard("compensation", compensation);
    let payment = PaymentClient::new(payment, &config.protection, &assembly.metrics);
    let checkout = Coordinator::new(
        assembly.store.clone(),
        Checkout { payment },
        config.protection.clone(),
        Guards { fail_closed, compensation },
    );
    let app = App { store: assembly.store.clone(), checkout: checkout.clone() };
    let grpc = inbound::grpc::routes(app.clone(), &assembly.health);
    let routes = inbound::rest::routes(app).merge(grpc);
    let consumer = assembly.consumer(Arc::new(policy::handle));
    let sweeper = Background::new("sweeper", |stop| checkout.sweep(stop));
    Ok(assembly.service(routes, &api(), vec![consumer, sweeper]))
}
