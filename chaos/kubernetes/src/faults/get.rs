//! A request to one replica that belongs to a fault, such as the one that makes a zombie.

use std::time::Duration;

use brunt_faults::TargetError;

use crate::changes::changer::Changer;
use crate::client::pod_proxy_get::pod_proxy_get;
use crate::observe::watcher::Observer;
use crate::observe::workload::Workload;

/// How long a pod may take to answer.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Sends a GET request past every Service. Returns the status of the reply; 200 in a dry run.
pub(crate) async fn get(
    changer: &Changer,
    observer: &Observer,
    workload: &Workload,
    (service, replica): (&str, u32),
    path: &str,
) -> Result<u16, TargetError> {
    let pod = observer.pod(service, replica)?;
    if changer.is_dry_run() {
        changer.note(format!("Pod {} on {}: GET {path}", pod.name, pod.node));
        return Ok(200);
    }
    let unanswered = |why: String| TargetError::unanswered(service, replica, why);
    let port =
        workload.port().ok_or_else(|| unanswered("its container names no port".to_owned()))?;
    let reply = pod_proxy_get(changer.cluster(), &pod.name, port, path);
    match tokio::time::timeout(TIMEOUT, reply).await {
        Ok(Ok(status)) => Ok(status),
        Ok(Err(error)) => Err(unanswered(format!("GET {path}: {error}"))),
        Err(_) => Err(unanswered(format!("GET {path}: no answer in {} s", TIMEOUT.as_secs()))),
    }
}
