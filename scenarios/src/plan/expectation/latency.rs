//! Quantiles of the latency from the intended start.

use std::fmt;
use std::time::Duration;

use super::{Claim, Claimed, Evidence, LatencyLimit, Needs};
use crate::plan::check::{Checkable, Checker, ExpectationContext, one};
use crate::plan::{During, Quantile};
use crate::scenario::LatencySpec;
use crate::units::Period;

/// Quantiles of the latency, counted from the intended start of a request.
#[derive(Debug, Clone)]
pub struct Latency {
    /// The load whose requests are measured.
    pub of: String,
    /// Each quantile with the longest that it may be; at least one.
    pub limits: Vec<(Quantile, Duration)>,
    /// The part of the run in which they are measured.
    pub during: During,
}

impl Latency {
    /// The claim about one of its limits alone, since each is judged by itself.
    #[must_use]
    pub fn only(&self, limit: (Quantile, Duration)) -> Self {
        Self { limits: vec![limit], ..self.clone() }
    }
}

impl Claimed for Latency {
    fn needs(&self) -> Needs<'_> {
        let evidence = self.limits.iter().map(|limit| Evidence::Share {
            of: &self.of,
            share: limit.0.0,
            during: self.during,
            shows: self.only(*limit).to_string(),
        });
        let (schedules, evidence) = (vec![self.of.as_str()], evidence.collect());
        Needs { schedules, evidence, ..Needs::default() }
    }

    fn latency_limits(&self) -> Vec<LatencyLimit<'_>> {
        let limit = |(quantile, at_most): &(Quantile, Duration)| LatencyLimit {
            of: &self.of,
            quantile: *quantile,
            at_most: *at_most,
        };
        self.limits.iter().map(limit).collect()
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limits = self.limits.iter();
        let limits: Vec<_> = limits.map(|(q, most)| format!("{q} ≤ {}", Period(*most))).collect();
        write!(out, "{}: latency {}{}", self.of, limits.join(", "), self.during.suffix())
    }
}

impl Checkable for LatencySpec {
    fn check(&self, checker: &mut Checker<'_>, context: &ExpectationContext<'_>) -> Vec<Claim> {
        one(checker.latency(self, context))
    }
}

impl Checker<'_> {
    fn latency(
        &mut self,
        written: &LatencySpec,
        context: &ExpectationContext<'_>,
    ) -> Option<Latency> {
        let of = self.known_load(&written.of, context)?.name.clone();
        let given = [
            (0.5, written.p50),
            (0.9, written.p90),
            (0.95, written.p95),
            (0.99, written.p99),
            (0.999, written.p999),
        ];
        let limits: Vec<(Quantile, Duration)> = given
            .into_iter()
            .filter_map(|(q, limit)| limit.map(|most| (Quantile(q), most.0)))
            .collect();
        if limits.is_empty() {
            self.wrong(written.of.span, "a latency needs a limit").help =
                Some("such as `p99: 300ms`".to_owned());
        }
        Some(Latency { of, limits, during: written.during })
    }
}
