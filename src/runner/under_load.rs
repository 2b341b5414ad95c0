//! The middle of a run: load, faults and timed steps, all on one clock.

use std::sync::Arc;
use std::time::{Duration, Instant};

use brunt_loadgen::{AbortWatch, Snapshot};
use brunt_scenarios::plan::Step;
use brunt_scenarios::timeline::{Ending, LoadRecord, StepRecord, Timeline};

use super::breakers;
use super::calls::Calls;
use super::faults;
use super::load::{Going, Load};
use super::setting::{Setting, Witness};
use super::steps;
use super::stop::Stop;
use super::variables::Variables;
use crate::target;

/// Between two looks at the load.
const LOOK: Duration = Duration::from_millis(250);

/// Puts the load on the system while faults and steps happen at their times.
pub async fn put(
    setting: &Setting<'_>,
    system: &Arc<target::RunningSystem>,
    calls: &Calls,
    variables: &mut Variables,
    witness: &Witness,
    stop: &Stop,
) -> Timeline {
    let plan = setting.plan;
    let prepared = tokio::select! {
        prepared = Load::prepare(setting, system, variables) => prepared,
        ending = stop.asked() => Err(ending),
    };
    let load = match prepared {
        Ok(load) => load,
        Err(ending) => return Timeline::empty(ending),
    };
    let origin = Instant::now() + load.lead();
    witness.load_starts(origin);
    let running = match load.start(origin, setting).await {
        Ok(running) => running,
        Err(ending) => return Timeline::empty(ending),
    };
    setting.progress.load_starts(plan, origin);
    let (faults, steps, loads, breakers) = tokio::join!(
        faults::happen(setting, system, origin, stop),
        timed(&plan.steps, calls, variables, origin, stop),
        watch(setting, running, origin, stop),
        breakers::watch(plan, system, origin, stop),
    );
    Timeline {
        loads,
        faults: faults.records,
        steps,
        breakers,
        left_behind: faults.left_behind,
        ..Timeline::empty(stop.ending().unwrap_or(Ending::Completed))
    }
}

async fn timed(
    steps: &[Step],
    calls: &Calls,
    variables: &mut Variables,
    origin: Instant,
    stop: &Stop,
) -> Vec<StepRecord> {
    let mut records = Vec::new();
    for step in steps {
        let Some(at) = step.at else { continue };
        if !stop.sleep_until((origin + at).into()).await {
            break;
        }
        records.push(steps::perform(step, calls, variables, origin, stop).await);
    }
    records
}

/// Looks at the load until it ends, for those who watch and for the stop conditions, and returns
/// what it did.
async fn watch(
    setting: &Setting<'_>,
    mut load: Going,
    origin: Instant,
    stop: &Stop,
) -> Vec<LoadRecord> {
    let plan = setting.plan;
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
            stop.ask(Ending::Aborted(why));
        }
        if next < ends
            && let Some(why) = load.ended().await
        {
            stop.ask(Ending::LoadIncomplete(why));
        }
        setting.progress.load(&snapshot);
    }
    let (records, missing) = load.finish().await;
    if let Some(why) = missing {
        stop.ask(Ending::LoadIncomplete(why));
    }
    records
}

fn total(snapshot: &Snapshot) -> (u64, u64) {
    snapshot
        .loads
        .iter()
        .fold((0, 0), |sum, load| (sum.0 + load.totals.ok, sum.1 + load.totals.failures()))
}
