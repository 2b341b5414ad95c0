//! How this machine reaches a Service or a pod: at its own address where that answers, through a
//! port-forward of the API server otherwise.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use k8s_openapi::api::core::v1::Pod;
use kube::api::ListParams;
use kube::{Api, ResourceExt};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tracing::Instrument;

use super::call::call_api;
use super::connect::Cluster;
use super::error::KubeError;
use super::pod_readiness::is_ready;

/// How long a cluster address may take to answer. A cluster address that is not routed from here
/// drops packets silently, and each start of a run waits this long for it once a Service.
const PROBE_TIMEOUT: Duration = Duration::from_secs(1);

/// Where a Service or a pod answers this machine.
#[derive(Debug)]
pub(crate) enum ServiceRoute {
    /// At its own address.
    Direct { address: String, port: u16 },
    /// At a port of this machine, from where connections are forwarded.
    Forwarded { port: u16, task: JoinHandle<()> },
}

impl ServiceRoute {
    pub(crate) fn is_direct(&self) -> bool {
        matches!(self, Self::Direct { .. })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.authority())
    }

    /// Host and port, as a URL has them: an IPv6 address in brackets.
    pub(crate) fn authority(&self) -> String {
        match self {
            Self::Direct { address, port } if address.contains(':') => {
                format!("[{address}]:{port}")
            }
            Self::Direct { address, port } => format!("{address}:{port}"),
            Self::Forwarded { port, .. } => format!("127.0.0.1:{port}"),
        }
    }
}

impl Drop for ServiceRoute {
    fn drop(&mut self) {
        if let Self::Forwarded { task, .. } = self {
            task.abort();
        }
    }
}

/// Where a forwarded connection ends.
#[derive(Debug, Clone)]
pub(crate) enum ForwardTarget {
    /// At any ready pod with these labels, chosen for each connection; the port is `None`
    /// where the container names none.
    AnyReady { labels: BTreeMap<String, String>, port: Option<u16> },
    /// At this pod.
    Pod { name: String, port: u16 },
}

/// The route to an address, or to a target where the address does not answer.
pub(crate) async fn route(
    cluster: &Cluster,
    address: Option<(String, u16)>,
    otherwise: ForwardTarget,
) -> Result<ServiceRoute, KubeError> {
    match address {
        Some((address, port)) if answers(&address, port).await => {
            Ok(ServiceRoute::Direct { address, port })
        }
        _ => forward(cluster, otherwise).await,
    }
}

/// The route to one pod.
pub(crate) async fn route_to_pod(
    cluster: &Cluster,
    name: &str,
    address: Option<IpAddr>,
    port: u16,
) -> Result<ServiceRoute, KubeError> {
    let address = address.map(|address| (address.to_string(), port));
    route(cluster, address, ForwardTarget::Pod { name: name.to_owned(), port }).await
}

/// Whether packets reach the address. A refused connection counts: it is how a Service
/// without endpoints answers.
async fn answers(address: &str, port: u16) -> bool {
    let connect = TcpStream::connect((address, port));
    match tokio::time::timeout(PROBE_TIMEOUT, connect).await {
        Ok(Ok(_)) => true,
        Ok(Err(error)) => error.kind() == std::io::ErrorKind::ConnectionRefused,
        Err(_) => false,
    }
}

async fn forward(cluster: &Cluster, target: ForwardTarget) -> Result<ServiceRoute, KubeError> {
    let failed = |error: std::io::Error| KubeError::Stream {
        what: "cannot listen for a port-forward".to_owned(),
        why: error.to_string(),
        source: Some(error),
    };
    let listener =
        TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.map_err(failed)?;
    let port = listener.local_addr().map_err(failed)?.port();
    tracing::debug!(port, ?target, "forwarding a port, as the address does not answer from here");
    let cluster = cluster.clone();
    let span = tracing::Span::current();
    let accept = async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (cluster, target) = (cluster.clone(), target.clone());
            let carried = async move {
                // The caller sees a closed connection, as it would from a pod that is gone.
                if let Err(error) = carry(stream, &cluster, target).await {
                    tracing::debug!(%error, "a forwarded connection ended");
                }
            };
            tokio::spawn(carried.in_current_span());
        }
    };
    Ok(ServiceRoute::Forwarded { port, task: tokio::spawn(accept.instrument(span)) })
}

/// Carries one connection to a pod.
async fn carry(
    mut stream: TcpStream,
    cluster: &Cluster,
    target: ForwardTarget,
) -> Result<(), KubeError> {
    let (pod, port) = match target {
        ForwardTarget::AnyReady { labels, port } => any_ready(cluster, &labels, port).await?,
        ForwardTarget::Pod { name, port } => (name, port),
    };
    let pods: Api<Pod> = cluster.api();
    let mut forwarder = call_api("forward a port", pods.portforward(&pod, &[port])).await?;
    if let Some(mut there) = forwarder.take_stream(port) {
        let _ = copy_bidirectional(&mut stream, &mut there).await;
    }
    Ok(())
}

async fn any_ready(
    cluster: &Cluster,
    labels: &BTreeMap<String, String>,
    port: Option<u16>,
) -> Result<(String, u16), KubeError> {
    let pods: Api<Pod> = cluster.api();
    let params = ListParams::default().labels(&selector(labels));
    let mut ready = call_api("list pods", pods.list(&params)).await?.items;
    // The API server forwards to unready pods, too; a Service would not.
    ready.retain(is_ready);
    // At random, as kube-proxy does it: with one pod for all, load would not be spread.
    let pod = fastrand::choice(&ready)
        .ok_or_else(|| KubeError::NoReadyPod { selector: selector(labels) })?
        .name_any();
    let port = port.ok_or_else(|| KubeError::NoContainerPort { selector: selector(labels) })?;
    Ok((pod, port))
}

/// Labels, as a selector is written in a query.
pub(crate) fn selector(labels: &BTreeMap<String, String>) -> String {
    let each: Vec<String> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    each.join(",")
}
