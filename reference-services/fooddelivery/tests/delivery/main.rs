//! The whole system in one process, on free ports: orders from beginning to end.

#![allow(
    clippy::unwrap_used,
    reason = "clippy sees tests in functions that are marked so, not in what they share"
)]

mod between;
mod cancel;
mod contracts;
mod errors;
mod grpc;
mod guards;
mod orders;
mod outages;
mod payment;
mod system;
