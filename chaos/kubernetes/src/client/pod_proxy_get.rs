//! One request to one pod, past every Service: through a port-forward of the API server, which
//! works from anywhere.

use k8s_openapi::api::core::v1::Pod;
use kube::Api;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::client::connect::Cluster;
use crate::client::error::KubeError;

/// The longest status line that is waited for.
const LINE: usize = 1024;

/// Asks a pod, and returns the status of its answer.
///
/// # Errors
/// When it cannot be reached, or does not answer in HTTP.
pub(crate) async fn ask(
    cluster: &Cluster,
    pod: &str,
    port: u16,
    path: &str,
) -> Result<u16, KubeError> {
    let pods: Api<Pod> = cluster.api();
    let what = format!("reach port {port} of pod {pod}");
    let mut forwarder = KubeError::bounded(&what, pods.portforward(pod, &[port])).await?;
    let broken = |why: String| KubeError::Other(format!("{what}: {why}"));
    let mut stream =
        forwarder.take_stream(port).ok_or_else(|| broken("there is no stream".to_owned()))?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: {pod}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.map_err(|error| broken(error.to_string()))?;
    let mut answer = Vec::new();
    while !answer.contains(&b'\n') && answer.len() < LINE {
        let read = stream.read_buf(&mut answer).await.map_err(|error| broken(error.to_string()))?;
        if read == 0 {
            break;
        }
    }
    drop(stream);
    forwarder.abort();
    let line = String::from_utf8_lossy(&answer);
    let status = line.split_whitespace().nth(1).and_then(|status| status.parse().ok());
    status.ok_or_else(|| broken("it closed the connection without an answer".to_owned()))
}
