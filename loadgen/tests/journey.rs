//! Journeys against a server in this process.
#![allow(clippy::unwrap_used, reason = "what tests have in common is test code, too")]

#[path = "journey/loads.rs"]
mod loads;
#[path = "journey/shop.rs"]
mod shop;
#[path = "journey/steps.rs"]
mod steps;
#[path = "journey/users.rs"]
mod users;
