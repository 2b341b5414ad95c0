//! Checks of what others must not notice.

use super::Checker;
use super::expectation::Known;
use crate::plan::{Arrival, Claim, Load};
use crate::scenario;
use crate::source::Located;
use crate::units::Percent;

/// How much longer a p99 may be unless told otherwise.
const SLOWER: f64 = 0.2;

impl Checker<'_> {
    pub(super) fn decoupled(
        &mut self,
        written: &scenario::DecoupledSpec,
        known: &Known<'_>,
    ) -> Option<Claim> {
        let down = self.goes_down(&written.service, known);
        let of = self.keyed_load(&written.commands, known);
        let effects = &written.effects;
        let rows = self.rows_at(&effects.get, &effects.items, &effects.key, known.system);
        let json = self.conditions(&effects.json, "the effects");
        down.then_some(())?;
        Some(Claim::Decoupled {
            service: written.service.value.clone(),
            of: of?,
            at_least: written.at_least.unwrap_or(Percent::ALL),
            effects: rows?,
            json,
            within: written.within.0,
        })
    }

    pub(super) fn isolation(
        &mut self,
        written: &scenario::IsolationSpec,
        known: &Known<'_>,
    ) -> Option<Claim> {
        let of = self.known_load(&written.of, known);
        let services = &written.down.0;
        if services.is_empty() {
            self.wrong(written.of.span, "an isolation needs a service that is down");
        }
        let down = services.iter().filter(|service| self.goes_down(service, known)).count();
        (down == services.len() && down > 0).then_some(())?;
        Some(Claim::Isolation {
            of: of?.name.clone(),
            down: services.iter().map(|service| service.value.clone()).collect(),
            at_least: written.at_least.unwrap_or(Percent::ALL),
        })
    }

    /// Whether there is such a service, and a fault that may take it down.
    fn goes_down(&mut self, service: &Located<String>, known: &Known<'_>) -> bool {
        if !self.known_service(service, &known.system.services) {
            return false;
        }
        let hit =
            known.faults.iter().any(|fault| fault.kind.services().contains(&service.as_str()));
        if !hit {
            self.wrong(service.span, format!("no fault hits `{service}`, so it is never down"))
                .help = Some(format!(
                "add a fault such as `{{at: 5s, for: 5s, stop: {{service: {service}}}}}`"
            ));
        }
        hit
    }

    pub(super) fn fairness(
        &mut self,
        written: &scenario::FairnessSpec,
        known: &Known<'_>,
    ) -> Option<Claim> {
        let loads =
            written.of.0.iter().map(|name| Some(self.known_load(name, known)?.name.clone()));
        let of = loads.collect::<Option<Vec<_>>>();
        let meanwhile = match &written.meanwhile {
            Some(name) => Some(self.overload(name, written, known)?),
            None => {
                if known.faults.is_empty() {
                    self.wrong(
                        written.of.0.first().map(|name| name.span),
                        "nothing is ever overloaded",
                    )
                    .help =
                        Some("add `while:` with the load that overloads, or a fault".to_owned());
                }
                None
            }
        };
        let slower = written.slower.map_or(SLOWER, Percent::fraction);
        Some(Claim::Fairness { of: of?, meanwhile, slower })
    }

    fn overload(
        &mut self,
        name: &Located<String>,
        written: &scenario::FairnessSpec,
        known: &Known<'_>,
    ) -> Option<String> {
        let load = self.known_load(name, known)?;
        if written.of.0.iter().any(|other| other.value == name.value) {
            self.wrong(name.span, format!("`{name}` cannot be compared with itself"));
        }
        if !rises(load) {
            self.wrong(name.span, format!("the rate of `{name}` never rises above its first one")).help =
                Some("give it stages, such as `open: {rate: 10/s, stages: [{to: 10/s, for: 10s}, {to: 500/s, for: 10s}]}`".to_owned());
        }
        Some(load.name.clone())
    }
}

fn rises(load: &Load) -> bool {
    match &load.arrival {
        Arrival::Closed { .. } => false,
        Arrival::Open { ramps } => {
            let first = ramps.first().map_or(0.0, |ramp| ramp.from);
            ramps.iter().any(|ramp| ramp.from.max(ramp.to) > first)
        }
    }
}
