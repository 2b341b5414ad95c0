//! What an autoscaler must do: bring enough replicas in time, and take them away again.

use std::fmt;
use std::time::Duration;

use super::{Claim, Claimed, Needs};
use crate::bounds;
use crate::plan::System;
use crate::plan::check::{Checkable, Checker, ExpectationContext};
use crate::scenario::{HpaSpec, TimeLimit};
use crate::source::Located;
use crate::units::Period;

/// An autoscaler brings enough replicas in time, and does not flap.
#[derive(Debug, Clone)]
pub struct ScalesOut {
    /// The service that it scales.
    pub service: String,
    /// How many replicas must be ready at some time.
    pub reaches: u32,
    /// How long after the loads' start it may take.
    pub within: Duration,
}

/// An autoscaler comes down again once a load is over.
#[derive(Debug, Clone)]
pub struct ScalesIn {
    /// The service that it scales.
    pub service: String,
    /// The number of replicas that it comes down to: its fewest.
    pub to: u32,
    /// The load's end, after the loads' start.
    pub from: Duration,
    /// How long after that it may take.
    pub within: Duration,
}

impl Claimed for ScalesOut {
    fn needs(&self) -> Needs<'_> {
        Needs { events: true, autoscaler: Some(&self.service), ..Needs::default() }
    }
}

impl Claimed for ScalesIn {
    fn needs(&self) -> Needs<'_> {
        // `ScalesOut` stands beside it in every plan, and has the autoscaler settle before the
        // load.
        Needs { events: true, ..Needs::default() }
    }
}

impl fmt::Display for ScalesOut {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { service, reaches, within } = self;
        write!(out, "{service} is scaled to {reaches} within {}", Period(*within))
    }
}

impl fmt::Display for ScalesIn {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { service, to, .. } = self;
        let (from, within) = (Period(self.from), Period(self.within));
        write!(out, "{service} is back at {to} within {within} after the load's end at {from}")
    }
}

impl Checkable for HpaSpec {
    fn check(&self, checker: &mut Checker<'_>, context: &ExpectationContext<'_>) -> Vec<Claim> {
        let out = checker.scales_out(self, context.system).map(Claim::from);
        let load = self.returns_after.as_ref();
        let back = load.and_then(|load| checker.scales_in(self, load, context)).map(Claim::from);
        out.into_iter().chain(back).collect()
    }
}

impl Checker<'_> {
    fn scales_out(&mut self, written: &HpaSpec, system: &System) -> Option<ScalesOut> {
        let name = &written.service;
        if !self.known_service(name, &system.services) {
            return None;
        }
        let service = &system.services[&name.value];
        let reaches = written.reaches.value;
        let Some(autoscaler) = service.autoscaler else {
            self.wrong(name.span, format!("`{name}` has no autoscaler")).help =
                Some("add `autoscaler` in the system file".to_owned());
            return None;
        };
        let (fewest, most) =
            (autoscaler.min_replicas.max(service.replicas), autoscaler.max_replicas);
        if reaches <= fewest || reaches > most {
            self.wrong(
                written.reaches.span,
                format!("`{name}` has {fewest} replicas from the start and {most} at the most"),
            )
            .help = Some("say a number that only scaling reaches".to_owned());
        }
        let within = match written.within {
            TimeLimit::Period(period) => period.0,
            TimeLimit::Auto => bounds::scales_out(service, &autoscaler, reaches),
        };
        Some(ScalesOut { service: name.value.clone(), reaches, within })
    }

    fn scales_in(
        &mut self,
        written: &HpaSpec,
        load: &Located<String>,
        context: &ExpectationContext<'_>,
    ) -> Option<ScalesIn> {
        let load = self.known_load(load, context)?;
        let service = context.system.services.get(&written.service.value)?;
        let autoscaler = service.autoscaler?;
        Some(ScalesIn {
            service: written.service.value.clone(),
            to: autoscaler.min_replicas,
            from: load.lasts,
            within: bounds::scales_in(&autoscaler) + service.grace,
        })
    }
}
