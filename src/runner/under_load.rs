//! The middle of a run: load, faults and timed steps, all on one clock.

use std::sync::Arc;
use std::time::{Duration, Instant};

use brunt_loadgen::{AbortWatch, Job, Running, Snapshot};
use brunt_scenarios::plan::Step;
use brunt_scenarios::timeline::{Ending, LoadRecord, StepRecord, Timeline};

use super::breakers;
use super::calls::Calls;
use super::faults;
use super::setting::{Setting, Witness};
use super::steps;
use super::stop::Stop;
use super::variables::Variables;
use crate::target;

/// From deciding to start until the load starts, so that everything is ready at its first moment.
const LEAD: Duration = Duration::from_millis(100);

/// Between two looks at the load.
const LOOK: Duration = Duration::from_millis(250);

/// Puts the load on the system while faults and steps happen at their times.
pub async fn put(
    setting: &Setting<'_>,
    system: &Arc<target::Running>,
    calls: &Calls,
    variables: &mut Variables,
    witness: &Witness,
    stop: &Stop,
) -> Timeline {
    let plan = setting.plan;
    let origin = Instant::now() + LEAD;
    witness.load_starts(origin);
    let running = match start(setting, system, variables, origin) {
        Ok(running) => running,
        Err(why) => return Timeline::empty(Ending::NotStarted(why)),
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

fn start(
    setting: &Setting<'_>,
    system: &target::Running,
    variables: &Variables,
    origin: Instant,
) -> Result<Option<Running>, String> {
    let mut jobs = Vec::new();
    for load in &setting.plan.loads {
        let setting = brunt_loadgen::Setting { url: &|service| system.url(service), values: variables.all() };
        let job = Job::from_plan(load, &setting);
        jobs.push(job.map_err(|error| format!("load {}: {error}", load.name))?);
    }
    if jobs.is_empty() {
        return Ok(None);
    }
    brunt_loadgen::start(jobs, origin, threads()).map(Some).map_err(|error| error.to_string())
}

/// The system under load needs the machine too: half of it is the generator's.
fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get().div_ceil(2))
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

/// Looks at the load until it ends, for those who watch and for the stop conditions, and returns what it did.
async fn watch(
    setting: &Setting<'_>,
    running: Option<Running>,
    origin: Instant,
    stop: &Stop,
) -> Vec<LoadRecord> {
    let Some(running) = running else {
        return vec![];
    };
    let plan = setting.plan;
    let ends = origin + plan.load_ends();
    let mut abort = plan.abort_when.map(AbortWatch::new);
    let mut next = origin;
    while next < ends {
        next = (next + LOOK).min(ends);
        if !stop.sleep_until(next.into()).await {
            running.stop();
            break;
        }
        let snapshot = running.snapshot();
        let (ok, failed) = total(&snapshot);
        if let Some(why) = abort.as_mut().and_then(|abort| abort.look(Instant::now(), ok, failed)) {
            stop.ask(Ending::Aborted(why));
        }
        setting.progress.load(&snapshot);
    }
    // Joining threads would block the runtime's.
    tokio::task::spawn_blocking(move || running.finish()).await.unwrap_or_default()
}

fn total(snapshot: &Snapshot) -> (u64, u64) {
    snapshot.loads.iter().fold((0, 0), |sum, load| (sum.0 + load.totals.ok, sum.1 + load.totals.failures()))
}
