//! From what is written to what is meant: every reference resolved, every default filled in, every
//! problem reported at once.

mod call;
mod checker;
mod expectation;
mod fault;
mod feed;
mod journey;
mod key;
mod launch_text;
mod load;
mod load_context;
mod load_file;
mod name;
mod port;
mod probe;
mod proof;
mod request;
mod secret;
mod system;
mod target;
mod values;
mod variables;

use std::time::Duration;

pub(super) use checker::Checker;
pub(super) use expectation::{Checkable, ExpectationContext, one};
use indexmap::IndexMap;
use load_context::{Definitions, LoadContext};
use target::Targets;
pub(super) use values::texts_of;

use super::{AbortWhen, Environment, Fault, Load, Plan, SecretValues, Service, Step, System};
use crate::scenario::{self, Scenario};
use crate::source::{self, Diagnostic, Source, Span};
use crate::units::Percent;

/// The longest run unless told otherwise.
const MAX_DURATION: Duration = Duration::from_secs(600);

impl System {
    /// Checks a system as it was written in `source`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn check(written: &crate::SystemSpec, source: &Source) -> Result<Self, Vec<Diagnostic>> {
        let mut checker = Checker::new(source);
        let system = checker.system(written);
        checker.finish(system)
    }
}

impl System {
    /// Reads and checks a system file as far as it can be understood.
    pub fn read(source: &Source) -> source::SourceReading<Self> {
        source.read::<crate::SystemSpec>().then(|written| {
            let mut checker = Checker::new(source);
            let system = checker.system(&written);
            (system, checker.problems)
        })
    }
}

impl Plan {
    /// Checks a scenario as it was written in `source` against its system.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn check(
        written: &Scenario,
        source: &Source,
        system: System,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut checker = Checker::new(source);
        let plan = checker.plan(written, system);
        checker.finish(plan)
    }
}

impl Load {
    /// The loads of a scenario, and nothing else of it: what its [`Plan`] has.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn of_scenario(
        written: &Scenario,
        source: &Source,
        system: &System,
    ) -> Result<Vec<Self>, Vec<Diagnostic>> {
        let mut checker = Checker::new(source);
        let setup = checker.setup(&written.setup, &system.services, &mut Vec::new());
        let loads = checker.loads(written, &setup, &system.services);
        checker.finish(loads)
    }
}

impl Checker<'_> {
    fn loads(
        &mut self,
        written: &Scenario,
        setup: &[Step],
        services: &IndexMap<String, Service>,
    ) -> Vec<Load> {
        // Those of the setup only: steps are made while the load runs, or after it.
        let saved = setup.iter().flat_map(|step| step.save.iter().map(|(name, _)| name.as_str()));
        let targets = Targets::Services(services);
        let context =
            LoadContext { targets, saved: saved.collect(), definitions: Definitions::Asked };
        let loads = written.load.iter().filter_map(|load| self.load(load, &context)).collect();
        self.load_names(&written.load);
        loads
    }

    fn plan(&mut self, written: &Scenario, mut system: System) -> Plan {
        self.version(&written.version);
        let env = self.environment(&written.env, &system);
        for (name, variables) in env {
            system.services[&name].alter(&variables);
        }
        let services = &system.services;
        let mut saved = Vec::new();
        let setup = self.setup(&written.setup, services, &mut saved);
        let loads = self.loads(written, &setup, services);
        let max_duration = written.limits.max_duration.map_or(MAX_DURATION, |period| period.0);
        let load_ends = loads.iter().map(|load| load.lasts).max().unwrap_or_default();
        self.count_replicas(written, &system);
        let faults = self.faults(&written.faults, &system, load_ends);
        let steps = self.steps(&written.steps, services, &mut saved);
        let context = ExpectationContext {
            written: &written.load,
            loads: &loads,
            faults: &faults,
            system: &system,
        };
        let checks = self.checks(&written.expect, &context);
        let proofs = written
            .proof
            .iter()
            .map(|proof| {
                let place = proof.fails.first().map(|name| name.span);
                let place = place.or_else(|| self.place_of_key("proof"));
                self.part(place, |part| part.proof(proof, written, &system, load_ends))
            })
            .collect();
        self.whole(written, &loads, &faults, max_duration);
        // Last, as checks read documents when all steps have been made.
        self.readings(&checks, &saved);
        Plan {
            name: written.name.clone(),
            about: written.about.clone(),
            setup,
            loads,
            faults,
            steps,
            checks,
            abort_when: written.abort_when.as_ref().map(abort_when),
            max_unavailable: written.limits.max_unavailable.unwrap_or(Percent::ALL),
            max_duration,
            proofs,
            system,
            secrets: SecretValues::default(),
        }
    }

    /// Variables of services that exist.
    fn environment(&mut self, written: &Environment, system: &System) -> Environment {
        let mut known = written.clone();
        for (name, variables) in written {
            self.altered_variables(name, system, variables);
        }
        known.retain(|name, _| {
            let there = system.services.contains_key(name);
            if !there {
                let names: Vec<&str> = system.services.keys().map(String::as_str).collect();
                let place = self.place_of_key("env");
                let place = self.source.find_key(place.unwrap_or(Span::START), name).or(place);
                let what = format!("`env` is for a service `{name}`, which does not exist");
                let unknown = self.source.wrong(place, what);
                self.problems.push(unknown.help_choose(name, &names));
            }
            there
        });
        known
    }

    fn whole(
        &mut self,
        written: &Scenario,
        loads: &[Load],
        faults: &[Fault],
        max_duration: Duration,
    ) {
        if written.expect.is_empty() && written.steps.is_empty() {
            self.wrong(None, "nothing is expected").help = Some(
                "add `expect:` or `steps:`; a run that checks nothing shows nothing".to_owned(),
            );
        }
        if written.load.is_empty() && written.steps.is_empty() {
            self.wrong(None, "there is no load and no step").help =
                Some("add `load:` or `steps:`".to_owned());
        }
        let loads_end = loads.iter().map(|load| load.lasts).max().unwrap_or_default();
        let ends =
            loads_end.max(faults.iter().filter_map(Fault::last_end).max().unwrap_or_default());
        if ends > max_duration {
            let (ends, most) = (crate::units::Period(ends), crate::units::Period(max_duration));
            self.wrong(None, format!("load and faults last {ends}, and the run may last {most}"))
                .help = Some("shorten it, or raise `limits: {maxDuration: …}`".to_owned());
        }
    }
}

fn abort_when(written: &scenario::AbortWhenSpec) -> AbortWhen {
    AbortWhen { error_rate: *written.error_rate, lasts: written.lasts.0 }
}
