//! Carries out a plan and records what happens: Plan → Timeline.

mod breakers;
mod client;
mod context;
mod cross_checks;
mod faults;
mod fetch_items;
mod ledger;
mod load;
mod load_phase;
mod observer;
mod post_run_checks;
mod reading_error;
mod run_config;
mod steps;
mod stop_signal;
mod sums;
mod variables;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::Result;
use brunt_scenarios::plan::CheckId;
use brunt_scenarios::timeline::{Ending, Moment, Timeline};
use tracing::{Instrument, debug};

use context::RunContext;
use ledger::EarlierKeys;
pub use run_config::{LoadOrigin, LoadPlacement, RunConfig};
pub use stop_signal::StopSignal;
use variables::Variables;

use crate::target;

/// The longest grace of services when a signal has ended the run: with the load's last second, the
/// command then ends within two.
const HURRY: Duration = Duration::from_millis(700);

/// Carries out a plan.
///
/// # Errors
/// When the system cannot even be started: a program that is not there, a port in use, a folder
/// that cannot be written.
pub async fn run(config: &RunConfig<'_>) -> Result<Timeline> {
    let (system, observed) = target::start_or_attach(&config.plan.system, &config.platform).await?;
    debug!(system = %config.plan.system.name, "started, not ready yet");
    let context = RunContext::new(config, system, observed);
    let limit = context.stop.clone().after(config.plan.max_duration);
    let limit = tokio::spawn(limit.in_current_span());
    let mut timeline = carry_out(&context).await;
    limit.abort();
    debug!(ending = ?timeline.ending, "nothing more is measured: teardown begins");
    context.observer.run_is_over();
    timeline.edges = context.system.edges().await;
    timeline.gaps = context.system.gaps(context.origin());
    // A user who has sent a signal does not wait for services that take long to end.
    let hurry = (timeline.ending == Ending::Interrupted).then_some(HURRY);
    timeline.left_behind.extend(context.into_system().shut_down(hurry).await);
    Ok(timeline)
}

async fn carry_out(context: &RunContext<'_>) -> Timeline {
    let mut variables = Variables::of(&context.plan().secrets);
    let ready = tokio::select! {
        ready = prepare(context, &mut variables) => ready,
        ending = context.stop.requested() => Err(ending),
    };
    let mut timeline = match ready {
        Err(ending) => Timeline::empty(ending),
        Ok(before) => {
            let mut timeline = load_phase::run(context, &mut variables).await;
            // While the system still runs: what an autoscaler says of itself goes with it.
            timeline.scalers = context.system.scalers().await;
            if timeline.ending == Ending::Completed {
                tokio::select! {
                    () = post_run_checks::read(context, &before, &mut variables, &mut timeline) => {}
                    ending = context.stop.requested() => timeline.ending = ending,
                }
            }
            timeline
        }
    };
    timeline.ended = Moment::between(context.origin(), Instant::now());
    timeline.events = context.observer.events();
    timeline
}

/// Gets everything ready for the load, and returns what ledgers find before it.
async fn prepare(
    context: &RunContext<'_>,
    variables: &mut Variables,
) -> Result<BTreeMap<CheckId, EarlierKeys>, Ending> {
    set_up(context, variables).await?;
    Ok(post_run_checks::keys_before(context, variables).await)
}

async fn set_up(context: &RunContext<'_>, variables: &mut Variables) -> Result<(), Ending> {
    let ready = context.system.ready().await;
    ready.map_err(|error| Ending::NotStarted(format!("{error:#}")))?;
    let services = context.system.services();
    debug!(services, "ready");
    context.config.progress.ready(services);
    for step in &context.plan().setup {
        let record = steps::perform(step, context, variables, Instant::now()).await;
        if let Some(objection) = record.objection {
            let failed = Ending::NotSetUp(format!("setup: {}: {objection}", step.name));
            return Err(context.stop.ending().unwrap_or(failed));
        }
    }
    Ok(())
}
