//! Waits until a service is ready, or reports why it will not be.

use std::time::Duration;

use crate::error::LocalError;
use crate::log_tail::log_tail;
use crate::replica::{LocalReplica, ReplicaSnapshot};
use crate::status::ReplicaPhase;
use crate::workload::LocalWorkload;

/// Waits until as many replicas as wanted are ready. A replica that ends before it has ever been
/// ready ends the wait at once.
pub(crate) async fn until_ready(
    name: &str,
    workload: &LocalWorkload,
    left: Duration,
    within: Duration,
) -> Result<(), LocalError> {
    let mut changes = workload.context.changes.subscribe();
    let wait = async {
        loop {
            changes.borrow_and_update();
            if let Some(error) = ended_early(name, workload) {
                return Err(error);
            }
            if ready_replicas(workload) >= workload.wanted() as usize
                || changes.changed().await.is_err()
            {
                return Ok(());
            }
        }
    };
    match tokio::time::timeout(left, wait).await {
        Ok(outcome) => outcome,
        Err(_elapsed) => Err(not_ready(name, workload, within)),
    }
}

/// How many replicas are ready and, without a readiness probe, accept connections.
fn ready_replicas(workload: &LocalWorkload) -> usize {
    let replicas = workload.replicas();
    // Without a readiness probe it counts as ready as soon as it runs, and may not answer yet.
    let is_ready =
        |now: &ReplicaSnapshot| now.is_ready() && (has_readiness_probe(workload) || now.listens);
    replicas.iter().filter(|replica| is_ready(&replica.snapshot())).count()
}

fn has_readiness_probe(workload: &LocalWorkload) -> bool {
    workload.context.probes.readiness.is_some()
}

fn ended_early(name: &str, workload: &LocalWorkload) -> Option<LocalError> {
    workload.replicas().iter().find_map(|replica| {
        let now = replica.snapshot();
        // One that was ready once is restarted and may be ready again; one that never was will end
        // the same way each time.
        let how = now.ended.filter(|_| !now.was_ready_once && !now.stopping)?;
        let path = workload.context.launch.log(replica.number);
        Some(LocalError::Ended { service: name.to_owned(), how, log: log_tail(&path), path })
    })
}

fn not_ready(name: &str, workload: &LocalWorkload, within: Duration) -> LocalError {
    let replicas = workload.replicas();
    let culprit = replicas
        .iter()
        .find(|replica| replica.snapshot().state != ReplicaPhase::Ready)
        .or(replicas.first());
    let why = culprit.and_then(|replica| replica.snapshot().trouble);
    let path = workload
        .context
        .launch
        .log(culprit.map_or(1, |replica: &std::sync::Arc<LocalReplica>| replica.number));
    LocalError::NotReady {
        service: name.to_owned(),
        within,
        why: why.unwrap_or_else(|| {
            "it does not listen on the port that it was given as PORT".to_owned()
        }),
        log: log_tail(&path),
        path,
    }
}
