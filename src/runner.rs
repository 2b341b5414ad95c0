//! Carries out a plan and records what happens: Plan → Timeline.

mod afterwards;
mod agreement;
mod breakers;
mod calls;
mod collection;
mod faults;
mod ledger;
mod load;
mod setting;
mod steps;
mod stop;
mod sums;
mod under_load;
mod variables;

use std::sync::Arc;
use std::time::Instant;

use anyhow::Result;
use brunt_scenarios::timeline::{Ending, Moment, Timeline};

use calls::Calls;
pub use setting::Setting;
use setting::Witness;
pub use stop::Stop;
use variables::Variables;

use crate::target::{self, RunningSystem};

/// Carries out a plan.
///
/// # Errors
/// When the system cannot even be started: a program that is not there, a port in use, a folder
/// that cannot be written.
pub async fn run(setting: &Setting<'_>) -> Result<Timeline> {
    let (system, observed) = target::start_or_attach(&setting.plan.system, &setting.on).await?;
    let system = Arc::new(system);
    let witness = Witness::watch(observed, setting.progress.clone());
    let stop = Stop::on_signals();
    let limit = tokio::spawn(stop.clone().after(setting.plan.max_duration));
    let mut timeline = carry_out(setting, &system, &witness, &stop).await;
    limit.abort();
    witness.is_over();
    timeline.edges = system.edges().await;
    timeline.gaps = system.gaps(witness.origin());
    let system = Arc::into_inner(system).expect("everything that shared the system has ended");
    timeline.left_behind.extend(system.shut_down().await);
    Ok(timeline)
}

async fn carry_out(
    setting: &Setting<'_>,
    system: &Arc<RunningSystem>,
    witness: &Witness,
    stop: &Stop,
) -> Timeline {
    let calls = Calls::new(Arc::clone(system));
    let mut variables = Variables::default();
    let mut timeline = match set_up(setting, system, &calls, &mut variables, stop).await {
        Err(ending) => Timeline::empty(ending),
        Ok(()) => {
            let earlier = afterwards::before(setting.plan, &calls, &variables).await;
            let mut timeline =
                under_load::put(setting, system, &calls, &mut variables, witness, stop).await;
            timeline.scalers = system.scalers().await;
            if timeline.ending == Ending::Completed {
                afterwards::look(
                    setting.plan,
                    &earlier,
                    &calls,
                    &mut variables,
                    &mut timeline,
                    witness,
                    stop,
                )
                .await;
            }
            timeline
        }
    };
    timeline.ended = Moment::between(witness.origin(), Instant::now());
    timeline.events = witness.events();
    timeline
}

async fn set_up(
    setting: &Setting<'_>,
    system: &RunningSystem,
    calls: &Calls,
    variables: &mut Variables,
    stop: &Stop,
) -> Result<(), Ending> {
    tokio::select! {
        ready = system.ready() => {
            ready.map_err(|error| Ending::NotStarted(format!("{error:#}")))?;
        }
        ending = stop.asked() => return Err(ending),
    }
    setting.progress.ready(system.services());
    for step in &setting.plan.setup {
        let origin = Instant::now();
        let record = steps::perform(step, calls, variables, origin, stop).await;
        if let Some(objection) = record.objection {
            return Err(stop
                .ending()
                .unwrap_or(Ending::NotStarted(format!("setup: {}: {objection}", step.name))));
        }
    }
    Ok(())
}
