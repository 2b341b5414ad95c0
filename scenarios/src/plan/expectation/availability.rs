//! The share of good replies.

use std::fmt;

use super::{Claim, Claimed, Evidence, Needs};
use crate::plan::During;
use crate::plan::check::{Checkable, Checker, ExpectationContext, one};
use crate::scenario::AvailabilitySpec;
use crate::units::Percent;

/// The share of good replies. Below 100 % it is held against a confidence bound.
#[derive(Debug, Clone)]
pub struct Availability {
    /// The load whose replies are counted.
    pub of: String,
    /// The share that must be good.
    pub at_least: Percent,
    /// The part of the run in which they are counted.
    pub during: During,
}

impl Claimed for Availability {
    fn needs(&self) -> Needs<'_> {
        let evidence = Evidence::of_share(&self.of, self.at_least, self.during, self.to_string());
        Needs { schedules: vec![&self.of], evidence, ..Needs::default() }
    }
}

impl fmt::Display for Availability {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { of, at_least, during } = self;
        write!(out, "{of}: availability ≥ {at_least}{}", during.suffix())
    }
}

impl Checkable for AvailabilitySpec {
    fn check(&self, checker: &mut Checker<'_>, context: &ExpectationContext<'_>) -> Vec<Claim> {
        one(checker.known_load(&self.of, context).map(|load| Availability {
            of: load.name.clone(),
            at_least: *self.at_least,
            during: self.during,
        }))
    }
}
