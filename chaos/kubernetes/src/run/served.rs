//! Waiting until new pods answer, where no readiness probe says it any more.
//!
//! A proof may take a readiness probe away. Its pods then count as ready as soon as they run, and a
//! load that began at once would fail because of the preparation, not because of the fault.

use std::time::Duration;

use k8s_openapi::api::core::v1::Probe;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use tokio::time::Instant;

use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::pod_proxy_get::pod_proxy_get;
use crate::observe::pod_state::PodState;
use crate::observe::watcher::Observer;
use crate::observe::workload::Workload;

/// How long a request may take. A pod that is starting may accept it and say nothing.
const PATIENCE: Duration = Duration::from_secs(2);

/// Between two requests to one pod.
const ASK_AGAIN: Duration = Duration::from_millis(300);

/// How much longer than planned a pod may take until it answers.
const UNFORESEEN: Duration = Duration::from_secs(30);

/// How long a node's kube-proxy may gather changes of endpoints before it follows them.
pub(super) const ENDPOINTS_FOLLOWED: Duration = Duration::from_secs(2);

/// Waits until every pod of a service answers what its readiness probe asked, before that was taken
/// away. Probes that do not ask over HTTP cannot be asked from here; their pods get the time
/// that they may take to start.
pub(super) async fn wait_until_served(
    cluster: &Cluster,
    observer: &Observer,
    (service, workload): (&str, &Workload),
    starts_within: Duration,
) -> Result<(), KubeError> {
    let probe = workload.container().and_then(|one| one.readiness_probe.as_ref());
    let Some((port, path)) = probe.and_then(|probe| asked(probe, workload)) else {
        tokio::time::sleep(starts_within).await;
        return Ok(());
    };
    // What a scenario sets may delay a start beyond what the system file says.
    let within = starts_within + UNFORESEEN;
    let until = Instant::now() + within;
    loop {
        let pods = observer.state().pods(service);
        let answers = pods.iter().map(|pod| answers(cluster, pod, port, &path));
        let answers = futures::future::join_all(answers).await;
        let served = answers.iter().filter(|answers| **answers).count();
        if served == pods.len() && !pods.is_empty() {
            return Ok(());
        }
        if Instant::now() > until {
            return Err(KubeError::NotServed {
                service: service.to_owned(),
                served,
                pods: pods.len(),
                path,
                seconds: within.as_secs(),
            });
        }
        tokio::time::sleep(ASK_AGAIN).await;
    }
}

async fn answers(cluster: &Cluster, pod: &PodState, port: u16, path: &str) -> bool {
    let reply = tokio::time::timeout(PATIENCE, pod_proxy_get(cluster, &pod.name, port, path));
    // As the kubelet counts it.
    matches!(reply.await, Ok(Ok(200..400)))
}

/// The port and the path that a probe asks.
fn asked(probe: &Probe, workload: &Workload) -> Option<(u16, String)> {
    let http = probe.http_get.as_ref()?;
    let port = match &http.port {
        IntOrString::Int(number) => u16::try_from(*number).ok(),
        IntOrString::String(_) => workload.port_named(&http.port),
    };
    Some((port?, http.path.clone().unwrap_or_else(|| "/".to_owned())))
}
