//! `brunt validate`: checks scenarios without running them.

use anyhow::Result;
use brunt_scenarios::plan::{Arrival, Plan};
use brunt_scenarios::units::Period;

use crate::cli::ValidateArgs;
use crate::console::outln;
use crate::exit::Exit;
use crate::files;

/// Checks scenarios and prints what they would do.
pub fn validate(options: &ValidateArgs) -> Result<Exit> {
    for planned in files::plans(&options.scenarios)? {
        outln!("{}: ok", planned.source.name);
        describe(&planned.plan);
        for warning in brunt_reports::power_warnings(&planned.plan) {
            outln!("  warning: {warning}");
        }
    }
    Ok(Exit::Pass)
}

fn describe(plan: &Plan) {
    outln!("  {}", plan.name);
    for load in &plan.loads {
        let model = match &load.arrival {
            Arrival::Closed { users, .. } => format!("{users} users"),
            Arrival::Open { ramps } => format!("{} requests", requests(ramps)),
        };
        outln!("  load {}: {model} for {}, {}", load.name, Period(load.lasts), load.work);
    }
    for fault in &plan.faults {
        let times = match fault.at.as_slice() {
            [one] => format!("at {}", Period(*one)),
            many => format!("{} times", many.len()),
        };
        outln!("  fault {times}: {}", fault.kind);
    }
    for check in &plan.checks {
        outln!("  must hold: {}", check.claim);
    }
    for proof in &plan.proofs {
        outln!("  proof: {proof}, these fail: {}", proof.fails.join(", "));
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
