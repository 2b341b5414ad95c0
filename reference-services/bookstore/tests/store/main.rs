//! The whole bookstore in one process, on free ports: orders, stock that arrives later, coupons,
//! deliveries and cancels.

#![allow(
    clippy::unwrap_used,
    reason = "clippy sees tests in functions that are marked so, not in what they share"
)]

mod cancel;
mod contracts;
mod coupons;
mod customers;
mod deliveries;
mod errors;
mod grpc;
mod guards;
mod newcomer;
mod orders;
mod outages;
mod reordered;
mod stock;
mod system;
