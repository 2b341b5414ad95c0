//! Orders and reviews: their commands and events. Pure: no clock, no store, no network.

mod order;
mod review;

pub use order::{Command, Event, Order, Placement, Rejection, Status, decide};
pub use review::{Opinion, Review};
