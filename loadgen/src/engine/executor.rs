//! The executors, which start a load's requests: a file for each model of arrival.

mod closed;
mod open;
mod user;

pub(super) use closed::closed;
pub(super) use open::open;
