//! One GET request to one pod, past every Service: through a port-forward of the API server, which
//! works from anywhere.
//!
//! It is written by hand rather than by an HTTP client, because only the status is wanted and the
//! stream is not a socket.

use std::io;

use k8s_openapi::api::core::v1::Pod;
use kube::Api;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::call::call_api;
use super::connect::Cluster;
use super::error::KubeError;

/// The longest status line that is read, in bytes.
const LONGEST_STATUS_LINE: usize = 1024;

/// Sends the request, and returns the status of the reply.
///
/// # Errors
/// When the pod cannot be reached, or does not answer in HTTP.
pub(crate) async fn pod_proxy_get(
    cluster: &Cluster,
    pod: &str,
    port: u16,
    path: &str,
) -> Result<u16, KubeError> {
    let pods: Api<Pod> = cluster.api();
    let what = format!("reach port {port} of pod {pod}");
    let mut forwarder = call_api(&what, pods.portforward(pod, &[port])).await?;
    let ended =
        |why: &str| KubeError::Stream { what: what.clone(), why: why.to_owned(), source: None };
    let broken = |error: io::Error| KubeError::Stream {
        what: what.clone(),
        why: error.to_string(),
        source: Some(error),
    };
    let mut stream = forwarder.take_stream(port).ok_or_else(|| ended("there is no stream"))?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: {pod}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.map_err(broken)?;
    let mut reply = Vec::new();
    while !reply.contains(&b'\n') && reply.len() < LONGEST_STATUS_LINE {
        if stream.read_buf(&mut reply).await.map_err(broken)? == 0 {
            break;
        }
    }
    // The rest of the reply is not read: a metrics page may be long, and the status is enough.
    drop(stream);
    forwarder.abort();
    let line = String::from_utf8_lossy(&reply);
    let status = line.split_whitespace().nth(1).and_then(|status| status.parse().ok());
    status.ok_or_else(|| ended("it closed the connection without an answer"))
}
