//! The liveness probe restarts a service, in time.

use std::fmt;
use std::time::Duration;

use super::{Claim, Claimed, Evidence, Needs};
use crate::bounds;
use crate::plan::check::{Checkable, Checker, ExpectationContext, one};
use crate::scenario::{RestartsSpec, TimeLimit};
use crate::units::Period;

/// The liveness probe restarts a service after each fault that leaves its process running.
#[derive(Debug, Clone)]
pub struct Restarts {
    /// The service that has the probe.
    pub service: String,
    /// How long after the fault it may take.
    pub within: Duration,
}

impl Claimed for Restarts {
    fn needs(&self) -> Needs<'_> {
        let (service, within) = (self.service.as_str(), self.within);
        // Only a fault that leaves a broken process running needs the liveness probe.
        let leaving_it_running = true;
        let evidence = vec![Evidence::TimeAfterFaults { service, within, leaving_it_running }];
        Needs { events: true, evidence, ..Needs::default() }
    }
}

impl fmt::Display for Restarts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let within = Period(self.within);
        write!(out, "{} is restarted by its liveness probe within {within}", self.service)
    }
}

impl Checkable for RestartsSpec {
    fn check(&self, checker: &mut Checker<'_>, context: &ExpectationContext<'_>) -> Vec<Claim> {
        one(checker.restarts(self, context))
    }
}

impl Checker<'_> {
    fn restarts(
        &mut self,
        written: &RestartsSpec,
        context: &ExpectationContext<'_>,
    ) -> Option<Restarts> {
        let name = &written.service;
        if !self.known_service(name, &context.system.services) {
            return None;
        }
        let within = match (written.within, bounds::restarts(&context.system.services[&name.value]))
        {
            (TimeLimit::Period(period), _) => period.0,
            (TimeLimit::Auto, Some(bound)) => bound,
            (TimeLimit::Auto, None) => {
                self.wrong(name.span, format!("`{name}` has no liveness probe")).help =
                    Some("add `livenessProbe` in the system file".to_owned());
                return None;
            }
        };
        Some(Restarts { service: name.value.clone(), within })
    }
}
