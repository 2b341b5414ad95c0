//! Journeys and feeds, checked: every `${name}` is known where it is used.

use std::time::Duration;

use serde_json::Value;

use super::{CommandKey, Extract, Request, Threshold};
pub use crate::scenario::FeedOrder;

/// Requests that belong together.
#[derive(Debug, Clone)]
pub struct Journey {
    /// What the figures call it.
    pub name: String,
    /// How often it is chosen beside the others; at least 1.
    pub weight: u32,
    /// Its requests, in order; at least one.
    pub steps: Vec<JourneyStep>,
}

/// One request of a journey.
#[derive(Debug, Clone)]
pub struct JourneyStep {
    /// What the figures call it; no two of a journey have the same.
    pub name: String,
    /// The shortest and the longest think time before it.
    pub think: (Duration, Duration),
    /// The request that this step sends.
    pub request: Request,
    /// Asked again until the reply is as expected.
    pub polling: Option<Polling>,
    /// Values to keep of the reply.
    pub save: Vec<(String, Extract)>,
    /// Where the id of the command is that it makes.
    pub key: Option<CommandKey>,
    /// What its figures must be.
    pub thresholds: Vec<Threshold>,
}

/// How a step is asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Polling {
    /// For at most this long, from the first try.
    pub within: Duration,
    /// Between two tries.
    pub every: Duration,
}

/// Rows of values; at least one.
#[derive(Debug, Clone)]
pub struct Feed {
    /// Names of the values.
    pub columns: Vec<String>,
    /// The values, in the columns' order. What comes from a CSV file is text.
    pub rows: Vec<Vec<Value>>,
    /// Which row comes next.
    pub order: FeedOrder,
}
