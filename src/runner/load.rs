//! The load of a run, wherever it comes from.

use std::time::{Duration, Instant};

use anyhow::Result;
use brunt_faults::with_causes;
use brunt_kubernetes::ClusterRun;
use brunt_loadgen::{Job, JobError, Portion, Snapshot, Transport};
use brunt_scenarios::plan::Load;
use brunt_scenarios::timeline::{Ending, LoadRecord};
use tracing::debug;

use super::context::RunContext;
use super::run_config::{LoadOrigin, LoadPlacement};
use super::variables::Variables;
use crate::remote_workers::RemoteWorkers;
use crate::target::RunningSystem;

/// From deciding to start until the load starts, so that everything is ready at its first moment.
const LEAD: Duration = Duration::from_millis(100);

/// The same when workers must be told of that moment.
const LEAD_INSIDE: Duration = Duration::from_secs(2);

/// A load that can start.
pub enum RunLoad {
    /// The run has none.
    Nothing,
    /// From this process.
    Here(Vec<Job>),
    /// From workers in the cluster.
    Inside(Box<RemoteWorkers>),
}

/// A load that is being put on.
pub enum RunningLoad {
    /// The run has none.
    Nothing,
    /// From this process.
    Here(brunt_loadgen::RunningLoads),
    /// From workers in the cluster.
    Inside(Box<RemoteWorkers>),
}

impl RunLoad {
    /// Gets everything ready.
    pub async fn prepare(context: &RunContext<'_>, variables: &Variables) -> Result<Self, Ending> {
        if context.plan().loads.is_empty() {
            return Ok(Self::Nothing);
        }
        if let RunningSystem::Kubernetes(cluster) = &*context.system {
            let LoadPlacement { origin, image, .. } = &context.config.load_workers;
            let from_cluster = match origin {
                Some(origin) => *origin == LoadOrigin::Cluster,
                None => !cluster.all_services_direct() && cluster.has_image(image.as_deref()),
            };
            debug!(from_cluster, "where the load comes from");
            if from_cluster {
                let workers = inside(context, cluster, variables).await;
                return workers.map_err(|error| Ending::LoadIncomplete(format!("{error:#}")));
            }
            if !cluster.all_services_direct() {
                context.config.progress.line(
                    "the load goes through the API server, whose own speed is in the figures; \
                     --from inside avoids that",
                );
            }
        }
        here(context, variables).map_err(|error| Ending::NotStarted(with_causes(&error)))
    }

    /// How far ahead its start must be.
    pub fn lead(&self) -> Duration {
        match self {
            Self::Nothing | Self::Here(_) => LEAD,
            Self::Inside(_) => LEAD_INSIDE,
        }
    }

    /// Has it start at this moment.
    pub async fn start(
        self,
        origin: Instant,
        context: &RunContext<'_>,
    ) -> Result<RunningLoad, Ending> {
        match self {
            Self::Nothing => Ok(RunningLoad::Nothing),
            Self::Here(jobs) => {
                let running = brunt_loadgen::start(jobs, origin, threads());
                running
                    .map(RunningLoad::Here)
                    .map_err(|error| Ending::NotStarted(with_causes(&error)))
            }
            Self::Inside(mut workers) => match workers.start(origin).await {
                Ok(apart) => {
                    let apart = apart.as_secs_f64() * 1e3;
                    let line = format!("load workers start together, at most {apart:.1} ms apart");
                    context.config.progress.line(&line);
                    Ok(RunningLoad::Inside(workers))
                }
                Err(error) => {
                    workers.dismiss().await;
                    Err(Ending::LoadIncomplete(format!("{error:#}")))
                }
            },
        }
    }
}

impl RunningLoad {
    /// Whether there is any.
    pub fn is_some(&self) -> bool {
        !matches!(self, Self::Nothing)
    }

    /// How it goes.
    pub fn snapshot(&self) -> Snapshot {
        match self {
            Self::Nothing => Snapshot::sum(0.0, &[]),
            Self::Here(running) => running.snapshot(),
            Self::Inside(workers) => workers.snapshot(),
        }
    }

    /// Why it does not go on although it should.
    pub async fn ended(&self) -> Option<String> {
        match self {
            Self::Inside(workers) => workers.ended().await,
            Self::Nothing | Self::Here(_) => None,
        }
    }

    /// Ends it early.
    pub async fn stop(&mut self) {
        match self {
            Self::Nothing => {}
            Self::Here(running) => running.stop(),
            Self::Inside(workers) => workers.stop().await,
        }
    }

    /// What these loads did, and what of that is missing.
    pub async fn finish(self, loads: &[Load]) -> (Vec<LoadRecord>, Option<String>) {
        let (records, missing) = match self {
            Self::Nothing => (vec![], None),
            // Joining threads would block the runtime's.
            Self::Here(running) => {
                match tokio::task::spawn_blocking(move || running.finish()).await {
                    Ok(records) => (records, None),
                    Err(error) => (vec![], Some(format!("the load generator failed: {error}"))),
                }
            }
            Self::Inside(workers) => workers.finish().await,
        };
        let missing = missing.or_else(|| without_record(loads, &records));
        (records, missing)
    }
}

/// Brings the load workers up.
async fn inside(
    context: &RunContext<'_>,
    cluster: &ClusterRun,
    variables: &Variables,
) -> Result<RunLoad> {
    let LoadPlacement { count, image, .. } = &context.config.load_workers;
    context.config.progress.line(&format!("load workers come up: {count}"));
    let order = (*count, image.clone());
    let (plan, planned) = (context.plan(), context.config.planned);
    let workers = RemoteWorkers::bring_up(cluster, plan, planned, variables.all(), order).await?;
    Ok(RunLoad::Inside(Box::new(workers)))
}

/// The loads of which there is no record. Nothing can be said then: what was not
/// recorded may have failed.
fn without_record(loads: &[Load], records: &[LoadRecord]) -> Option<String> {
    let is_missing = |load: &&Load| records.iter().all(|record| record.name != load.name);
    let missing: Vec<&str> =
        loads.iter().filter(is_missing).map(|load| load.name.as_str()).collect();
    let names = missing.join(", ");
    (!missing.is_empty()).then(|| format!("the generator failed: its record of {names} is missing"))
}

/// Why a load of the plan cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("load {name}")]
struct LoadError {
    name: String,
    source: JobError,
}

/// Makes the jobs. Servers may be asked about their methods here, so the thread is not
/// the runtime's meanwhile.
fn here(context: &RunContext<'_>, variables: &Variables) -> Result<RunLoad, LoadError> {
    let known = brunt_loadgen::JobContext {
        url: &|service| context.system.url(service),
        values: variables.all(),
        transport: &Transport::default(),
        portion: Portion::WHOLE,
    };
    let job = |load: &Load| {
        let failed = |source| LoadError { name: load.name.clone(), source };
        Job::from_plan(load, &known).map_err(failed)
    };
    tokio::task::block_in_place(|| {
        context.plan().loads.iter().map(job).collect::<Result<_, _>>().map(RunLoad::Here)
    })
}

/// The system under load needs the machine too: half of it is the generator's.
fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get().div_ceil(2))
}
