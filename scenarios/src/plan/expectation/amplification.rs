//! How many calls a request may cost.

use std::fmt;

use super::{Claim, Claimed, Needs};
use crate::plan::check::{Checkable, Checker, ExpectationContext, one};
use crate::scenario::AmplificationSpec;

/// More calls than any request costs, whatever its retries do.
const MOST_CALLS: f64 = 10_000.0;

/// Retries do not multiply the load on a service that has trouble.
#[derive(Debug, Clone)]
pub struct Amplification {
    /// The load whose requests cause the calls.
    pub of: String,
    /// The service that calls.
    pub from: String,
    /// The service that is called.
    pub to: String,
    /// How many calls a request may cost on average.
    pub at_most: f64,
}

impl Claimed for Amplification {
    fn needs(&self) -> Needs<'_> {
        Needs { edge: Some((&self.from, &self.to)), ..Needs::default() }
    }
}

impl fmt::Display for Amplification {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { of, from, to, at_most } = self;
        write!(out, "{of}: at most {at_most} calls a request {from} → {to}")
    }
}

impl Checkable for AmplificationSpec {
    fn check(&self, checker: &mut Checker<'_>, context: &ExpectationContext<'_>) -> Vec<Claim> {
        one(checker.amplification(self, context))
    }
}

impl Checker<'_> {
    fn amplification(
        &mut self,
        written: &AmplificationSpec,
        context: &ExpectationContext<'_>,
    ) -> Option<Amplification> {
        let load = self.known_load(&written.of, context);
        self.known_edge(&written.from, &written.to, context.system)?;
        let protocol = context.system.services.get(&written.to.value).and_then(|to| to.protocol);
        if let Some(protocol) = protocol.filter(|protocol| !protocol.has_visible_requests()) {
            let to = &written.to;
            let what = format!("`{to}` speaks {protocol}, in which no calls are seen");
            self.wrong(to.span, what).help =
                Some("count the calls of a service that speaks HTTP or gRPC".to_owned());
        }
        let load = load?;
        // Edges count from the start of the system on, so calls of a warm-up cannot be told apart.
        if !load.warm_up.is_zero() {
            self.wrong(
                written.of.span,
                format!("`{}` has a warm-up, whose calls are counted too", written.of),
            )
            .help = Some("take away its `warmUp`".to_owned());
        }
        let at_most = written.at_most.value;
        // `.inf` and `.nan` are numbers in YAML.
        if !at_most.is_finite() || at_most < 0.0 {
            self.wrong(written.at_most.span, "there cannot be fewer than no calls").help =
                Some("such as `atMost: 1.2`".to_owned());
        }
        if at_most.is_finite() && at_most > MOST_CALLS {
            let what = format!("every run holds this: no request costs {at_most} calls");
            self.wrong(written.at_most.span, what).help = Some("such as `atMost: 1.2`".to_owned());
        }
        Some(Amplification {
            of: load.name.clone(),
            from: written.from.value.clone(),
            to: written.to.value.clone(),
            at_most,
        })
    }
}
