//! A circuit breaker's way through its states.

use std::fmt;
use std::time::Duration;

use super::{BreakerReading, Claim, Claimed, Needs};
use crate::plan::check::{Checkable, Checker, ExpectationContext, one};
use crate::scenario::BreakerSpec;
use crate::timeline::BreakerState::{self, Closed, HalfOpen, Open};

/// The path of a caller's metrics unless one is given: Spring Boot's.
const METRICS: &str = "/actuator/prometheus";

/// A circuit breaker opens when its callee fails, and closes again.
#[derive(Debug, Clone)]
pub struct Breaker {
    /// The service that has the breaker.
    pub caller: String,
    /// The service that it protects from calls.
    pub callee: String,
    /// Its name in the caller's metrics.
    pub name: String,
    /// The path of these metrics.
    pub metrics: String,
    /// Its states, from the first to the last one; at least two.
    pub path: Vec<BreakerState>,
    /// The load whose replies must come within a time while it is open.
    pub fails_fast: Option<(String, Duration)>,
}

impl Claimed for Breaker {
    fn needs(&self) -> Needs<'_> {
        let Self { caller, callee, name, metrics, .. } = self;
        Needs {
            // Calls show a trial that was over between two readings of the state.
            edge: Some((caller, callee)),
            schedules: self.fails_fast.iter().map(|(of, _)| of.as_str()).collect(),
            breaker: Some(BreakerReading { caller, callee, name, metrics }),
            ..Needs::default()
        }
    }
}

impl fmt::Display for Breaker {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path: Vec<String> = self.path.iter().map(ToString::to_string).collect();
        write!(out, "{}'s breaker for {} goes {}", self.caller, self.callee, path.join(" → "))
    }
}

impl Checkable for BreakerSpec {
    fn check(&self, checker: &mut Checker<'_>, context: &ExpectationContext<'_>) -> Vec<Claim> {
        one(checker.breaker(self, context))
    }
}

impl Checker<'_> {
    fn breaker(
        &mut self,
        written: &BreakerSpec,
        context: &ExpectationContext<'_>,
    ) -> Option<Breaker> {
        let (caller, callee) = (&written.caller, &written.callee);
        self.known_edge(caller, callee, context.system)?;
        let path = match &written.path {
            None => vec![Closed, Open, HalfOpen, Closed],
            Some(path) if path.value.len() < 2 => {
                self.wrong(path.span, "a path has two states at least").help =
                    Some("such as `path: [closed, open]`".to_owned());
                return None;
            }
            Some(path) => path.value.clone(),
        };
        let metrics = written.metrics.clone().unwrap_or_else(|| METRICS.to_owned());
        if !metrics.starts_with('/') {
            self.wrong(caller.span, format!("`{metrics}` is not a path")).help =
                Some(format!("write it like {METRICS}"));
        }
        let fails_fast = match written.fails_fast_within {
            None => None,
            Some(within) => Some((self.load_behind(written, context)?, within.0)),
        };
        Some(Breaker {
            caller: caller.value.clone(),
            callee: callee.value.clone(),
            name: written.name.clone().unwrap_or_else(|| callee.value.clone()),
            metrics,
            path,
            fails_fast,
        })
    }

    /// The load whose replies show that a breaker fails fast.
    fn load_behind(
        &mut self,
        written: &BreakerSpec,
        context: &ExpectationContext<'_>,
    ) -> Option<String> {
        match (&written.of, context.written) {
            (Some(of), _) => self.known_load(of, context).map(|load| load.name.clone()),
            (None, [only]) => Some(only.name.value.clone()),
            (None, all) => {
                let names: Vec<&str> = all.iter().map(|load| load.name.as_str()).collect();
                let help = format!("add `of:` with one of: {}", names.join(", "));
                self.wrong(
                    written.caller.span,
                    "`failsFastWithin` does not say whose replies it is about",
                )
                .help = Some(help);
                None
            }
        }
    }
}
