//! HTTP/2 with prior knowledge, as gRPC speaks it: such a connection goes through as it is, to one
//! endpoint, as through a Kubernetes Service. Faults in requests, and counts, are about HTTP/1.1.

use std::io;

use tokio::io::copy_bidirectional;
use tokio::net::TcpStream;

use crate::edge::Edge;

/// What HTTP/2's preface begins with, and no method of HTTP/1.1 does.
const PREFACE: &[u8] = b"PRI ";

/// Whether the caller speaks HTTP/2. Waits for its first bytes, and leaves them to be read again.
pub(crate) async fn is_http2(stream: &TcpStream) -> bool {
    let mut first = [0; PREFACE.len()];
    matches!(stream.peek(&mut first).await, Ok(length) if first[..length] == *PREFACE)
}

/// Copies bytes both ways until either side closes.
pub(crate) async fn tunnel(edge: &Edge, mut caller: TcpStream) -> io::Result<()> {
    // Which caller it is makes no difference: all edges to a callee lead to the same endpoints.
    let Some(guard) = edge.pick() else { return Ok(()) };
    let mut callee = TcpStream::connect(guard.endpoint.authority()).await?;
    callee.set_nodelay(true)?;
    // A connection is not one request: an endpoint that stops does not wait for it, and ends it by
    // its own rules.
    drop(guard);
    copy_bidirectional(&mut caller, &mut callee).await?;
    Ok(())
}
