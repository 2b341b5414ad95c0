//! What must hold, checked.

use std::fmt;
use std::time::Duration;

use super::JsonPath;
use super::request::Target;
use crate::scenario::During;
use crate::units::{Percent, Period};

/// One thing that must hold, and what it is called.
#[derive(Debug, Clone)]
pub struct Check {
    /// The name that proofs use: `availability`, `ledger`, …
    pub name: &'static str,
    /// What is claimed.
    pub claim: Claim,
}

/// A quantile of the latency, as a fraction from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Quantile(pub f64);

/// What is claimed.
#[derive(Debug, Clone)]
pub enum Claim {
    /// The share of good replies.
    Availability {
        /// The load.
        of: String,
        /// The share.
        at_least: Percent,
        /// The part of the run.
        during: During,
    },
    /// Quantiles of the latency from the intended start.
    Latency {
        /// The load.
        of: String,
        /// Quantile and its limit.
        limits: Vec<(Quantile, Duration)>,
        /// The part of the run.
        during: During,
    },
    /// A service is ready again in time after each fault's end.
    Recovers {
        /// The service.
        service: String,
        /// The limit.
        within: Duration,
    },
    /// The liveness probe restarts a service in time after a fault.
    Restarts {
        /// The service.
        service: String,
        /// The limit.
        within: Duration,
    },
    /// Every accepted command has its effect, exactly once.
    Ledger {
        /// The load.
        of: String,
        /// The collection that holds the effects; `_links.next` is followed.
        effects: Target,
        /// Its items.
        items: JsonPath,
        /// The command's key in an item.
        key: JsonPath,
        /// What must be true of an item.
        json: Vec<(JsonPath, serde_json::Value)>,
        /// How many accepted commands may be without effect.
        lost: u64,
        /// How many effects may be there more than once, or without a command.
        duplicated: u64,
        /// How long after load and faults the effects may take.
        within: Duration,
    },
    /// A quantity is neither made nor lost.
    Conserved {
        /// What it is.
        what: String,
        /// Where the numbers are.
        terms: Vec<(Target, JsonPath)>,
        /// What they add up to: a number, or `${name}` of a saved one.
        equals: String,
        /// How long after load and faults it may take to be true.
        within: Duration,
    },
}

impl fmt::Display for Quantile {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "p{}", (self.0 * 1e6).round() / 1e4)
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Availability { of, at_least, during } => {
                write!(out, "{of}: availability ≥ {at_least}{}", part(*during))
            }
            Self::Latency { of, limits, during } => {
                let limits: Vec<_> =
                    limits.iter().map(|(q, most)| format!("{q} ≤ {}", Period(*most))).collect();
                write!(out, "{of}: latency {}{}", limits.join(", "), part(*during))
            }
            Self::Recovers { service, within } => {
                write!(out, "{service} recovers within {}", Period(*within))
            }
            Self::Restarts { service, within } => {
                write!(out, "{service} is restarted by its liveness probe within {}", Period(*within))
            }
            Self::Ledger { of, effects, within, .. } => {
                write!(out, "{of}: each accepted one exactly once in {effects} within {}", Period(*within))
            }
            Self::Conserved { what, equals, within, .. } => {
                write!(out, "{what} = {equals} within {}", Period(*within))
            }
        }
    }
}

fn part(during: During) -> &'static str {
    match during {
        During::Run => "",
        During::Before => " before the faults",
        During::Faults => " during the faults",
        During::After => " after the faults",
    }
}
