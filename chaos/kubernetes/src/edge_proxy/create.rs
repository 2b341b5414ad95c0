//! Creating the objects of an edge proxy, and waiting until it is ready.

use std::net::IpAddr;
use std::time::Duration;

use k8s_openapi::api::core::v1::{Pod, Secret, Service};
use kube::api::LogParams;
use serde_json::{Value, json};

use crate::client::call::call_api;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::write::Writer;
use crate::observe::pod_start::PodStart;
use crate::observe::pod_status::PodStatus;

/// How long an edge proxy's pod may take until it is ready.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// How often the pod is looked at while it starts.
const POLL: Duration = Duration::from_millis(200);

/// A Service that was added for an edge proxy.
pub(super) struct CreatedService {
    /// Its cluster IP.
    pub(super) address: String,
    /// As a reference by which other objects are owned by it.
    pub(super) as_owner: Value,
}

/// Adds a Service.
pub(super) async fn service(
    writer: Writer<'_>,
    service: Value,
) -> Result<CreatedService, KubeError> {
    let what = format!("add Service {}", name(&service));
    let created: Service = writer.create(&what, service).await?;
    let meta = created.metadata;
    let as_owner =
        json!({"apiVersion": "v1", "kind": "Service", "name": meta.name, "uid": meta.uid});
    let address = created.spec.and_then(|spec| spec.cluster_ip).unwrap_or_default();
    Ok(CreatedService { address, as_owner })
}

/// Adds a secret.
pub(super) async fn secret(writer: Writer<'_>, secret: Value) -> Result<(), KubeError> {
    let what = format!("add Secret {}", name(&secret));
    writer.create::<Secret>(&what, secret).await.map(drop)
}

/// Adds a pod.
pub(super) async fn pod(writer: Writer<'_>, pod: Value) -> Result<(), KubeError> {
    let what = format!("add Pod {}", name(&pod));
    writer.create::<Pod>(&what, pod).await.map(drop)
}

fn name(object: &Value) -> &str {
    object["metadata"]["name"].as_str().unwrap_or_default()
}

/// Waits until an edge proxy is ready. Returns its address.
pub(super) async fn ready(cluster: &Cluster, name: &str) -> Result<Option<IpAddr>, KubeError> {
    let pods = cluster.api::<Pod>();
    let until = tokio::time::Instant::now() + START_TIMEOUT;
    let mut start = PodStart::default();
    loop {
        let pod = call_api("look at an edge proxy", pods.get(name)).await?;
        let status = PodStatus::of(&pod);
        if status == PodStatus::Ready {
            let address = pod.status.and_then(|status| status.pod_ip);
            return Ok(address.and_then(|address| address.parse().ok()));
        }
        let obstacle = start.obstacle(cluster, Some(&pod), name).await;
        if obstacle.is_some() || tokio::time::Instant::now() > until {
            let log = pods.logs(name, &LogParams::default()).await.unwrap_or_default();
            return Err(KubeError::PodNotRunning {
                pod: format!("the edge proxy {name}"),
                why: obstacle.unwrap_or_else(|| status.trouble().unwrap_or("it ended").to_owned()),
                remedy: format!("name an image that the nodes have by --image. {log}"),
            });
        }
        tokio::time::sleep(POLL).await;
    }
}
