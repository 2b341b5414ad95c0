//! `brunt run --dry-run`

use anyhow::{Result, bail};
use brunt_faults::{Limits, inject_where, with_causes};
use brunt_kubernetes::{ChangeMode, ClusterRun};
use brunt_scenarios::units::Period;

use crate::cli::{CommonArgs, PlatformKind};
use crate::commands::platform;
use crate::console::plainln;
use crate::exit::Exit;
use crate::files::Planned;
use crate::{run_folder, runtime};

/// Lets the faults of every plan go as far as the API server's own dry run, and prints what
/// each would touch.
pub fn run(plans: &[Planned], common: &CommonArgs) -> Result<Exit> {
    if common.platform.on == PlatformKind::Local {
        bail!(
            "--dry-run needs --on kubernetes: on this machine, a run starts a system of its own \
             and breaks nothing else"
        );
    }
    let runtime = runtime::new()?;
    let mut exit = Exit::Pass;
    for planned in plans {
        exit = exit.worse(runtime.block_on(one(planned, common))?);
    }
    Ok(exit)
}

async fn one(planned: &Planned, common: &CommonArgs) -> Result<Exit> {
    let plan = &planned.plan;
    let options = platform::cluster_options(
        plan,
        &common.platform,
        ChangeMode::DryRun,
        &run_folder::new_id(),
    );
    let namespace = options.target.namespace.clone().unwrap_or_default();
    plainln!("{}, in the namespace {namespace}:", plan.name);
    let (system, _observed) = ClusterRun::start(&plan.system, &options).await?;
    system.ready().await?;
    if !system.planned_changes().is_empty() {
        tell("before the load", &system.planned_changes());
    }
    let limits = Limits { max_unavailable: plan.max_unavailable };
    let seed = common.seed.unwrap_or_else(|| fastrand::u64(..));
    let mut exit = Exit::Pass;
    for (number, fault) in plan.faults.iter().enumerate() {
        let before = system.planned_changes().len();
        let mut chance = fastrand::Rng::with_seed(seed.wrapping_add(number as u64));
        let outcome = inject_where(&fault.kind, &fault.only, &system, &limits, &mut chance).await;
        let times: Vec<String> = fault.at.iter().map(|at| Period(*at).to_string()).collect();
        tell(&format!("{}  {}", times.join(", "), fault.kind), &system.planned_changes()[before..]);
        match outcome {
            // Nothing was injected, so there is nothing to recover.
            Ok(applied) => drop(applied.keep()),
            Err(error) => {
                plainln!("      would not happen: {}", with_causes(&error));
                exit = Exit::Inconclusive;
            }
        }
    }
    plainln!(
        "Which of several replicas it is depends on the seed; --seed {seed} draws these. Nothing \
         was touched."
    );
    Ok(exit)
}

fn tell(when: &str, touched: &[String]) {
    plainln!("  {when}");
    for what in touched {
        plainln!("      {what}");
    }
}
