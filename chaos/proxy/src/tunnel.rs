//! HTTP/2 with prior knowledge, as gRPC speaks it: such a connection goes through as it is, to one
//! endpoint, as through a Kubernetes Service. Faults and counts are about HTTP/1.1.

use std::io;

use tokio::io::copy_bidirectional;
use tokio::net::TcpStream;

use crate::edge::Edge;

/// What HTTP/2's preface begins with, and no method of HTTP/1.1 does.
const PREFACE: &[u8] = b"PRI ";

/// Whether the caller speaks HTTP/2. Waits for what it sends first, and takes nothing of it away.
pub(crate) async fn is_http2(stream: &TcpStream) -> bool {
    let mut first = [0; PREFACE.len()];
    matches!(stream.peek(&mut first).await, Ok(length) if first[..length] == *PREFACE)
}

/// Until either side closes.
pub(crate) async fn pass(edge: &Edge, mut caller: TcpStream) -> io::Result<()> {
    let Some(claim) = edge.pick() else { return Ok(()) };
    let mut callee = TcpStream::connect(claim.endpoint.authority()).await?;
    callee.set_nodelay(true)?;
    // What is on its way is not one request: a stopping endpoint does not wait for it, and ends it
    // by its own rules.
    drop(claim);
    copy_bidirectional(&mut caller, &mut callee).await?;
    Ok(())
}
