//! The load workers of one run.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use brunt_kubernetes::{ClusterRun, LoadJob, LoadWorkers};
use brunt_loadgen::{GeneratorRecord, Snapshot};
use brunt_scenarios::plan::{Load, Plan};
use brunt_scenarios::timeline::{LoadRecord, Moment};
use serde_json::Value;

use super::message::{self, WorkerMessage};
use super::task::WorkerTask;
use crate::files::Planned;

/// How long a worker may take to write its records after its last request has ended or timed out.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);

/// The load workers of one run, as one load.
pub struct RemoteWorkers {
    workers: LoadWorkers,
    /// Names of the loads, each of which all workers share.
    loads: Vec<String>,
    origin: Instant,
    /// How long to wait for requests in flight.
    drain: Duration,
}

impl RemoteWorkers {
    /// Starts the workers' Job and waits until all of them run.
    ///
    /// # Errors
    /// When they do not all run, with the first reason.
    pub async fn bring_up(
        system: &ClusterRun,
        plan: &Plan,
        planned: &Planned,
        values: &BTreeMap<String, Value>,
        (workers, image): (u32, Option<String>),
    ) -> Result<Self> {
        let names = plan.system.services.keys();
        let urls =
            names.filter_map(|name| Some((name.clone(), system.cluster_url(name)?))).collect();
        let task = WorkerTask::new(planned, urls, values, workers as usize);
        let task = serde_json::to_string(&task).context("the load workers' task")?;
        let workers = system.start_workers(&LoadJob { workers, image, task }).await?;
        Ok(Self {
            workers,
            loads: plan.loads.iter().map(|load| load.name.clone()).collect(),
            origin: Instant::now(),
            drain: plan.loads.iter().map(Load::timeout).max().unwrap_or_default(),
        })
    }

    /// Lets all workers start at this moment. Returns the most by which their starts can differ.
    ///
    /// # Errors
    /// When they cannot start together.
    pub async fn start(&mut self, origin: Instant) -> Result<Duration> {
        self.origin = origin;
        Ok(self.workers.start_at(origin).await?)
    }

    /// The sum of the workers' latest figures, which are up to a second old.
    pub fn snapshot(&self) -> Snapshot {
        let lines = self.workers.last_status_lines();
        let latest = lines.iter().filter_map(|line| match serde_json::from_str(line) {
            Ok(WorkerMessage::Progress(snapshot)) => Some(snapshot),
            _ => None,
        });
        let now = Moment::between(self.origin, Instant::now()).0;
        Snapshot::sum(now, &latest.collect::<Vec<_>>())
    }

    /// Why the first worker has ended before it should, if one has.
    pub async fn ended(&self) -> Option<String> {
        self.workers.first_exit().await
    }

    /// Lets all workers stop sending requests.
    pub async fn stop(&mut self) {
        self.workers.stop().await;
    }

    /// Waits until all workers have ended, deletes them and merges their records. The second value
    /// says what is missing: a load without one worker's share would look like a smaller load.
    pub async fn finish(self) -> (Vec<LoadRecord>, Option<String>) {
        let logs = self.workers.collect_logs(self.drain + WRITE_TIMEOUT).await;
        let (count, wanted) = (logs.len(), self.loads.len());
        let mut missing = None;
        let mut records = Vec::new();
        for (number, log) in (1..).zip(logs) {
            let log = log.map_err(|error| format!("{:#}", anyhow::Error::from(error)));
            let found = log.and_then(|log| {
                let found = message::records(&log);
                found.map_err(|error| format!("load worker {number} of {count}: {error}"))
            });
            match found {
                Ok(found) if found.len() == wanted => records.extend(found),
                Ok(found) => {
                    let found = found.len();
                    missing.get_or_insert(format!(
                        "load worker {number}: it recorded {found} of {wanted} loads"
                    ));
                }
                Err(why) => {
                    missing.get_or_insert(why);
                }
            }
        }
        (merged(&self.loads, records), missing)
    }

    /// Deletes the workers without waiting for their records.
    pub async fn dismiss(self) {
        self.workers.delete().await;
    }
}

fn merged(loads: &[String], records: Vec<GeneratorRecord>) -> Vec<LoadRecord> {
    let mut by_load: BTreeMap<&str, Vec<GeneratorRecord>> = BTreeMap::new();
    for record in records {
        if let Some(name) = loads.iter().find(|name| *name == record.name()) {
            by_load.entry(name).or_default().push(record);
        }
    }
    loads
        .iter()
        .filter_map(|name| GeneratorRecord::merge(name, by_load.remove(name.as_str())?))
        .collect()
}
