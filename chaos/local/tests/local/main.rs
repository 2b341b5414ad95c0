//! Systems of a small server, really started.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod addresses;
mod faults;
mod left_behind;
mod lifecycle;
mod plans;
mod probes;
mod refusals;
mod rollouts;
mod running;
