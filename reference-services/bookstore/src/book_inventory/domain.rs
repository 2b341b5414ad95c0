//! Books, and what is set aside of them. Pure: no clock, no store, no network.

pub mod book;
pub mod deliverable;
