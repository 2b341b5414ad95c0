//! Checks of what must hold.

use std::time::Duration;

use super::Checker;
use crate::bounds;
use crate::plan::{Check, Claim, Fault, FaultKind, Load, Quantile, System};
use crate::scenario::{self, ExpectationSpec, TimeLimit};
use crate::source::Located;

/// What expectations can be about.
pub(super) struct Known<'k> {
    /// The loads as they are written: one that is wrong itself is known all the same.
    pub written: &'k [scenario::LoadSpec],
    /// The loads.
    pub loads: &'k [Load],
    /// The faults.
    pub faults: &'k [Fault],
    /// The system.
    pub system: &'k System,
}

impl Checker<'_> {
    pub(super) fn expectation(
        &mut self,
        written: &ExpectationSpec,
        known: &Known<'_>,
    ) -> Vec<Check> {
        let system = known.system;
        let claim = match written {
            ExpectationSpec::Availability(one) => self.availability(one, known),
            ExpectationSpec::Latency(one) => self.latency(one, known),
            ExpectationSpec::Recovers(one) => self.recovers(one, known.faults, system),
            ExpectationSpec::Restarts(one) => self.restarts(one, system),
            ExpectationSpec::Ledger(one) => self.ledger(one, known),
            ExpectationSpec::Conserved(one) => self.conserved(one, system),
            ExpectationSpec::Breaker(one) => self.breaker(one, known),
            ExpectationSpec::Decoupled(one) => self.decoupled(one, known),
            ExpectationSpec::Saga(one) => self.saga(one, known),
            ExpectationSpec::View(one) => self.view(one, system),
            ExpectationSpec::Fairness(one) => self.fairness(one, known),
            ExpectationSpec::Isolation(one) => self.isolation(one, known),
            ExpectationSpec::Hpa(one) => {
                let claims = self.hpa(one, known);
                return claims
                    .into_iter()
                    .map(|claim| Check { name: written.name(), claim })
                    .collect();
            }
            ExpectationSpec::Amplification(one) => self.amplification(one, known),
            ExpectationSpec::Slo(one) => {
                let claims = self.slo(one, known);
                return claims
                    .into_iter()
                    .map(|claim| Check { name: written.name(), claim })
                    .collect();
            }
        };
        claim.map(|claim| Check { name: written.name(), claim }).into_iter().collect()
    }

    pub(super) fn known_load<'k>(
        &mut self,
        name: &Located<String>,
        known: &Known<'k>,
    ) -> Option<&'k Load> {
        let written: Vec<&str> = known.written.iter().map(|load| load.name.as_str()).collect();
        if !written.contains(&name.as_str()) {
            self.unknown(name.span, "load", name, &written);
        }
        known.loads.iter().find(|load| load.name == name.value)
    }

    fn availability(
        &mut self,
        written: &scenario::AvailabilitySpec,
        known: &Known<'_>,
    ) -> Option<Claim> {
        let of = self.known_load(&written.of, known)?.name.clone();
        Some(Claim::Availability { of, at_least: written.at_least, during: written.during })
    }

    fn latency(&mut self, written: &scenario::LatencySpec, known: &Known<'_>) -> Option<Claim> {
        let of = self.known_load(&written.of, known)?.name.clone();
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
        Some(Claim::Latency { of, limits, during: written.during })
    }

    fn recovers(
        &mut self,
        written: &scenario::RecoversSpec,
        faults: &[Fault],
        system: &System,
    ) -> Option<Claim> {
        if !self.known_service(&written.service, &system.services) {
            return None;
        }
        let name = written.service.value.clone();
        let hits: Vec<&Fault> =
            faults.iter().filter(|fault| fault.kind.services().contains(&name.as_str())).collect();
        if hits.is_empty() {
            self.wrong(
                written.service.span,
                format!("no fault hits `{name}`, so it has nothing to recover from"),
            );
        }
        let service = &system.services[&name];
        let computed = hits.iter().map(|fault| match fault.kind {
            FaultKind::Rollout { .. } => bounds::rolls_out(service),
            FaultKind::MakeZombie { .. } => {
                bounds::restarts(service).unwrap_or_default() + bounds::becomes_ready(service)
            }
            FaultKind::Kill { grace, .. } => grace + bounds::starts(service),
            _ => bounds::starts(service),
        });
        let within = match written.within {
            TimeLimit::Period(period) => period.0,
            TimeLimit::Auto => computed.max().unwrap_or_default(),
        };
        Some(Claim::Recovers { service: name, within })
    }

    fn restarts(&mut self, written: &scenario::RestartsSpec, system: &System) -> Option<Claim> {
        if !self.known_service(&written.service, &system.services) {
            return None;
        }
        let service = &system.services[&written.service.value];
        let within = match (written.within, bounds::restarts(service)) {
            (TimeLimit::Period(period), _) => period.0,
            (TimeLimit::Auto, Some(bound)) => bound,
            (TimeLimit::Auto, None) => {
                self.wrong(
                    written.service.span,
                    format!("`{}` has no liveness probe", written.service),
                )
                .help = Some("add `livenessProbe` in the system file".to_owned());
                return None;
            }
        };
        Some(Claim::Restarts { service: written.service.value.clone(), within })
    }

    fn ledger(&mut self, written: &scenario::LedgerSpec, known: &Known<'_>) -> Option<Claim> {
        let of = self.keyed_load(&written.of, known)?;
        let effects = self.target(&written.effects.get, &known.system.services)?;
        let items = self.json_path(&written.effects.items, written.effects.items.span)?;
        let key = self.json_path(&written.effects.key, written.effects.key.span)?;
        let json = self.conditions(&written.effects.json, "the effects");
        Some(Claim::Ledger {
            of,
            effects,
            items,
            key,
            json,
            lost: written.lost,
            duplicated: written.duplicated,
            within: written.within.0,
        })
    }

    fn conserved(&mut self, written: &scenario::ConservedSpec, system: &System) -> Option<Claim> {
        let mut terms = Vec::new();
        for term in &written.sum {
            let target = self.target(&term.get, &system.services);
            let values = self.json_path(&term.values, term.values.span);
            terms.push((target?, values?));
        }
        if terms.is_empty() {
            self.wrong(written.equals.span, "a sum needs terms").help =
                Some("such as `sum: [{get: service/path, values: $.qty}]`".to_owned());
        }
        let equals = written.equals.value.clone();
        if equals.parse::<f64>().is_err() && !equals.contains("${") {
            self.wrong(written.equals.span, format!("`{equals}` is not a number")).help = Some(
                "give a number, or `${name}` of a value saved by a step of the setup".to_owned(),
            );
        }
        Some(Claim::Conserved {
            what: written.what.clone(),
            terms,
            equals,
            within: written.within.0,
        })
    }
}
