//! Taking edge proxies out again: first the Service leads to the callee as before, then connections
//! that still go through the proxy are drained, and only then the proxy is deleted.

use std::collections::BTreeSet;
use std::time::Duration;

use brunt_proxy::ControlRequest;
use k8s_openapi::api::core::v1::{Pod, Service};
use kube::api::DeleteParams;

use super::install::wait_for_endpoints;
use super::proxies::{EdgeProxies, InstalledProxy, SLOT};
use crate::changes::changer::Changer;
use crate::changes::restore::RestoreOutcome;
use crate::client::error::KubeError;
use crate::observe::watcher::Observer;

/// How long connections may take to end by themselves.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// A proxy without requests for this long has no caller that is about to send one.
const IDLE: Duration = Duration::from_secs(2);

/// How often the counts are looked at while connections are drained.
const POLL: Duration = Duration::from_millis(200);

impl EdgeProxies {
    /// Takes every edge proxy out of its place. Returns what somebody else has changed meanwhile;
    /// what fails is left to the revert that follows.
    pub(crate) async fn uninstall(&self, changer: &Changer, observer: &Observer) -> Vec<String> {
        let mut drift = Vec::new();
        for (callee, proxy) in self.all() {
            // From now on it is no loss that its Service leads past it.
            proxy.in_place.send_replace(false);
            let changer = &changer.within(&proxy.namespace);
            match changer.restore(&proxy.front, SLOT).await {
                Ok(RestoreOutcome::Restored | RestoreOutcome::TakenBack(_)) => {}
                Ok(RestoreOutcome::Drifted(how)) => drift.push(how),
                Err(_) => continue,
            }
            delete(changer, observer, &callee, &proxy).await;
        }
        drift
    }
}

async fn delete(changer: &Changer, observer: &Observer, callee: &str, proxy: &InstalledProxy) {
    let pods: Vec<String> = observer.state().pods(callee).into_iter().map(|pod| pod.name).collect();
    let is_back = |endpoints: &BTreeSet<String>| {
        !endpoints.contains(&proxy.name)
            && pods.iter().any(|pod| endpoints.contains(pod)) != pods.is_empty()
    };
    // A callee that has not come back to its Service is no reason to keep the proxy.
    if wait_for_endpoints(observer, (callee, &proxy.front.name), is_back).await.is_ok() {
        tokio::time::sleep(proxy.sync_delay).await;
    }
    // A proxy that does not answer has no connections that could be waited for.
    let _ = tokio::time::timeout(DRAIN_TIMEOUT, drain(proxy)).await;
    proxy.updates.abort();
    let (writer, params) = (changer.writer(), DeleteParams::default());
    let cluster = changer.cluster();
    let (pods, services) = (cluster.api::<Pod>(), cluster.api::<Service>());
    // What stays because of an error is deleted with all else that the run has added.
    let pod = ("Pod", proxy.name.as_str());
    let _ = writer.delete("delete an edge proxy", &pods, pod, &params).await;
    let service = ("Service", proxy.name.as_str());
    let _ = writer.delete("delete an edge proxy's Service", &services, service, &params).await;
}

/// Has callers open new connections, and waits until no request has come for a while. The number of
/// connections does not tell: a node that is slow to follow still sends some, and between two of
/// them there may be none.
async fn drain(proxy: &InstalledProxy) -> Result<(), KubeError> {
    proxy.control.lock().await.request(&ControlRequest::DrainConnections).await?;
    let mut since = tokio::time::Instant::now();
    let mut before = None;
    loop {
        let Some(counts) = proxy.control.lock().await.count().await? else { return Ok(()) };
        let requests: u64 = counts.requests_by_address.values().sum();
        if before.replace(requests) != Some(requests) {
            since = tokio::time::Instant::now();
        }
        if since.elapsed() > IDLE {
            return Ok(());
        }
        tokio::time::sleep(POLL).await;
    }
}
