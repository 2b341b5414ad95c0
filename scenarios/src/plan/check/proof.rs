//! Checks of proofs: guards that exist, and checks that the scenario has.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use indexmap::IndexMap;

use super::checker::Checker;
use crate::guard;
use crate::plan::{Proof, Service, System};
use crate::scenario::{self, ExpectationSpec, Scenario};

impl Checker<'_> {
    pub(super) fn proof(
        &mut self,
        written: &scenario::ProofSpec,
        scenario: &Scenario,
        system: &System,
        load_ends: Duration,
    ) -> Proof {
        let services = &system.services;
        let mut without = BTreeMap::new();
        for (guard, names) in &written.without {
            for name in names.0.iter().filter(|name| name.value != "all") {
                self.guarded(guard, name, services);
            }
            let all = names.0.iter().any(|name| name.value == "all");
            let having = services
                .iter()
                .filter(|(_, service)| guard::names(service).contains(&guard.as_str()));
            let chosen: Vec<String> = match all {
                true => having.map(|(name, _)| name.clone()).collect(),
                false => names.0.iter().map(|name| name.value.clone()).collect(),
            };
            without.insert(guard.clone(), chosen);
        }
        let there = check_names(scenario);
        for name in &written.fails {
            let kind = name.split('.').next().unwrap_or_default();
            if !there.contains(&kind) {
                self.unknown(name.span, "check in this scenario named", name, &there);
            }
        }
        if written.fails.is_empty() || broken_by_nothing(written) {
            self.wrong(None, "a proof needs `without`, `env` or `planted`, and `fails`").help =
                Some("such as `without: {outbox: order}` and `fails: [ledger.lost]`".to_owned());
        }
        let planted = self.faults(&written.planted, system, load_ends);
        let env = self.environment(&written.env, system);
        Proof {
            without,
            env,
            planted,
            fails: written.fails.iter().map(|name| name.value.clone()).collect(),
        }
    }

    fn guarded(
        &mut self,
        guard: &str,
        name: &crate::source::Located<String>,
        services: &IndexMap<String, Service>,
    ) {
        if !self.known_service(name, services) {
            return;
        }
        let guards = guard::names(&services[&name.value]);
        if !guards.contains(&guard) {
            let diagnostic =
                self.source.wrong(Some(name.span), format!("`{name}` has no guard `{guard}`"));
            self.problems.push(diagnostic.help_choose(guard, &guards));
        }
    }
}

fn broken_by_nothing(written: &scenario::ProofSpec) -> bool {
    written.without.is_empty() && written.env.is_empty() && written.planted.is_empty()
}

/// The names by which proofs can refer to a scenario's checks.
fn check_names(scenario: &Scenario) -> Vec<&'static str> {
    let mut names: Vec<&str> = scenario.expect.iter().map(ExpectationSpec::name).collect();
    if !scenario.steps.is_empty() {
        names.push("step");
    }
    let mut known = HashSet::new();
    names.retain(|name| known.insert(*name));
    names
}
