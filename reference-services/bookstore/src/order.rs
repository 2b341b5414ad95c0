//! Takes orders for books that exist, and cancels them.

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
use brunt_kit::lifecycle::Service;
use brunt_kit::store::Kind;

use crate::TOPIC;
use commands::{App, Ownership};
use outbound::calls::{BookClient, CouponClient};

/// The settings that only this service has.
pub struct Settings {
    books: Upstreams,
    coupons: Upstreams,
    ownership: Ownership,
    fail_closed: Guard,
}

impl Settings {
    /// Reads `API_BOOKINVENTORY_URL`, `API_COUPON_URL`, `COUPON_OWNERSHIP` and `FAIL_CLOSED`.
    ///
    /// # Errors
    /// When one of them cannot be used.
    pub fn read(config: &Config) -> Result<Self, ConfigError> {
        let ownership = |text: &str| match text {
            "any" => Some(Ownership::Any),
            "strict" => Some(Ownership::Strict),
            _ => None,
        };
        Ok(Self {
            books: config.upstreams("API_BOOKINVENTORY_URL", "http://127.0.0.1:8084")?,
            coupons: config.upstreams("API_COUPON_URL", "http://127.0.0.1:8085")?,
            ownership: config.env().parse("COUPON_OWNERSHIP", "any", "any or strict", ownership)?,
            fail_closed: config.guard("FAIL_CLOSED")?,
        })
    }
}

/// Builds the service: its store, routes and background parts.
///
/// # Errors
/// When its store or the event log cannot be used.
pub fn build(config: &Config, settings: Settings) -> Result<Service, ServeError> {
    let assembly = Assembly::open(config, Kind::Sqlite, TOPIC)?;
    let Settings { books, coupons, ownership, fail_closed } = settings;
    assembly.metrics.show_guard("failClosed", fail_closed);
    let app = App {
        store: assembly.store.clone(),
        books: BookClient::new(books, &config.protection, &assembly.metrics),
        coupons: CouponClient::new(coupons, &config.protection, &assembly.metrics),
        ownership,
        fail_closed,
    };
    let grpc = inbound::grpc::routes(app.clone(), &assembly.health);
    let routes = inbound::rest::routes(app).merge(grpc);
    let consumer = assembly.consumer(Arc::new(policy::handle));
    Ok(assembly.service(routes, &api(), vec![consumer]))
}
