//! What orders and reviews are and what may happen to them. Pure: no clock, no store, no network.

mod order;
mod review;

pub use order::{Command, Event, Order, Placement, Rejection, Status, decide};
pub use review::{Opinion, Review};
