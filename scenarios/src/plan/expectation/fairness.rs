//! Others are served as before while one is overloaded.

use std::fmt;

use super::{Claim, Claimed, Needs};
use crate::plan::check::{Checkable, Checker, ExpectationContext, one};
use crate::plan::{Arrival, Load};
use crate::scenario::FairnessSpec;
use crate::source::Located;
use crate::units::Percent;

/// How much longer a p99 may be unless a share is given.
const SLOWER: f64 = 0.2;

/// Loads are served as before while one is overloaded.
#[derive(Debug, Clone)]
pub struct Fairness {
    /// The loads that must be served as before.
    pub of: Vec<String>,
    /// The load that is overloaded; `None` when the faults are what slows others down.
    pub meanwhile: Option<String>,
    /// How much longer their p99 may be, as a share.
    pub slower: f64,
}

impl Claimed for Fairness {
    fn needs(&self) -> Needs<'_> {
        let loads = self.of.iter().chain(&self.meanwhile).map(String::as_str);
        Needs { schedules: loads.collect(), ..Needs::default() }
    }
}

impl fmt::Display for Fairness {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let loads = self.of.join(", ");
        let when = match &self.meanwhile {
            None => "during the faults".to_owned(),
            Some(load) => format!("while {load} is overloaded"),
        };
        write!(out, "{loads}: p99 at most {}% longer {when}", (self.slower * 1e8).round() / 1e6)
    }
}

impl Checkable for FairnessSpec {
    fn check(&self, checker: &mut Checker<'_>, context: &ExpectationContext<'_>) -> Vec<Claim> {
        one(checker.fairness(self, context))
    }
}

impl Checker<'_> {
    fn fairness(
        &mut self,
        written: &FairnessSpec,
        context: &ExpectationContext<'_>,
    ) -> Option<Fairness> {
        let loads = written.of.0.iter();
        let loads = loads.map(|name| Some(self.known_load(name, context)?.name.clone()));
        let of = loads.collect::<Option<Vec<_>>>();
        if written.meanwhile.is_none() && context.faults.is_empty() {
            let first = written.of.0.first().map(|name| name.span);
            self.wrong(first, "nothing is ever overloaded").help =
                Some("add `while:` with the load that overloads, or a fault".to_owned());
        }
        let meanwhile = match &written.meanwhile {
            Some(name) => Some(self.overload(name, written, context)?),
            None => None,
        };
        let slower = written.slower.map_or(SLOWER, Percent::fraction);
        Some(Fairness { of: of?, meanwhile, slower })
    }

    fn overload(
        &mut self,
        name: &Located<String>,
        written: &FairnessSpec,
        context: &ExpectationContext<'_>,
    ) -> Option<String> {
        let load = self.known_load(name, context)?;
        if written.of.0.iter().any(|other| other.value == name.value) {
            self.wrong(name.span, format!("`{name}` cannot be compared with itself"));
        }
        if !rises(load) {
            let what = format!("the rate of `{name}` never rises above its first one");
            self.wrong(name.span, what).help = Some(
                "give it stages, such as `open: {rate: 10/s, stages: [{to: 10/s, for: 10s}, \
                 {to: 500/s, for: 10s}]}`"
                    .to_owned(),
            );
        }
        Some(load.name.clone())
    }
}

fn rises(load: &Load) -> bool {
    match &load.arrival {
        Arrival::Closed { .. } => false,
        Arrival::Open { ramps } => {
            let first = ramps.first().map_or(0.0, |ramp| ramp.from);
            ramps.iter().any(|ramp| ramp.from.max(ramp.to) > first)
        }
    }
}
