//! The load workers of a run, from their start to their logs.

use std::time::{Duration, Instant};

use futures::future::join_all;
use k8s_openapi::api::batch::v1::Job;
use kube::api::DeleteParams;

use super::attach::AttachedWorker;
use super::exit::{WorkerFailure, log, wait_for_exit};
use super::job::{self, LoadJob, ordinal};
use super::start;
use crate::changes::changer::Changer;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::object::ChangeMode;
use crate::client::write::Writer;

/// The longest of the shortest round trips to each worker: by no more than this, workers start
/// at different moments.
const MAX_SKEW: Duration = Duration::from_millis(50);

/// Load workers, attached to and waiting for their start. Dropping them ends them.
pub struct LoadWorkers {
    cluster: Cluster,
    run: String,
    job: String,
    workers: Vec<AttachedWorker>,
}

impl LoadWorkers {
    /// Starts the workers of a load; they wait for [`LoadWorkers::start_at`].
    pub(crate) async fn start(
        changer: &Changer,
        image: &str,
        load: &LoadJob,
    ) -> Result<Self, KubeError> {
        changer.check_lease()?;
        let (cluster, run) = (changer.cluster().clone(), changer.lease().run.clone());
        let job = job::name(changer.lease());
        match start::start(changer, image, load).await {
            Ok(workers) => Ok(Self { cluster, run, job, workers }),
            Err(error) => {
                delete(&cluster, &run, &job).await;
                Err(error)
            }
        }
    }

    /// Lets all of them start at one moment, which must lie a second ahead. Returns by how much
    /// they are apart at most: the longest of the shortest round trips. No clock of another
    /// machine is trusted.
    ///
    /// # Errors
    /// When a worker does not answer in time, or is too far away.
    pub async fn start_at(&mut self, origin: Instant) -> Result<Duration, KubeError> {
        let count = self.workers.len();
        let counting = self.workers.iter_mut().map(|worker| worker.count_down(origin));
        let mut skew = Duration::ZERO;
        for (place, trip) in join_all(counting).await.into_iter().enumerate() {
            let failed = |why: String| KubeError::LoadWorker { worker: ordinal(place, count), why };
            let trip =
                trip.map_err(|why| failed(format!("did not get the time of its start: {why}")))?;
            skew = skew.max(trip);
            if trip > MAX_SKEW {
                let (trip, most) = (trip.as_millis(), MAX_SKEW.as_millis());
                return Err(failed(format!(
                    "cannot start together with the others: the way to it and back takes {trip} \
                     ms, and may take {most} ms"
                )));
            }
        }
        tracing::debug!(workers = count, ?skew, "load workers start together");
        Ok(skew)
    }

    /// The latest status line of each worker that has written one.
    pub fn last_status_lines(&self) -> Vec<String> {
        self.workers.iter().filter_map(AttachedWorker::status).collect()
    }

    /// Lets all of them stop.
    pub async fn stop(&mut self) {
        // A worker that cannot be reached has lost its connection, and stops because of that.
        join_all(self.workers.iter_mut().map(|worker| worker.send("stop"))).await;
    }

    /// The first worker that has ended before its time, and why; `None` while all of them work.
    pub async fn first_exit(&self) -> Option<String> {
        let place = self.workers.iter().position(AttachedWorker::has_ended)?;
        let why = match wait_for_exit(&self.cluster, self.workers[place].pod()).await {
            Ok(()) => "it ended before its time".to_owned(),
            Err(failure) => failure.to_string(),
        };
        Some(format!("{}: {why}", ordinal(place, self.workers.len())))
    }

    /// Waits until all have ended, for `within` at most, and deletes them. Returns each one's log,
    /// or why there is none that is whole, as a sentence that names the worker.
    pub async fn collect_logs(mut self, within: Duration) -> Vec<Result<String, KubeError>> {
        let until = tokio::time::Instant::now() + within;
        let count = self.workers.len();
        let logs = self.workers.iter_mut().map(|worker| log(&self.cluster, worker, until));
        // All logs before the Job is deleted: they go with its pods.
        let logs = join_all(logs).await;
        delete(&self.cluster, &self.run, &self.job).await;
        let named = |(place, log): (usize, Result<String, WorkerFailure>)| {
            log.map_err(|failure| KubeError::WorkerLog {
                worker: ordinal(place, count),
                source: failure.into(),
            })
        };
        logs.into_iter().enumerate().map(named).collect()
    }

    /// Deletes them without waiting for their logs.
    pub async fn delete(self) {
        delete(&self.cluster, &self.run, &self.job).await;
    }
}

/// What the Job owns goes with it. If it cannot be deleted now, it goes with the watchdog.
async fn delete(cluster: &Cluster, run: &str, job: &str) {
    let (jobs, params) = (cluster.api::<Job>(), DeleteParams::background());
    let writer = Writer::new(cluster, run, ChangeMode::Apply);
    let _ = writer.delete("delete the load workers", &jobs, ("Job", job), &params).await;
}
