//! The middle of a run: load, faults and timed steps, all on one clock.

use std::time::{Duration, Instant};

use brunt_loadgen::{AbortWatch, Snapshot};
use brunt_scenarios::timeline::{Ending, LoadRecord, StepRecord, Timeline};
use tracing::debug;

use super::context::RunContext;
use super::load::{RunLoad, RunningLoad};
use super::variables::Variables;
use super::{breakers, faults, steps};

/// Between two looks at the load.
const LOOK: Duration = Duration::from_millis(250);

/// Puts the load on the system while faults and steps happen at their times.
pub async fn run(context: &RunContext<'_>, variables: &mut Variables) -> Timeline {
    let prepared = tokio::select! {
        prepared = RunLoad::prepare(context, variables) => prepared,
        ending = context.stop.requested() => Err(ending),
    };
    let load = match prepared {
        Ok(load) => load,
        Err(ending) => return Timeline::empty(ending),
    };
    let origin = Instant::now() + load.lead();
    context.observer.load_starts(origin);
    let running = match load.start(origin, context).await {
        Ok(running) => running,
        Err(ending) => return Timeline::empty(ending),
    };
    debug!(loads = context.plan().loads.len(), lasts = ?context.plan().load_ends(), "load begins");
    context.config.progress.load_starts(context.plan(), origin);
    let (faults, steps, loads, breakers) = tokio::join!(
        faults::happen(context),
        timed_steps(context, variables),
        watch(context, running),
        breakers::watch(context),
    );
    debug!("load and faults are over");
    Timeline {
        loads,
        faults: faults.records,
        steps,
        breakers,
        left_behind: faults.left_behind,
        ..Timeline::empty(context.stop.ending().unwrap_or(Ending::Completed))
    }
}

async fn timed_steps(context: &RunContext<'_>, variables: &mut Variables) -> Vec<StepRecord> {
    let mut records = Vec::new();
    let origin = context.origin();
    for step in &context.plan().steps {
        let Some(at) = step.at else { continue };
        if !context.stop.sleep_until((origin + at).into()).await {
            break;
        }
        tokio::select! {
            record = steps::perform(step, context, variables, origin) => records.push(record),
            _ = context.stop.requested() => break,
        }
    }
    records
}

/// Looks at the load until it ends, to show it and for the stop conditions, and returns
/// what it did.
async fn watch(context: &RunContext<'_>, mut load: RunningLoad) -> Vec<LoadRecord> {
    let (plan, stop, origin) = (context.plan(), &context.stop, context.origin());
    let ends = if load.is_some() { origin + plan.load_ends() } else { origin };
    let mut abort = plan.abort_when.map(AbortWatch::new);
    let mut next = origin;
    while next < ends {
        next = (next + LOOK).min(ends);
        if !stop.sleep_until(next.into()).await {
            load.stop().await;
            break;
        }
        let snapshot = load.snapshot();
        let (ok, failed) = total(&snapshot);
        if let Some(why) = abort.as_mut().and_then(|abort| abort.look(Instant::now(), ok, failed)) {
            stop.request(Ending::Aborted(why));
        }
        if next < ends
            && let Some(why) = load.ended().await
        {
            stop.request(Ending::LoadIncomplete(why));
        }
        context.config.progress.load(&snapshot);
    }
    let (records, missing) = load.finish(&plan.loads).await;
    if let Some(why) = missing {
        stop.request(Ending::LoadIncomplete(why));
    }
    records
}

fn total(snapshot: &Snapshot) -> (u64, u64) {
    snapshot
        .loads
        .iter()
        .fold((0, 0), |sum, load| (sum.0 + load.totals.ok, sum.1 + load.totals.failures()))
}
