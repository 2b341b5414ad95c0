//! `brunt validate`: checks files without running them.

mod live;

use anyhow::Result;
use brunt_scenarios::plan::{Arrival, Load, Plan};
use brunt_scenarios::units::Period;

use crate::cli::{PlatformKind, ValidateArgs};
use crate::console::{outln, plainln};
use crate::exit::Exit;
use crate::files::{self, CheckedFile, Planned};

/// Checks files and prints what scenarios and loads would do; on a cluster, also what they would
/// meet there, by reading alone.
pub fn validate(options: &ValidateArgs) -> Result<Exit> {
    let args = &options.platform;
    let files = match args.on {
        PlatformKind::Local => files::checked(&options.files, &|_| Ok(()))?,
        PlatformKind::Kubernetes => live::checked(&options.files, args)?,
    };
    let mut exit = Exit::Pass;
    for file in &files {
        show(file, args.on);
        if args.on == PlatformKind::Kubernetes && !live::meets(file, args)? {
            exit = Exit::Invalid;
        }
    }
    Ok(exit)
}

fn show(file: &CheckedFile, on: PlatformKind) {
    let is_local = on == PlatformKind::Local;
    match file {
        CheckedFile::Scenario(planned) => scenario(planned, is_local),
        CheckedFile::System(file, system) => {
            let names: Vec<&str> = system.services.keys().map(String::as_str).collect();
            outln!("{file}: ok\n  system {}: {}", system.name, names.join(", "));
            if let Some(service) = system.only_deployed().filter(|_| is_local) {
                outln!(
                    "  needs Kubernetes, as `{service}` has no `command`: run its scenarios \
                     with --on kubernetes"
                );
            }
        }
        CheckedFile::Load(file, plan) => {
            outln!("{file}: ok");
            plan.loads.iter().for_each(describe_load);
        }
    }
}

fn scenario(planned: &Planned, is_local: bool) {
    outln!("{}: ok", planned.source.name);
    describe(&planned.plan);
    if let Some(what) = planned.plan.needs_a_cluster().filter(|_| is_local) {
        plainln!("  needs Kubernetes, because of {what}: run it with --on kubernetes");
    }
    for warning in brunt_reports::power_warnings(&planned.plan) {
        plainln!("  warning: {warning}");
    }
}

fn describe_load(load: &Load) {
    let model = match &load.arrival {
        Arrival::Closed { users, .. } => format!("{users} users"),
        Arrival::Open { ramps } => format!("{} requests", requests(ramps)),
    };
    plainln!("  load {}: {model} for {}, {}", load.name, Period(load.lasts), load.work);
}

fn describe(plan: &Plan) {
    plainln!("  {}", plan.name);
    plan.loads.iter().for_each(describe_load);
    for fault in &plan.faults {
        let times = match fault.at.as_slice() {
            [one] => format!("at {}", Period(*one)),
            many => format!("{} times", many.len()),
        };
        plainln!("  fault {times}: {}", fault.kind);
    }
    for check in &plan.checks {
        plainln!("  must hold: {}", check.claim);
    }
    for proof in &plan.proofs {
        plainln!("  proof: {proof}, these fail: {}", proof.fails.join(", "));
    }
}

/// Arrivals of all ramps together: the area under the rate.
fn requests(ramps: &[brunt_scenarios::plan::Ramp]) -> f64 {
    ramps
        .iter()
        .map(|ramp| (ramp.from + ramp.to) / 2.0 * ramp.lasts.as_secs_f64())
        .sum::<f64>()
        .round()
}
