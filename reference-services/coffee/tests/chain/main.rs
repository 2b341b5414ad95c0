//! The whole chain in one process, on free ports: orders from beginning to end.

#![allow(
    clippy::unwrap_used,
    reason = "clippy sees tests in functions that are marked so, not in what they share"
)]

mod cancel;
mod contracts;
mod errors;
mod full_disk;
mod grpc;
mod guards;
mod lost_reply;
mod newcomer;
mod orders;
mod outages;
mod system;
mod traces;
