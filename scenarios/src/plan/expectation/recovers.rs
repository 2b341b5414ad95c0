//! A service is ready again in time after each fault that hit it, or another one.

use std::fmt;
use std::time::Duration;

use super::{Claim, Claimed, Evidence, Needs};
use crate::bounds;
use crate::plan::check::{Checkable, Checker, ExpectationContext, one};
use crate::plan::{Fault, FaultKind, PlatformFault, Service};
use crate::scenario::{RecoversSpec, TimeLimit};
use crate::source::Located;
use crate::units::Period;

/// A service is ready again in time after each fault that hit it, or another one.
#[derive(Debug, Clone)]
pub struct Recovers {
    /// The service that must be ready again.
    pub service: String,
    /// The other service whose faults it recovers from; `None` for its own.
    pub after: Option<String>,
    /// How long after a fault's end it may take.
    pub within: Duration,
}

impl Recovers {
    /// The service whose faults count.
    pub fn hit(&self) -> &str {
        self.after.as_ref().unwrap_or(&self.service)
    }
}

impl Claimed for Recovers {
    fn needs(&self) -> Needs<'_> {
        let (service, within) = (self.hit(), self.within);
        let leaving_it_running = false;
        let evidence = vec![Evidence::TimeAfterFaults { service, within, leaving_it_running }];
        Needs { events: true, evidence, ..Needs::default() }
    }
}

impl fmt::Display for Recovers {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let within = Period(self.within);
        write!(out, "{} recovers within {within}", self.service)?;
        match &self.after {
            Some(after) => write!(out, " after faults of {after}"),
            None => Ok(()),
        }
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
        let name = &written.service;
        // One that names itself needs nothing else than one that names nobody.
        let after = written.after.as_ref().filter(|after| after.value != name.value);
        let known = self.known_service(name, services);
        if !after.is_none_or(|after| self.known_service(after, services)) || !known {
            return None;
        }
        let service = &services[&name.value];
        self.shows_when_it_is_ready(name, service);
        // A broken way to it leaves a service ready, so it is no fault of its own. Another service
        // may well lose its readiness by it.
        let hits: Vec<&Fault> = match after {
            None => self.hits(name, context, FaultKind::services),
            Some(after) => self.hits(after, context, FaultKind::touches),
        };
        let computed = hits.iter().map(|fault| match after {
            None => bound(&fault.kind, service),
            Some(after) => bound_after(&fault.kind, &services[&after.value], service),
        });
        let within = match written.within {
            TimeLimit::Period(period) => period.0,
            TimeLimit::Auto => computed.max().unwrap_or_default(),
        };
        let after = after.map(|after| after.value.clone());
        Some(Recovers { service: name.value.clone(), after, within })
    }

    /// The faults of a service, of which there must be one.
    fn hits<'f>(
        &mut self,
        name: &Located<String>,
        context: &ExpectationContext<'f>,
        of: impl Fn(&FaultKind) -> Vec<&str>,
    ) -> Vec<&'f Fault> {
        let faults = context.faults.iter();
        let hits: Vec<&Fault> =
            faults.filter(|fault| of(&fault.kind).contains(&name.as_str())).collect();
        if hits.is_empty() {
            let what = format!("no fault hits `{name}`, so there is nothing to recover from");
            let help = match context.system.services[&name.value].is_ours() {
                true => format!(
                    "add a fault such as `{{at: 5s, for: 5s, stop: {{service: {name}}}}}`, or say \
                     `after:` which service's faults count"
                ),
                false => "it runs already: break the way to it, with a fault such as \
                          `{at: 5s, for: 5s, cut: {from: …, to: …}}`"
                    .to_owned(),
            };
            self.wrong(name.span, what).help = Some(help);
        }
        hits
    }

    /// Without a readiness probe, a process is ready as soon as it exists: that shows nothing.
    fn shows_when_it_is_ready(&mut self, name: &Located<String>, service: &Service) {
        if !service.is_ours() {
            let what = format!("`{name}` runs already, so brunt does not see when it is ready");
            self.wrong(name.span, what).help =
                Some("expect `longestOutage` or `availability` of a load on it".to_owned());
        } else if service.readiness.is_none() && !service.states_start {
            let what =
                format!("`{name}` has no readiness probe, so nothing says when it is ready again");
            self.wrong(name.span, what).help = Some(format!(
                "in the system file, add to `{name}`: \
                 `readinessProbe: {{httpGet: {{path: /ready}}, periodSeconds: 1}}`; or \
                 `startsWithin: 5s` if it is ready once it accepts connections"
            ));
        }
    }
}

/// How long recovery from a fault can take, by the service's probes and grace.
fn bound(kind: &FaultKind, service: &Service) -> Duration {
    match kind {
        FaultKind::Rollout { .. } => bounds::rolls_out(service),
        FaultKind::MakeZombie { .. } => {
            bounds::restarts(service).unwrap_or_default() + bounds::becomes_ready(service)
        }
        // A kill's time counts from its signal on, and a stop's from its end, when its grace is
        // over.
        FaultKind::Kill { grace, .. } => *grace + bounds::starts(service),
        FaultKind::Platform { fault: PlatformFault::KillContainer(_), .. } => {
            service.grace + bounds::starts(service)
        }
        _ => bounds::starts(service),
    }
}

/// How long it can take until a service is ready after a fault of another: the other comes back
/// first, unless only the way to it was broken. Then this one's probe notices, or it is restarted.
fn bound_after(kind: &FaultKind, hit: &Service, service: &Service) -> Duration {
    let other = match kind {
        FaultKind::Edge { .. } => Duration::ZERO,
        kind => bound(kind, hit),
    };
    let restarted =
        bounds::restarts(service).map(|restarts| restarts + bounds::becomes_ready(service));
    other + bounds::starts(service).max(restarted.unwrap_or_default())
}
