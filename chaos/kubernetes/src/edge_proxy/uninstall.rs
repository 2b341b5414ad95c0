//! Taking stand-ins out again: first the Service leads to the callee as before, then the
//! connections that still go through the stand-in come to their ends, and only then it goes.

use std::sync::Arc;
use std::time::Duration;

use brunt_proxy::ControlRequest;
use k8s_openapi::api::core::v1::{Pod, Service};
use kube::api::DeleteParams;

use super::install::NODES_FOLLOW;
use super::{InstalledProxy, SLOT};
use crate::changes::change::{RestoreOutcome, put_back};
use crate::client::error::KubeError;
use crate::run::ClusterRun;

/// How long connections may take to end by themselves.
const ENDS_WITHIN: Duration = Duration::from_secs(10);

/// Whoever asks nothing for so long is not about to: its connection is closed.
const IDLE: Duration = Duration::from_secs(2);

/// Between two looks.
const LOOK: Duration = Duration::from_millis(200);

impl ClusterRun {
    /// Takes every stand-in out of its place. Says what somebody else has changed meanwhile; what
    /// fails is left to whoever puts everything back.
    pub(crate) async fn withdraw(&self) -> Vec<String> {
        let mut drift = Vec::new();
        for (callee, stand_in) in self.between.all() {
            match put_back(&self.cluster, &stand_in.front, SLOT).await {
                Ok(RestoreOutcome::Restored) => {}
                Ok(RestoreOutcome::Drifted(how)) => drift.push(how),
                Err(_) => continue,
            }
            self.let_go(&callee, &stand_in).await;
        }
        drift
    }

    async fn let_go(&self, callee: &str, stand_in: &Arc<InstalledProxy>) {
        let there: Vec<String> =
            self.seen.state().pods(callee).into_iter().map(|pod| pod.name).collect();
        let back = |behind: &std::collections::BTreeSet<String>| {
            !behind.contains(&stand_in.name)
                && there.iter().any(|pod| behind.contains(pod)) != there.is_empty()
        };
        // A callee that has not come back to its Service is no reason to keep the stand-in.
        if self.leads(&stand_in.front.name, back).await.is_ok() {
            tokio::time::sleep(NODES_FOLLOW).await;
        }
        // One that does not answer has no connections that could be waited for.
        let _ = tokio::time::timeout(ENDS_WITHIN, quiet(stand_in)).await;
        stand_in.informs.abort();
        let (pods, services) = (self.cluster.api::<Pod>(), self.cluster.api::<Service>());
        let params = DeleteParams::default();
        // What stays is taken away with all that the run has added.
        let _ = KubeError::bounded("delete a stand-in", pods.delete(&stand_in.name, &params)).await;
        let _ = KubeError::bounded(
            "delete a stand-in's Service",
            services.delete(&stand_in.name, &params),
        )
        .await;
    }
}

/// Has callers come anew, and waits until nobody has asked for a while: a node that is slow to
/// follow still sends some, and between two of them there may be no connection at all.
async fn quiet(stand_in: &InstalledProxy) -> Result<(), KubeError> {
    stand_in.line.lock().await.tell(&ControlRequest::DrainConnections).await?;
    let mut since = tokio::time::Instant::now();
    let mut before = None;
    loop {
        let Some(counted) = stand_in.line.lock().await.count().await? else { return Ok(()) };
        let asked: u64 = counted.requests_by_address.values().sum();
        if before.replace(asked) != Some(asked) {
            since = tokio::time::Instant::now();
        }
        if since.elapsed() > IDLE {
            return Ok(());
        }
        tokio::time::sleep(LOOK).await;
    }
}
