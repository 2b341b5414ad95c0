//! Books, and the deliverables that are set aside of them. Pure: no clock, no store, no network.

pub mod book;
pub mod deliverable;
