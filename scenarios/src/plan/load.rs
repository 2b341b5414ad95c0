//! Loads, checked: one arrival model, an end.

use std::fmt;
use std::time::Duration;

use super::{Feed, Journey, JsonPath, Request, Threshold};

/// A stream of requests.
#[derive(Debug, Clone)]
pub struct Load {
    /// The load's name, unique in its scenario.
    pub name: String,
    /// How requests arrive.
    pub arrival: Arrival,
    /// How long it lasts.
    pub lasts: Duration,
    /// Requests meant for this long from the start are not counted.
    pub warm_up: Duration,
    /// What users do.
    pub work: Work,
    /// Rows of values for it.
    pub feeds: Vec<Feed>,
    /// What the figures of all its requests must be.
    pub thresholds: Vec<Threshold>,
}

/// What users do.
#[derive(Debug, Clone)]
pub enum Work {
    /// The same request, over and over: nothing in it changes while the load lasts.
    Request {
        /// The request that every arrival sends.
        request: Box<Request>,
        /// Where a reply holds the id of the command that it accepts.
        key: Option<JsonPath>,
    },
    /// Journeys; at least one.
    Journeys(Vec<Journey>),
}

/// How requests arrive.
#[derive(Debug, Clone, PartialEq)]
pub enum Arrival {
    /// Users who wait for each reply before they go on.
    Closed {
        /// How many users send requests at the same time.
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

impl Load {
    /// All its requests.
    pub fn requests(&self) -> impl Iterator<Item = &Request> {
        let (one, journeys) = match &self.work {
            Work::Request { request, .. } => (Some(request.as_ref()), [].as_slice()),
            Work::Journeys(journeys) => (None, journeys.as_slice()),
        };
        let steps = journeys.iter().flat_map(|journey| &journey.steps);
        one.into_iter().chain(steps.map(|step| &step.request))
    }

    /// The longest that one of its requests is waited for.
    pub fn timeout(&self) -> Duration {
        self.requests().map(|request| request.timeout).max().unwrap_or_default()
    }

    /// How many commands its arrivals make at most, if the schedule alone decides.
    pub fn most_commands(&self) -> Option<f64> {
        let Arrival::Open { ramps } = &self.arrival else { return None };
        let arrivals =
            ramps.iter().map(|ramp| (ramp.from + ramp.to) / 2.0 * ramp.lasts.as_secs_f64());
        let each = match &self.work {
            Work::Request { .. } => 1,
            Work::Journeys(journeys) => {
                let keys = |journey: &Journey| {
                    journey.steps.iter().filter(|step| step.key.is_some()).count()
                };
                journeys.iter().map(keys).max().unwrap_or_default()
            }
        };
        Some(arrivals.sum::<f64>().ceil() * each as f64)
    }

    /// Whether its replies hold ids of accepted commands.
    pub fn has_key(&self) -> bool {
        match &self.work {
            Work::Request { key, .. } => key.is_some(),
            Work::Journeys(journeys) => {
                journeys.iter().flat_map(|journey| &journey.steps).any(|step| step.key.is_some())
            }
        }
    }
}

/// `POST order/orders`, or `buy (3 steps), browse (2 steps)`.
impl fmt::Display for Work {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request { request, .. } => write!(out, "{} {}", request.verb(), request.target),
            Self::Journeys(journeys) => {
                let each = journeys.iter().map(|journey| match journey.steps.as_slice() {
                    [step] if step.name == journey.name => {
                        format!("{} {}", step.request.verb(), step.request.target)
                    }
                    [_] => format!("{} (1 step)", journey.name),
                    steps => format!("{} ({} steps)", journey.name, steps.len()),
                });
                out.write_str(&each.collect::<Vec<_>>().join(", "))
            }
        }
    }
}
