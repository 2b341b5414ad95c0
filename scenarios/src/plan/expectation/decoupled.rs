//! While a service is down commands are accepted, and all of them complete once it is back.

use std::fmt;
use std::time::Duration;

use super::{Claim, Claimed, Effects, Evidence, Needs, Reading};
use crate::plan::During;
use crate::plan::check::{Checkable, Checker, ExpectationContext, one};
use crate::scenario::DecoupledSpec;
use crate::units::Percent;

/// While a service is down commands are accepted, and all of them complete once it is back.
#[derive(Debug, Clone)]
pub struct Decoupled {
    /// The service that is down for a while.
    pub service: String,
    /// The load that makes the commands.
    pub of: String,
    /// The share of commands that must be accepted while the service is down.
    pub at_least: Percent,
    /// Where the commands' effects are.
    pub effects: Effects,
    /// How long after load and faults the effects may take.
    pub within: Duration,
}

impl Claimed for Decoupled {
    fn needs(&self) -> Needs<'_> {
        let Self { of, effects, within, .. } = self;
        let reading = Reading::Ledger { of, effects, within: *within };
        let evidence = Evidence::of_share(of, self.at_least, During::Faults, self.to_string());
        let reading = Some(reading);
        Needs { events: true, schedules: vec![of], reading, evidence, ..Needs::default() }
    }
}

impl fmt::Display for Decoupled {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { of, at_least, service, .. } = self;
        write!(out, "{of}: availability ≥ {at_least} while {service} is down, and all complete")
    }
}

impl Checkable for DecoupledSpec {
    fn check(&self, checker: &mut Checker<'_>, context: &ExpectationContext<'_>) -> Vec<Claim> {
        one(checker.decoupled(self, context))
    }
}

impl Checker<'_> {
    fn decoupled(
        &mut self,
        written: &DecoupledSpec,
        context: &ExpectationContext<'_>,
    ) -> Option<Decoupled> {
        let down = self.goes_down(&written.service, context);
        let of = self.keyed_load(&written.commands, context);
        let effects = self.effects(&written.effects, context.system);
        down.then_some(())?;
        Some(Decoupled {
            service: written.service.value.clone(),
            of: of?,
            at_least: written.at_least.map_or(Percent::ALL, |share| *share),
            effects: effects?,
            within: written.within.0,
        })
    }
}
