//! The longest time without a good reply.

use std::fmt;
use std::time::Duration;

use super::{Claim, Claimed, Needs};
use crate::plan::check::{Checkable, Checker, ExpectationContext, one};
use crate::scenario::LongestOutageSpec;
use crate::units::Period;

/// The longest time in which requests were sent and none got a good reply.
#[derive(Debug, Clone)]
pub struct LongestOutage {
    /// The load whose replies are looked at.
    pub of: String,
    /// How long it may take.
    pub at_most: Duration,
}

impl Claimed for LongestOutage {
    fn needs(&self) -> Needs<'_> {
        Needs { schedules: vec![&self.of], ..Needs::default() }
    }
}

impl fmt::Display for LongestOutage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { of, at_most } = self;
        write!(out, "{of}: longest outage ≤ {}", Period(*at_most))
    }
}

impl Checkable for LongestOutageSpec {
    fn check(&self, checker: &mut Checker<'_>, context: &ExpectationContext<'_>) -> Vec<Claim> {
        let Some(load) = checker.known_load(&self.of, context) else { return vec![] };
        // `min`, as a warm-up that is too long is reported and kept, and a length cannot be
        // negative.
        let (at_most, lasts) = (self.at_most.value.0, load.lasts - load.warm_up.min(load.lasts));
        if at_most >= lasts {
            let problem = format!("every run holds this: `{}` lasts {}", load.name, Period(lasts));
            checker.wrong(self.at_most.span, problem).help =
                Some("an outage must be able to last longer, such as `atMost: 2s`".to_owned());
        }
        one(Some(LongestOutage { of: load.name.clone(), at_most }))
    }
}
