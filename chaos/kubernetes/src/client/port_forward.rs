//! How this machine reaches a service, or one pod: at its own address where that answers, through a
//! port-forward of the API server otherwise.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use indexmap::IndexMap;
use k8s_openapi::api::core::v1::Pod;
use kube::api::ListParams;
use kube::{Api, ResourceExt};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::observe::workload::Workload;
use crate::run::ClusterRun;

/// How long a cluster address may take to answer; one that nobody routes stays silent.
const ANSWERS_WITHIN: Duration = Duration::from_secs(1);

/// A way to a service, or to a pod.
#[derive(Debug)]
pub(crate) enum ServiceRoute {
    /// Its own address.
    Directly { address: String, port: u16 },
    /// A port of this machine.
    Through { port: u16, task: JoinHandle<()> },
}

impl ServiceRoute {
    pub(crate) fn is_direct(&self) -> bool {
        matches!(self, Self::Directly { .. })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.authority())
    }

    /// `host:port`.
    pub(crate) fn authority(&self) -> String {
        match self {
            Self::Directly { address, port } if address.contains(':') => {
                format!("[{address}]:{port}")
            }
            Self::Directly { address, port } => format!("{address}:{port}"),
            Self::Through { port, .. } => format!("127.0.0.1:{port}"),
        }
    }
}

impl Drop for ServiceRoute {
    fn drop(&mut self) {
        if let Self::Through { task, .. } = self {
            task.abort();
        }
    }
}

/// A way to every service that has a Service in front.
pub(crate) async fn all(
    cluster: &Cluster,
    workloads: &IndexMap<String, Workload>,
) -> Result<IndexMap<String, ServiceRoute>, KubeError> {
    let mut all = IndexMap::new();
    for (service, workload) in workloads {
        let Some(front) = &workload.front else { continue };
        let reached = match &front.address {
            Some(address) if answers(address, front.port).await => {
                ServiceRoute::Directly { address: address.clone(), port: front.port }
            }
            _ => forward(cluster, ForwardTarget::AnyOf(Box::new(workload.clone()))).await?,
        };
        all.insert(service.clone(), reached);
    }
    Ok(all)
}

/// A way to one pod.
pub(crate) async fn pod(
    cluster: &Cluster,
    name: &str,
    address: Option<IpAddr>,
    port: u16,
) -> Result<ServiceRoute, KubeError> {
    match address.map(|address| address.to_string()) {
        Some(address) if answers(&address, port).await => {
            Ok(ServiceRoute::Directly { address, port })
        }
        _ => forward(cluster, ForwardTarget::Pod { name: name.to_owned(), port }).await,
    }
}

impl ClusterRun {
    /// The number of each of a service's pods that run, and where it answers this machine,
    /// past every Service.
    pub async fn replicas_of(&self, service: &str) -> Vec<(u32, String)> {
        let Some(port) = self.workloads.get(service).and_then(Workload::port) else {
            return self.url(service).into_iter().map(|url| (1, url)).collect();
        };
        let pods = self.seen.state().pods(service);
        let mut reached = self.pods_reached.lock().await;
        let mut replicas = Vec::new();
        for one in pods {
            if !reached.contains_key(&one.name)
                && let Ok(way) = pod(&self.cluster, &one.name, one.address, port).await
            {
                reached.insert(one.name.clone(), way);
            }
            replicas.extend(reached.get(&one.name).map(|way| (one.number, way.url())));
        }
        replicas
    }
}

/// Whether anybody is there; one that refuses connections is, and has no endpoints just now.
async fn answers(address: &str, port: u16) -> bool {
    let connect = TcpStream::connect((address, port));
    match tokio::time::timeout(ANSWERS_WITHIN, connect).await {
        Ok(Ok(_)) => true,
        Ok(Err(error)) => error.kind() == std::io::ErrorKind::ConnectionRefused,
        Err(_) => false,
    }
}

/// Where a forwarded connection ends.
#[derive(Clone)]
enum ForwardTarget {
    /// At any pod that is ready.
    AnyOf(Box<Workload>),
    /// At this one.
    Pod { name: String, port: u16 },
}

async fn forward(cluster: &Cluster, goal: ForwardTarget) -> Result<ServiceRoute, KubeError> {
    let fail = |error: std::io::Error| {
        KubeError::Other(format!("cannot listen for a port-forward: {error}"))
    };
    let listener =
        TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.map_err(fail)?;
    let port = listener.local_addr().map_err(fail)?.port();
    let cluster = cluster.clone();
    let task = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (cluster, goal) = (cluster.clone(), goal.clone());
            tokio::spawn(async move {
                // The caller sees a closed connection, which is all that can be said of it.
                let _ = carry(stream, &cluster, goal).await;
            });
        }
    });
    Ok(ServiceRoute::Through { port, task })
}

/// Carries one connection to a pod.
async fn carry(
    mut stream: TcpStream,
    cluster: &Cluster,
    goal: ForwardTarget,
) -> Result<(), KubeError> {
    let (pod, port) = match goal {
        ForwardTarget::AnyOf(workload) => any_of(cluster, &workload).await?,
        ForwardTarget::Pod { name, port } => (name, port),
    };
    let pods: Api<Pod> = cluster.api();
    let mut forwarder =
        KubeError::bounded("forward a port", pods.portforward(&pod, &[port])).await?;
    if let Some(mut there) = forwarder.take_stream(port) {
        let _ = copy_bidirectional(&mut stream, &mut there).await;
    }
    Ok(())
}

async fn any_of(cluster: &Cluster, workload: &Workload) -> Result<(String, u16), KubeError> {
    let pods: Api<Pod> = cluster.api();
    let params = ListParams::default().labels(&workload.selects());
    let list = pods.list(&params);
    let mut ready = KubeError::bounded("list pods", list).await?.items;
    ready.retain(is_ready);
    let pod = fastrand::choice(&ready)
        .ok_or_else(|| KubeError::Other("no pod is ready".to_owned()))?
        .name_any();
    let port = workload
        .port()
        .ok_or_else(|| KubeError::Other("the container names no port".to_owned()))?;
    Ok((pod, port))
}

pub(crate) fn is_ready(pod: &Pod) -> bool {
    let conditions = pod.status.as_ref().and_then(|status| status.conditions.as_ref());
    let ready =
        conditions.into_iter().flatten().any(|one| one.type_ == "Ready" && one.status == "True");
    ready && pod.metadata.deletion_timestamp.is_none()
}
