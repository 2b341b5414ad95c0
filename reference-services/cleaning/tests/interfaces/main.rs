//! How the cleaning service is reached, in one process and on free ports.

#![allow(
    clippy::unwrap_used,
    reason = "clippy sees tests in functions that are marked so, not in what they share"
)]

mod contracts;
mod early;
mod events;
mod grpc;
