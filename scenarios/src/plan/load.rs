//! Loads, checked: one arrival model, an end.

use std::time::Duration;

use super::{JsonPath, Request};

/// A stream of requests.
#[derive(Debug, Clone)]
pub struct Load {
    /// Its name.
    pub name: String,
    /// How requests arrive.
    pub arrival: Arrival,
    /// How long it lasts.
    pub lasts: Duration,
    /// The request.
    pub request: Request,
    /// Where a reply holds the id of the command that it accepts.
    pub key: Option<JsonPath>,
}

/// How requests arrive.
#[derive(Debug, Clone, PartialEq)]
pub enum Arrival {
    /// Users who wait for each reply before they go on.
    Closed {
        /// How many.
        users: u32,
        /// The shortest and the longest think time; drawn evenly between them.
        think: (Duration, Duration),
    },
    /// A schedule that no slow reply delays.
    Open {
        /// Ramps that follow one another and last as long as the load.
        ramps: Vec<Ramp>,
    },
}

/// A change of the arrival rate, even over its time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ramp {
    /// Arrivals per second at its start.
    pub from: f64,
    /// Arrivals per second at its end.
    pub to: f64,
    /// How long it takes.
    pub lasts: Duration,
}
