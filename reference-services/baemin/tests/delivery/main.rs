//! The whole system in one process, on free ports: orders, their payments and deliveries.

#![allow(
    clippy::unwrap_used,
    reason = "clippy sees tests in functions that are marked so, not in what they share"
)]

mod between;
mod cancel;
mod contracts;
mod errors;
mod events;
mod grpc;
mod lost_reply;
mod orders;
mod outages;
