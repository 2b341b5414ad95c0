//! Connections that are passed on byte by byte, to one endpoint each, as through a Kubernetes
//! Service: everything that is not HTTP/1, and connections of HTTP/1 that have changed to another
//! protocol, such as WebSocket. Faults of connections hit them, faults of requests do
//! not, and they are counted only when a fault hits them.

use std::io;
use std::pin::pin;

use tokio::io::copy_bidirectional;
use tokio::net::TcpStream;

use crate::faults::ConnectionAction;
use crate::peeked_stream::PeekedStream;
use crate::routing::ConnectionRoute;

/// Connects to one of the callee's endpoints; `None` when none is ready.
pub(crate) async fn connect(route: &ConnectionRoute) -> io::Result<Option<TcpStream>> {
    let Some(guard) = route.edge().pick() else { return Ok(None) };
    let callee = TcpStream::connect(guard.endpoint.authority()).await?;
    callee.set_nodelay(true)?;
    // A connection is not one request: an endpoint that stops does not wait for it, and ends it by
    // its own rules.
    Ok(Some(callee))
}

/// Copies bytes both ways until both sides have closed, or a fault ends it. A side that has closed
/// only its own direction is still served in the other.
pub(crate) async fn tunnel(
    route: &ConnectionRoute,
    mut caller: PeekedStream,
    mut callee: PeekedStream,
) {
    if !until_end(route, &mut caller, &mut callee).await {
        caller.reset_on_close();
        callee.reset_on_close();
    }
}

/// Returns whether the connection has come to an orderly end.
async fn until_end(
    route: &ConnectionRoute,
    caller: &mut PeekedStream,
    callee: &mut PeekedStream,
) -> bool {
    let mut copying = pin!(copy_bidirectional(caller, callee));
    loop {
        // The edge is looked up again, since the caller may become known while it is connected.
        let edge = route.edge();
        let (mut faults, mut callers) = (edge.faults.changes(), route.changes());
        match edge.faults.on_open_connection() {
            ConnectionAction::Forward => {}
            ConnectionAction::Reset => {
                route.count_faulted_connection();
                return false;
            }
            ConnectionAction::Hold(fault) => {
                route.count_faulted_connection();
                // Neither reads nor writes meanwhile, so both sides see a peer that says nothing.
                edge.faults.until_recovered(fault).await;
                continue;
            }
        }
        tokio::select! {
            copied = &mut copying => return copied.is_ok(),
            _ = faults.changed() => {}
            () = callers.changed() => {}
        }
    }
}
