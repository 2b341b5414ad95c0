//! A load is served while services are down that it does not need.

use std::fmt;

use super::{Claim, Claimed, Evidence, Needs};
use crate::plan::During;
use crate::plan::check::{Checkable, Checker, ExpectationContext, one};
use crate::scenario::IsolationSpec;
use crate::units::Percent;

/// A load is served while services are down that it does not need.
#[derive(Debug, Clone)]
pub struct Isolation {
    /// The load that must be served.
    pub of: String,
    /// The services that are down for a while; at least one.
    pub down: Vec<String>,
    /// The share of replies that must be good while any of them is down.
    pub at_least: Percent,
}

impl Claimed for Isolation {
    fn needs(&self) -> Needs<'_> {
        let evidence =
            Evidence::of_share(&self.of, self.at_least, During::Faults, self.to_string());
        Needs { events: true, schedules: vec![&self.of], evidence, ..Needs::default() }
    }
}

impl fmt::Display for Isolation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { of, down, at_least } = self;
        let verb = if down.len() == 1 { "is" } else { "are" };
        write!(out, "{of}: availability ≥ {at_least} while {} {verb} down", down.join(", "))
    }
}

impl Checkable for IsolationSpec {
    fn check(&self, checker: &mut Checker<'_>, context: &ExpectationContext<'_>) -> Vec<Claim> {
        one(checker.isolation(self, context))
    }
}

impl Checker<'_> {
    fn isolation(
        &mut self,
        written: &IsolationSpec,
        context: &ExpectationContext<'_>,
    ) -> Option<Isolation> {
        let of = self.known_load(&written.of, context);
        let services = &written.down.0;
        if services.is_empty() {
            self.wrong(written.of.span, "an isolation needs a service that is down");
        }
        // Counted, as `all` would stop at the first that never goes down.
        let down = services.iter().filter(|service| self.goes_down(service, context)).count();
        (down == services.len() && down > 0).then_some(())?;
        Some(Isolation {
            of: of?.name.clone(),
            down: services.iter().map(|service| service.value.clone()).collect(),
            at_least: written.at_least.map_or(Percent::ALL, |share| *share),
        })
    }
}
