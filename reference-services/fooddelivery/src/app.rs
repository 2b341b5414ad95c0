//! Takes orders and payment for them, lets them be cancelled, and shows how far they are.

mod commands;
pub mod domain;
mod inbound;
mod outbound;
mod payment;
mod policy;

pub(crate) use inbound::rest::api;

use std::sync::Arc;

use brunt_kit::ServeError;
use brunt_kit::assembly::Assembly;
use brunt_kit::calls::Upstreams;
use brunt_kit::config::{Config, ConfigError, Guard};
use brunt_kit::lifecycle::{Background, Service};
use brunt_kit::store::{Kind, Store};

use crate::TOPIC;
use outbound::calls::Pay;

/// What only this service is told.
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

/// What the routes need.
#[derive(Clone)]
struct App {
    store: Store,
    pay: Pay,
    /// Off lets an order stand although pay did not say that it is paid.
    fail_closed: Guard,
}

/// Puts the service together.
///
/// # Errors
/// When its store or the event log cannot be used.
pub fn build(config: &Config, settings: Settings) -> Result<Service, ServeError> {
    let assembly = Assembly::open(config, Kind::Sqlite, TOPIC)?;
    let pay =
        Pay::new(settings.pay, &config.protection, settings.idempotency_key, &assembly.metrics);
    assembly.metrics.show_guard("failClosed", settings.fail_closed);
    assembly.metrics.show_guard("idempotencyKey", settings.idempotency_key);
    let app = App { store: assembly.store.clone(), pay, fail_closed: settings.fail_closed };
    let resumed = app.clone();
    let payments = Background::new("payments", |stop| payment::resume(resumed, stop));
    let consumer = assembly.consumer(Arc::new(policy::handle));
    let grpc = inbound::grpc::routes(app.clone(), &assembly.health);
    let routes = inbound::rest::routes(app).merge(grpc);
    Ok(assembly.service(routes, &api(), vec![consumer, payments]))
}
