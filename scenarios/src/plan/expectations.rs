//! What must hold, checked.

use std::fmt;
use std::time::Duration;

use super::request::RequestTarget;
use super::{Canceled, Compensation, JsonPath, KeyedCollection, ViewSource};
use crate::scenario::During;
use crate::timeline::BreakerState;
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
        effects: RequestTarget,
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
        terms: Vec<(RequestTarget, JsonPath)>,
        /// What they add up to: a number, or `${name}` of a saved one.
        equals: String,
        /// How long after load and faults it may take to be true.
        within: Duration,
    },
    /// A circuit breaker opens when its callee fails, and closes again.
    Breaker {
        /// Whose it is.
        caller: String,
        /// Whom it calls.
        callee: String,
        /// Its name in the caller's metrics.
        name: String,
        /// The path of these metrics.
        metrics: String,
        /// Its states, from the first to the last one.
        path: Vec<BreakerState>,
        /// The load whose replies must come within a time while it is open.
        fails_fast: Option<(String, Duration)>,
    },
    /// While a service is down commands are accepted, and all of them complete once it is back.
    Decoupled {
        /// The service.
        service: String,
        /// The load.
        of: String,
        /// The share of commands to accept.
        at_least: Percent,
        /// Where their effects are.
        effects: KeyedCollection,
        /// What must be true of an effect.
        json: Vec<(JsonPath, serde_json::Value)>,
        /// How long after load and faults the effects may take.
        within: Duration,
    },
    /// All that was called off is made good, everywhere.
    Saga {
        /// What was.
        called_off: Canceled,
        /// What makes good for it.
        compensated: Vec<Compensation>,
        /// How long after load and faults it may take.
        within: Duration,
    },
    /// A view shows what its sources hold.
    View {
        /// Its rows.
        of: KeyedCollection,
        /// What it is made from.
        sources: Vec<ViewSource>,
        /// How long after load and faults it may take to show it.
        within: Duration,
    },
    /// Loads are served as before while one is overloaded.
    Fairness {
        /// The loads.
        of: Vec<String>,
        /// The load that is overloaded; `None`: while the faults last.
        meanwhile: Option<String>,
        /// How much longer their p99 may be, as a share.
        slower: f64,
    },
    /// A load is served while services are down that it does not need.
    Isolation {
        /// The load.
        of: String,
        /// The services.
        down: Vec<String>,
        /// The share of good replies.
        at_least: Percent,
    },
    /// An autoscaler brings enough replicas in time, and does not go to and fro.
    Hpa {
        /// The service.
        service: String,
        /// How many replicas must be ready at some time.
        reaches: u32,
        /// How long after the loads' start.
        within: Duration,
    },
    /// An autoscaler comes down again once a load is over.
    ScalesIn {
        /// The service.
        service: String,
        /// To how many replicas.
        to: u32,
        /// The load's end, after the loads' start.
        from: Duration,
        /// How long after that.
        within: Duration,
    },
    /// Retries do not multiply the load on a service that has trouble.
    Amplification {
        /// The load.
        of: String,
        /// The caller.
        from: String,
        /// The callee.
        to: String,
        /// How many calls a request may cost on average.
        at_most: f64,
    },
    /// The run spends no more than this of an objective's error budget.
    Slo {
        /// The load.
        of: String,
        /// The objective, as a share from 0 to below 1.
        target: f64,
        /// How fast a good reply is.
        within: Option<Duration>,
        /// The window of the objective.
        window: Duration,
        /// How much of the budget.
        spends: Percent,
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
                write!(
                    out,
                    "{service} is restarted by its liveness probe within {}",
                    Period(*within)
                )
            }
            Self::Breaker { caller, callee, path, .. } => {
                let path: Vec<String> = path.iter().map(ToString::to_string).collect();
                write!(out, "{caller}'s breaker for {callee} goes {}", path.join(" → "))
            }
            Self::Fairness { of, meanwhile, slower } => {
                let loads = of.join(", ");
                let when = meanwhile.as_ref().map_or("during the faults".to_owned(), |load| {
                    format!("while {load} is overloaded")
                });
                write!(out, "{loads}: p99 at most {}% longer {when}", slower * 100.0)
            }
            Self::Isolation { of, down, at_least } => {
                let verb = if down.len() == 1 { "is" } else { "are" };
                write!(out, "{of}: availability ≥ {at_least} while {} {verb} down", down.join(", "))
            }
            Self::Hpa { service, reaches, within } => {
                write!(out, "{service} is scaled to {reaches} within {}", Period(*within))
            }
            Self::ScalesIn { service, to, from, within } => {
                let (from, within) = (Period(*from), Period(*within));
                write!(
                    out,
                    "{service} is back at {to} within {within} after the load's end at {from}"
                )
            }
            Self::Amplification { of, from, to, at_most } => {
                write!(out, "{of}: at most {at_most} calls a request {from} → {to}")
            }
            Self::Slo { of, target, within, window, spends } => {
                let within =
                    within.map_or(String::new(), |within| format!(" within {}", Period(within)));
                let days = window.as_secs_f64() / 86_400.0;
                let target = (target * 1e8).round() / 1e6;
                write!(
                    out,
                    "{of}: at most {spends} of the budget of {target}%{within} over {days} days"
                )
            }
            Self::Ledger { .. }
            | Self::Conserved { .. }
            | Self::Decoupled { .. }
            | Self::Saga { .. }
            | Self::View { .. } => self.fmt_data(out),
        }
    }
}

impl Claim {
    /// Claims about what the system's own documents say.
    fn fmt_data(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ledger { of, effects, within, .. } => {
                write!(
                    out,
                    "{of}: each accepted one exactly once in {effects} within {}",
                    Period(*within)
                )
            }
            Self::Conserved { what, equals, within, .. } => {
                write!(out, "{what} = {equals} within {}", Period(*within))
            }
            Self::Decoupled { service, of, at_least, .. } => {
                write!(
                    out,
                    "{of}: availability ≥ {at_least} while {service} is down, and all complete"
                )
            }
            Self::Saga { called_off, compensated, within } => {
                let places: Vec<String> =
                    compensated.iter().map(|one| one.rows.target.document()).collect();
                write!(
                    out,
                    "{called_off}: each made good in {} within {}",
                    places.join(", "),
                    Period(*within)
                )
            }
            Self::View { of, sources, within } => {
                let places: Vec<String> =
                    sources.iter().map(|one| one.rows.target.document()).collect();
                let (view, places) = (of.target.document(), places.join(", "));
                write!(out, "{view} shows what {places} hold within {}", Period(*within))
            }
            _ => Ok(()),
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
