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
mod run_config;
mod steps;
mod stop_signal;
mod sums;
mod variables;

use std::time::Instant;

use anyhow::Result;
use brunt_scenarios::timeline::{Ending, Moment, Timeline};
use tracing::{Instrument, debug};

use context::RunContext;
pub use run_config::{LoadOrigin, LoadWorkers, RunConfig};
pub use stop_signal::StopSignal;
use variables::Variables;

use crate::target;

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
    timeline.left_behind.extend(context.into_system().shut_down().await);
    Ok(timeline)
}

async fn carry_out(context: &RunContext<'_>) -> Timeline {
    let mut variables = Variables::default();
    let mut timeline = match set_up(context, &mut variables).await {
        Err(ending) => Timeline::empty(ending),
        Ok(()) => {
            let before = post_run_checks::keys_before(context, &variables).await;
            let mut timeline = load_phase::run(context, &mut variables).await;
            // While the system still runs: what an autoscaler says of itself goes with it.
            timeline.scalers = context.system.scalers().await;
            if timeline.ending == Ending::Completed {
                post_run_checks::read(context, &before, &mut variables, &mut timeline).await;
            }
            timeline
        }
    };
    timeline.ended = Moment::between(context.origin(), Instant::now());
    timeline.events = context.observer.events();
    timeline
}

async fn set_up(context: &RunContext<'_>, variables: &mut Variables) -> Result<(), Ending> {
    tokio::select! {
        ready = context.system.ready() => {
            ready.map_err(|error| Ending::NotStarted(format!("{error:#}")))?;
        }
        ending = context.stop.requested() => return Err(ending),
    }
    let services = context.system.services();
    debug!(services, "ready");
    context.config.progress.ready(services);
    for step in &context.plan().setup {
        let record = steps::perform(step, context, variables, Instant::now()).await;
        if let Some(objection) = record.objection {
            let failed = Ending::NotStarted(format!("setup: {}: {objection}", step.name));
            return Err(context.stop.ending().unwrap_or(failed));
        }
    }
    Ok(())
}
