//! Why a worker has ended.

use std::time::Duration;

use k8s_openapi::api::core::v1::Pod;
use kube::api::LogParams;
use thiserror::Error;

use super::attach::AttachedWorker;
use crate::client::call::call_api;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::observe::pod_status::PodStatus;

/// How long it may take until a process that has ended shows in its pod's status.
const STATUS_DELAY: Duration = Duration::from_secs(15);

/// How often the pod is looked at meanwhile.
const POLL: Duration = Duration::from_millis(200);

/// A worker has ended otherwise than it should, or its log cannot be read.
#[derive(Debug, Error)]
pub enum WorkerFailure {
    /// The pod's status says why.
    #[error("{0}")]
    Pod(String),
    /// The worker had not ended when it should have.
    #[error("it did not end in time")]
    Timeout,
    /// The cluster could not be asked.
    #[error(transparent)]
    Cluster(#[from] KubeError),
}

/// Waits until the end of a pod shows in its status. The error says why it was no good end.
pub(super) async fn wait_for_exit(cluster: &Cluster, name: &str) -> Result<(), WorkerFailure> {
    let failed = |why: &str| Err(WorkerFailure::Pod(why.to_owned()));
    let pods = cluster.api::<Pod>();
    let until = tokio::time::Instant::now() + STATUS_DELAY;
    loop {
        let Some(pod) = call_api("look at a load worker", pods.get_opt(name)).await? else {
            return failed("its pod was deleted");
        };
        match PodStatus::ended(&pod) {
            Some(PodStatus::Failed(why)) => return failed(&advice(&why)),
            Some(_) => return Ok(()),
            None => {}
        }
        if pod.metadata.deletion_timestamp.is_some() {
            return failed(
                "its pod is being deleted: it was evicted, its node is drained, or somebody \
                 deleted it",
            );
        }
        if tokio::time::Instant::now() > until {
            return failed("the connection to it broke");
        }
        tokio::time::sleep(POLL).await;
    }
}

fn advice(why: &str) -> String {
    match why {
        "it was out of memory" => {
            format!("{why}: take more workers, so that each has less to record")
        }
        _ => why.to_owned(),
    }
}

/// Waits until a worker has ended. Returns its log, or why there is none that is whole.
pub(super) async fn log(
    cluster: &Cluster,
    worker: &mut AttachedWorker,
    until: tokio::time::Instant,
) -> Result<String, WorkerFailure> {
    if tokio::time::timeout_at(until, worker.wait_for_end()).await.is_err() {
        return Err(WorkerFailure::Timeout);
    }
    let pods = cluster.api::<Pod>();
    let exit = wait_for_exit(cluster, worker.pod()).await;
    let params = LogParams::default();
    let log = call_api("read a load worker's log", pods.logs(worker.pod(), &params)).await;
    match (exit, log) {
        (Ok(()), log) => Ok(log?),
        (Err(WorkerFailure::Pod(why)), Ok(log)) => {
            Err(WorkerFailure::Pod(with_last_line(why, &log)))
        }
        (Err(failure), _) => Err(failure),
    }
}

/// Why a worker ended, with the last line of its log if that is meant for people.
fn with_last_line(why: String, log: &str) -> String {
    match log.lines().last().filter(|last| !last.starts_with('{')) {
        Some(last) => format!("{why} ({last})"),
        None => why,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workers_end_comes_with_the_last_line_that_is_meant_for_people() {
        assert_eq!(with_last_line("exit".to_owned(), "{}\nno such host"), "exit (no such host)");
        assert_eq!(with_last_line("exit".to_owned(), "{}\n"), "exit");
        assert!(advice("it was out of memory").contains("take more workers"));
    }
}
