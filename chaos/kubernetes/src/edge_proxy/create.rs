//! Making what is added for a stand-in, and waiting until it is there.

use std::net::IpAddr;
use std::time::Duration;

use k8s_openapi::api::core::v1::{Pod, Service};
use kube::api::{LogParams, PostParams};
use serde_json::Value;

use crate::changes::watchdog::{self, made, waits};
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::object::ChangeMode;
use crate::client::port_forward;

/// How long a stand-in's pod may take until it is ready.
const STARTS_WITHIN: Duration = Duration::from_secs(60);

/// Between two looks.
const LOOK: Duration = Duration::from_millis(200);

/// Adds a Service. Returns where it answers, as `host:port`.
pub(super) async fn service(
    cluster: &Cluster,
    service: Value,
    mode: ChangeMode,
) -> Result<String, KubeError> {
    let service: Service = made(service)?;
    let name = service.metadata.name.clone().unwrap_or_default();
    let (services, params) = (cluster.api::<Service>(), params(mode));
    let call = services.create(&params, &service);
    let spec =
        KubeError::bounded(&format!("add Service {name}"), call).await?.spec.unwrap_or_default();
    let port = spec.ports.unwrap_or_default().first().map_or(0, |port| port.port);
    let address = spec.cluster_ip.unwrap_or_default();
    Ok(if address.contains(':') {
        format!("[{address}]:{port}")
    } else {
        format!("{address}:{port}")
    })
}

/// Adds a pod.
pub(super) async fn pod(cluster: &Cluster, pod: Value, mode: ChangeMode) -> Result<(), KubeError> {
    let pod: Pod = made(pod)?;
    let name = pod.metadata.name.clone().unwrap_or_default();
    let (pods, params) = (cluster.api::<Pod>(), params(mode));
    let call = pods.create(&params, &pod);
    KubeError::bounded(&format!("add Pod {name}"), call).await.map(drop)
}

fn params(mode: ChangeMode) -> PostParams {
    PostParams { dry_run: mode == ChangeMode::DryRun, ..PostParams::default() }
}

/// Waits until a stand-in is ready; returns its address.
pub(super) async fn ready(cluster: &Cluster, name: &str) -> Result<Option<IpAddr>, KubeError> {
    let pods = cluster.api::<Pod>();
    let until = tokio::time::Instant::now() + STARTS_WITHIN;
    loop {
        let pod = KubeError::bounded("look at a stand-in", pods.get(name)).await?;
        if port_forward::is_ready(&pod) {
            let address = pod.status.and_then(|status| status.pod_ip);
            return Ok(address.and_then(|address| address.parse().ok()));
        }
        let why = waits(&pod).unwrap_or_else(|| "it is not ready yet".to_owned());
        if watchdog::is_hopeless(&why) || tokio::time::Instant::now() > until {
            let said = pods.logs(name, &LogParams::default()).await.unwrap_or_default();
            return Err(KubeError::Other(format!(
                "the stand-in {name} does not run ({why}); name an image that the nodes have by --image. {said}"
            )));
        }
        tokio::time::sleep(LOOK).await;
    }
}
