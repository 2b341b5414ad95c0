//! Waits until a service is ready, or says why it will not be.

use std::time::Duration;

use crate::error::LocalError;
use crate::log_tail::log_tail;
use crate::replica::{Replica, Snapshot};
use crate::status::ReplicaState;
use crate::workload::Workload;

/// Waits until as many replicas as wanted are well. A replica that ends before it has ever been
/// well ends the wait at once.
pub(crate) async fn until_ready(
    name: &str,
    workload: &Workload,
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
            if well(workload) >= workload.wanted() as usize || changes.changed().await.is_err() {
                return Ok(());
            }
        }
    };
    match tokio::time::timeout(left, wait).await {
        Ok(outcome) => outcome,
        Err(_elapsed) => Err(late(name, workload, within)),
    }
}

/// How many are ready and, where no readiness probe says so, accept connections.
fn well(workload: &Workload) -> usize {
    let replicas = workload.replicas();
    let is_well = |now: &Snapshot| now.is_ready() && (probed(workload) || now.listens);
    replicas.iter().filter(|replica| is_well(&replica.snapshot())).count()
}

fn probed(workload: &Workload) -> bool {
    workload.context.probes.readiness.is_some()
}

fn ended_early(name: &str, workload: &Workload) -> Option<LocalError> {
    workload.replicas().iter().find_map(|replica| {
        let now = replica.snapshot();
        let how = now.ended.filter(|_| !now.was_well && !now.leaving)?;
        let path = workload.context.launch.log(replica.number);
        Some(LocalError::Ended { service: name.to_owned(), how, log: log_tail(&path), path })
    })
}

fn late(name: &str, workload: &Workload, within: Duration) -> LocalError {
    let replicas = workload.replicas();
    let unwell = replicas
        .iter()
        .find(|replica| replica.snapshot().state != ReplicaState::Ready)
        .or(replicas.first());
    let why = unwell.and_then(|replica| replica.snapshot().trouble);
    let path = workload
        .context
        .launch
        .log(unwell.map_or(1, |replica: &std::sync::Arc<Replica>| replica.number));
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
