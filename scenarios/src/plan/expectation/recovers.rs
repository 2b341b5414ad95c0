//! A service is ready again in time after each fault that hit it.

use std::fmt;
use std::time::Duration;

use super::{Claim, Claimed, Evidence, Needs};
use crate::bounds;
use crate::plan::check::{Checkable, Checker, ExpectationContext, one};
use crate::plan::{Fault, FaultKind, Service};
use crate::scenario::{RecoversSpec, TimeLimit};
use crate::units::Period;

/// A service is ready again in time after each fault that hit it.
#[derive(Debug, Clone)]
pub struct Recovers {
    /// The service that faults hit.
    pub service: String,
    /// How long after a fault's end it may take.
    pub within: Duration,
}

impl Claimed for Recovers {
    fn needs(&self) -> Needs<'_> {
        let (service, within) = (self.service.as_str(), self.within);
        let leaving_it_running = false;
        let evidence = vec![Evidence::TimeAfterFaults { service, within, leaving_it_running }];
        Needs { events: true, evidence, ..Needs::default() }
    }
}

impl fmt::Display for Recovers {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} recovers within {}", self.service, Period(self.within))
    }
}

impl Checkable for RecoversSpec {
    fn check(&self, checker: &mut Checker<'_>, context: &ExpectationContext<'_>) -> Vec<Claim> {
        one(checker.recovers(self, context))
    }
}

impl Checker<'_> {
    fn recovers(
        &mut self,
        written: &RecoversSpec,
        context: &ExpectationContext<'_>,
    ) -> Option<Recovers> {
        let services = &context.system.services;
        if !self.known_service(&written.service, services) {
            return None;
        }
        let name = written.service.value.clone();
        let hits = |fault: &&Fault| fault.kind.services().contains(&name.as_str());
        let hits: Vec<&Fault> = context.faults.iter().filter(hits).collect();
        if hits.is_empty() {
            self.wrong(
                written.service.span,
                format!("no fault hits `{name}`, so it has nothing to recover from"),
            );
        }
        let computed = hits.iter().map(|fault| bound(&fault.kind, &services[&name]));
        let within = match written.within {
            TimeLimit::Period(period) => period.0,
            TimeLimit::Auto => computed.max().unwrap_or_default(),
        };
        Some(Recovers { service: name, within })
    }
}

/// How long recovery from a fault can take, by the service's probes and grace.
fn bound(kind: &FaultKind, service: &Service) -> Duration {
    match kind {
        FaultKind::Rollout { .. } => bounds::rolls_out(service),
        FaultKind::MakeZombie { .. } => {
            bounds::restarts(service).unwrap_or_default() + bounds::becomes_ready(service)
        }
        FaultKind::Kill { grace, .. } => *grace + bounds::starts(service),
        _ => bounds::starts(service),
    }
}
