//! What the reference services share: lifecycle, configuration, health, telemetry, the event
//! envelope and log, outbox and inbox, stores, calls to other services, the reserve-confirm
//! protocol, and the formats of Spring Data REST.
//!
//! The kit has no business words. A service calls the kit; the kit never calls a service by name.

// First, so that the tests of all modules have it.
#[cfg(test)]
#[macro_use]
mod on_engines;

pub mod actuator;
pub mod assembly;
pub mod breaker;
pub mod budget;
pub mod calls;
pub mod config;
pub mod consumer;
mod cut;
mod error;
pub mod event;
pub mod gateway;
pub mod grpc;
pub mod hal;
pub mod health;
mod http_client;
pub mod jwt;
pub mod lifecycle;
pub mod log;
pub mod metrics;
pub mod openapi;
pub mod outbox;
pub mod page;
pub mod proxy;
pub mod ratelimit;
pub mod reload;
pub mod reserve_confirm;
pub mod rest;
mod retention;
#[cfg(any(test, feature = "testing"))]
pub mod small_disk;
mod source;
mod sqlite;
pub mod store;
pub mod system;
pub mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
pub mod trace;

pub use error::ServeError;
