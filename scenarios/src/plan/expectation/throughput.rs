//! The rate of good replies.

use std::fmt;

use super::{Claim, Claimed, Needs};
use crate::plan::During;
use crate::plan::check::{Checkable, Checker, ExpectationContext, one};
use crate::scenario::ThroughputSpec;
use crate::units::Rate;

/// The rate of good replies in a part of the run, warm-up left out. It is held against the figure
/// itself, without confidence.
#[derive(Debug, Clone)]
pub struct Throughput {
    /// The load whose good replies are counted.
    pub of: String,
    /// Good replies a second, on average over the part.
    pub at_least: Rate,
    /// The part of the run in which they are counted.
    pub during: During,
}

impl Claimed for Throughput {
    fn needs(&self) -> Needs<'_> {
        Needs { schedules: vec![&self.of], ..Needs::default() }
    }
}

impl fmt::Display for Throughput {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { of, at_least, during } = self;
        write!(out, "{of}: throughput ≥ {at_least}{}", during.suffix())
    }
}

impl Checkable for ThroughputSpec {
    fn check(&self, checker: &mut Checker<'_>, context: &ExpectationContext<'_>) -> Vec<Claim> {
        if self.at_least.value.per_second() <= 0.0 {
            checker.wrong(self.at_least.span, "every run has a throughput above that").help =
                Some("such as `atLeast: 45/s`".to_owned());
        }
        one(checker.known_load(&self.of, context).map(|load| Throughput {
            of: load.name.clone(),
            at_least: self.at_least.value,
            during: self.during,
        }))
    }
}
