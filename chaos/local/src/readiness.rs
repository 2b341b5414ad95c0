//! Waits until a service is ready, or reports why it will not be.

use std::time::Duration;

use tokio::time::Instant;

use crate::error::LocalError;
use crate::log_tail::log_tail;
use crate::replica::ReplicaSnapshot;
use crate::status::ReplicaPhase;
use crate::workload::LocalWorkload;

/// How often a service may end before it is ready although all others are: then nothing that it
/// could wait for is still to come.
const MOST_ENDS: u32 = 3;

/// Waits until as many replicas as wanted are ready, at most until a moment that comes `within`
/// after the start. A replica that ends meanwhile is started again; `alone` says whether all other
/// services are ready.
pub(crate) async fn until_ready(
    name: &str,
    workload: &LocalWorkload,
    (until, within): (Instant, Duration),
    alone: impl Fn() -> bool,
) -> Result<(), LocalError> {
    let mut changes = workload.context.changes.subscribe();
    // How often it had been started again when all others were ready.
    let mut restarts_before = None;
    let wait = async {
        loop {
            changes.borrow_and_update();
            if workload.is_up() {
                return true;
            }
            if alone() {
                let restarts = restarts(workload);
                let before = *restarts_before.get_or_insert(restarts);
                if restarts - before >= MOST_ENDS && culprit(workload, has_ended).is_some() {
                    return false;
                }
            }
            if changes.changed().await.is_err() {
                return true;
            }
        }
    };
    match tokio::time::timeout_at(until, wait).await {
        Ok(true) => Ok(()),
        Ok(false) | Err(_) => Err(failure(name, workload, within)),
    }
}

fn restarts(workload: &LocalWorkload) -> u32 {
    workload.replicas().iter().map(|replica| replica.snapshot().restarts).sum()
}

fn has_ended(now: &ReplicaSnapshot) -> bool {
    now.ended.is_some() && !now.was_ready_once && !now.stopping
}

fn culprit(
    workload: &LocalWorkload,
    is_it: impl Fn(&ReplicaSnapshot) -> bool,
) -> Option<(u32, ReplicaSnapshot)> {
    let replicas = workload.replicas();
    let mut each = replicas.iter().map(|replica| (replica.number, replica.snapshot()));
    each.find(|(_, now)| is_it(now))
}

/// Why a service is not ready.
fn failure(name: &str, workload: &LocalWorkload, within: Duration) -> LocalError {
    let service = name.to_owned();
    let log = |number| {
        let path = workload.context.launch.log(number);
        (log_tail(&path), path)
    };
    if let Some((number, now)) = culprit(workload, has_ended) {
        let (log, path) = log(number);
        let how = now.ended.unwrap_or_default();
        let how = match now.ended_by {
            Some(probe) => format!("{how}, ended by {probe}"),
            None => how,
        };
        return LocalError::Ended { service, how, restarts: now.restarts, log, path };
    }
    let culprit = culprit(workload, |now| now.state != ReplicaPhase::Ready)
        .or_else(|| culprit(workload, |_| true));
    let (log, path) = log(culprit.as_ref().map_or(1, |(number, _)| *number));
    let why = culprit
        .and_then(|(_, now)| now.trouble)
        .unwrap_or_else(|| "it does not listen on the port that it was given as PORT".to_owned());
    LocalError::NotReady { service, within, why, log, path }
}
