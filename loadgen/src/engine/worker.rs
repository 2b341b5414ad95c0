//! One thread of the generator.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use brunt_scenarios::plan::Arrival;
use tokio::runtime::{Builder, LocalOptions, LocalRuntime};
use tokio::task::JoinSet;

use super::executor;
use super::sweep::sweep;

use super::shared::SharedState;
use super::timer::PreciseTimer;
use crate::client::{WorkerLoad, WorkerLoadRecord};
use crate::job::PreparedJob;
use crate::recorder::LiveFigures;
use crate::schedule::WorkerShare;

/// How much is read at once, in bytes.
const SCRATCH: usize = 64 * 1024;

/// Does this thread's share of all loads; `told` hears once whether it could start. A load that
/// failed here has no record.
pub(super) fn work(
    thread: usize,
    shared: &SharedState,
    told: &Sender<io::Result<()>>,
) -> Vec<Option<WorkerLoadRecord>> {
    let runtime: io::Result<LocalRuntime> = Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build_local(LocalOptions::default());
    match runtime {
        Ok(runtime) => {
            // Whoever started this may have given up meanwhile; then it stops by itself.
            let _ = told.send(Ok(()));
            runtime.block_on(run(thread, shared))
        }
        Err(error) => {
            let _ = told.send(Err(error));
            Vec::new()
        }
    }
}

async fn run(thread: usize, shared: &SharedState) -> Vec<Option<WorkerLoadRecord>> {
    let scratch = Rc::new(RefCell::new(vec![0; SCRATCH].into_boxed_slice()));
    let lane = |ready: &Arc<PreparedJob>| {
        let share = WorkerShare::of(ready.job.portion, thread, shared.threads);
        Rc::new(WorkerLoad::new(ready, shared.origin, share, &scratch))
    };
    let lanes: Vec<Rc<WorkerLoad>> = shared.jobs.iter().map(lane).collect();
    let mut records: Vec<Option<WorkerLoadRecord>> = lanes.iter().map(|_| None).collect();
    let mut models = JoinSet::new();
    for (place, lane) in lanes.iter().enumerate() {
        let lane = Rc::clone(lane);
        models.spawn_local(async move {
            drive(&lane).await;
            (place, lane.finish())
        });
    }
    let live = &shared.live[thread];
    let all = async {
        // A task that panicked leaves no record, which the end reports.
        while let Some(joined) = models.join_next().await {
            if let Ok((place, record)) = joined {
                publish_end(&record, &live[place]);
                records[place] = Some(record);
            }
        }
    };
    tokio::select! {
        () = all => {}
        () = sweep(&lanes, shared, live) => {}
    }
    records
}

async fn drive(lane: &Rc<WorkerLoad>) {
    if lane.origin > Instant::now() {
        PreciseTimer::new().until(lane.origin).await;
    }
    match &lane.ready.job.arrival {
        Arrival::Closed { users, think } => executor::closed(lane, *users, *think).await,
        Arrival::Open { .. } => executor::open(lane).await,
    }
}

fn publish_end(record: &WorkerLoadRecord, live: &Mutex<LiveFigures>) {
    let mut live = live.lock().unwrap_or_else(PoisonError::into_inner);
    *live =
        LiveFigures { totals: record.record.totals.clone(), over: true, ..LiveFigures::default() };
}
