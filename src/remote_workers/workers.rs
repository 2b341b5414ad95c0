//! The load workers of a run, as the runner sees them.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use brunt_kubernetes::{ClusterRun, LoadJob, LoadWorkers};
use brunt_loadgen::{GeneratorRecord, Snapshot};
use brunt_scenarios::plan::Plan;
use brunt_scenarios::timeline::{LoadRecord, Moment};
use serde_json::Value;

use super::message::{self, WorkerMessage};
use super::task::WorkerTask;
use crate::files::Planned;

/// From the last timeout of a request until a worker must have ended.
const WRITES_WITHIN: Duration = Duration::from_secs(30);

/// The load workers of a run.
pub struct RemoteWorkers {
    workers: LoadWorkers,
    loads: Vec<String>,
    origin: Instant,
    /// How long requests in flight are waited for.
    drain: Duration,
}

impl RemoteWorkers {
    /// Brings them up.
    ///
    /// # Errors
    /// When they do not all run, with why.
    pub async fn bring_up(
        system: &ClusterRun,
        plan: &Plan,
        planned: &Planned,
        values: &BTreeMap<String, Value>,
        (workers, image): (u32, Option<String>),
    ) -> Result<Self, String> {
        let names = plan.system.services.keys();
        let urls =
            names.filter_map(|name| Some((name.clone(), system.cluster_url(name)?))).collect();
        let task = WorkerTask::new(planned, urls, values, workers as usize);
        let task = serde_json::to_string(&task).map_err(|error| error.to_string())?;
        let work = LoadJob { workers, image, task };
        let workers = system.start_workers(&work).await.map_err(|error| error.to_string())?;
        Ok(Self {
            workers,
            loads: plan.loads.iter().map(|load| load.name.clone()).collect(),
            origin: Instant::now(),
            drain: plan
                .loads
                .iter()
                .map(brunt_scenarios::plan::Load::timeout)
                .max()
                .unwrap_or_default(),
        })
    }

    /// Has all start at this moment. Returns by how much they are apart at most.
    ///
    /// # Errors
    /// When they cannot start together.
    pub async fn start(&mut self, origin: Instant) -> Result<Duration, String> {
        self.origin = origin;
        self.workers.start_at(origin).await.map_err(|error| error.to_string())
    }

    /// How it goes, as far as it was heard.
    pub fn snapshot(&self) -> Snapshot {
        let said = self.workers.last_status_lines();
        let goes = said.iter().filter_map(|line| match serde_json::from_str(line) {
            Ok(WorkerMessage::Progress(snapshot)) => Some(snapshot),
            _ => None,
        });
        Snapshot::sum(Moment::between(self.origin, Instant::now()).0, &goes.collect::<Vec<_>>())
    }

    /// The first that has ended before its time, and why.
    pub async fn ended(&self) -> Option<String> {
        self.workers.first_exit().await
    }

    /// Has all of them stop.
    pub async fn stop(&mut self) {
        self.workers.stop().await;
    }

    /// Waits until all have ended, takes them away, and puts together what they recorded. Whatever
    /// is missing is the reason that comes with it.
    pub async fn finish(self) -> (Vec<LoadRecord>, Option<String>) {
        let logs = self.workers.collect_logs(self.drain + WRITES_WITHIN).await;
        let count = logs.len();
        let mut missing = None;
        let mut parts = Vec::new();
        for (place, log) in logs.into_iter().enumerate() {
            let read = |log: String| {
                message::parts(&log)
                    .map_err(|why| format!("load worker {} of {count}: {why}", place + 1))
            };
            match log.map_err(|error| error.to_string()).and_then(read) {
                Ok(found) if found.len() == self.loads.len() => parts.extend(found),
                Ok(found) => {
                    let (found, wanted) = (found.len(), self.loads.len());
                    let why =
                        format!("load worker {}: it recorded {found} of {wanted} loads", place + 1);
                    missing.get_or_insert(why);
                }
                Err(why) => {
                    missing.get_or_insert(why);
                }
            }
        }
        (merged(&self.loads, parts), missing)
    }

    /// Takes them away.
    pub async fn dismiss(self) {
        self.workers.delete().await;
    }
}

fn merged(loads: &[String], parts: Vec<GeneratorRecord>) -> Vec<LoadRecord> {
    let mut by_load: BTreeMap<&str, Vec<GeneratorRecord>> = BTreeMap::new();
    for part in parts {
        if let Some(name) = loads.iter().find(|name| *name == part.name()) {
            by_load.entry(name).or_default().push(part);
        }
    }
    loads
        .iter()
        .filter_map(|name| GeneratorRecord::merge(name, by_load.remove(name.as_str())?))
        .collect()
}
