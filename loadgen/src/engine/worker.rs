//! One worker thread of the generator.

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
use super::shared::SharedState;
use super::sweep::sweep;
use super::timer::PreciseTimer;
use crate::client::{WorkerLoad, WorkerLoadRecord};
use crate::job::PreparedJob;
use crate::recorder::LiveFigures;
use crate::schedule::WorkerShare;

/// The size of a thread's read buffer, in bytes.
const SCRATCH: usize = 64 * 1024;

/// How much rather than others a thread of the generator runs; -20 is the most.
const NICE: i32 = -10;

/// Has this thread run before others where the machine lets it: what others do on the machine would
/// otherwise be in the figures. It needs `CAP_SYS_NICE` or a limit `nice`; without, nothing
/// changes. Only a load with a schedule asks for it: users without one take all the time that they
/// get, and would take it from a server on the same machine.
fn prefer_this_thread() {
    // On Linux, threads have priorities of their own.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, NICE) {
        tracing::debug!(%error, "the generator's threads have the priority of all others");
    }
}

/// Makes this thread's share of all loads. `started` receives once whether the runtime could start.
/// A load whose task failed has no record.
pub(super) fn work(
    thread: usize,
    shared: &SharedState,
    started: &Sender<io::Result<()>>,
) -> Vec<Option<WorkerLoadRecord>> {
    if shared.jobs.iter().any(|job| matches!(job.job.arrival, Arrival::Open { .. })) {
        prefer_this_thread();
    }
    let runtime: io::Result<LocalRuntime> = Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build_local(LocalOptions::default());
    match runtime {
        Ok(runtime) => {
            // The receiver is gone when another thread could not start; `stop` is set then.
            let _ = started.send(Ok(()));
            runtime.block_on(run(thread, shared))
        }
        Err(error) => {
            let _ = started.send(Err(error));
            Vec::new()
        }
    }
}

async fn run(thread: usize, shared: &SharedState) -> Vec<Option<WorkerLoadRecord>> {
    let scratch = Rc::new(RefCell::new(vec![0; SCRATCH].into_boxed_slice()));
    let load = |prepared: &Arc<PreparedJob>| {
        let share = WorkerShare::of(prepared.job.portion, thread, shared.threads);
        Rc::new(WorkerLoad::new(prepared, shared.origin, share, &scratch))
    };
    let loads: Vec<Rc<WorkerLoad>> = shared.jobs.iter().map(load).collect();
    let mut records: Vec<Option<WorkerLoadRecord>> = loads.iter().map(|_| None).collect();
    let mut models = JoinSet::new();
    for (place, load) in loads.iter().enumerate() {
        let load = Rc::clone(load);
        models.spawn_local(async move {
            drive(&load).await;
            (place, load.finish())
        });
    }
    let live = &shared.live[thread];
    let all = async {
        // A task that panicked leaves no record, which is reported at the end.
        while let Some(joined) = models.join_next().await {
            if let Ok((place, record)) = joined {
                publish_end(&record, &live[place]);
                records[place] = Some(record);
            }
        }
    };
    tokio::select! {
        () = all => {}
        () = sweep(&loads, shared, live) => {}
    }
    records
}

async fn drive(load: &Rc<WorkerLoad>) {
    if load.origin > Instant::now() {
        PreciseTimer::new().until(load.origin).await;
    }
    match &load.prepared.job.arrival {
        Arrival::Closed { users, think } => executor::closed(load, *users, *think).await,
        Arrival::Open { .. } => executor::open(load).await,
    }
}

fn publish_end(record: &WorkerLoadRecord, live: &Mutex<LiveFigures>) {
    let mut live = live.lock().unwrap_or_else(PoisonError::into_inner);
    *live =
        LiveFigures { totals: record.record.totals.clone(), over: true, ..LiveFigures::default() };
}
