//! Connections that are passed on byte by byte, to one endpoint each, as through a Kubernetes
//! Service: everything that is not HTTP/1, and connections of HTTP/1 that have changed to another
//! protocol, such as WebSocket. Faults of connections and of bytes hit them, faults of requests do
//! not, and they are counted only when a fault hits them.

use std::io;
use std::pin::pin;
use std::sync::Arc;

use brunt_scenarios::plan::EdgeDirection;
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::connection_hits::ConnectionHits;
use crate::edge::Edge;
use crate::endpoints::EndpointAddress;
use crate::faults::{ByteFaults, ConnectionAction, FaultId};
use crate::peeked_stream::PeekedStream;
use crate::relay::OneWay;
use crate::routing::ConnectionRoute;
use crate::write_faults::WriteFaults;

/// A connection to one of the callee's endpoints.
#[derive(Debug)]
pub(crate) struct CalleeConnection {
    pub(crate) stream: PeekedStream,
    pub(crate) endpoint: EndpointAddress,
}

/// What is in force in each direction of a connection, as its two sides read it.
struct Directions {
    requests: watch::Sender<ByteFaults>,
    replies: watch::Sender<ByteFaults>,
}

impl Directions {
    fn new() -> Self {
        Self { requests: watch::Sender::default(), replies: watch::Sender::default() }
    }

    fn look(&self, edge: &Edge, endpoint: &EndpointAddress, hits: &ConnectionHits) {
        let is_hit = |id, share| hits.is_hit(id, share);
        let now = |direction| edge.faults.on_bytes(direction, endpoint, is_hit);
        self.requests.send_replace(now(EdgeDirection::Request));
        self.replies.send_replace(now(EdgeDirection::Reply));
    }
}

/// Connects to one of the callee's endpoints, for a caller that these faults hit; `None` when no
/// endpoint is ready.
pub(crate) async fn connect(
    route: &ConnectionRoute,
    hits: &Arc<ConnectionHits>,
) -> io::Result<Option<CalleeConnection>> {
    let Some(guard) = route.edge().pick() else { return Ok(None) };
    let stream = TcpStream::connect(guard.endpoint.authority()).await?;
    stream.set_nodelay(true)?;
    // A connection is not one request: an endpoint that stops does not wait for it, and ends it by
    // its own rules.
    let endpoint = guard.endpoint.clone();
    let faults = WriteFaults::on_route(route, EdgeDirection::Request, Arc::clone(hits));
    Ok(Some(CalleeConnection { stream: PeekedStream::new(stream, faults), endpoint }))
}

/// Passes bytes on both ways until both sides have closed, or a fault ends it. A side that has
/// closed only its own direction is still served in the other.
pub(crate) async fn tunnel(
    route: &ConnectionRoute,
    mut caller: PeekedStream,
    mut callee: CalleeConnection,
) {
    caller.hits().pass_as_bytes();
    let is_orderly = until_end(route, &mut caller, &mut callee).await;
    if !is_orderly && !caller.was_closed_by_fault() && !callee.stream.was_closed_by_fault() {
        caller.reset_on_close();
        callee.stream.reset_on_close();
    }
}

/// Returns whether the connection has come to an orderly end.
async fn until_end(
    route: &ConnectionRoute,
    caller: &mut PeekedStream,
    callee: &mut CalleeConnection,
) -> bool {
    let (directions, endpoint) = (Directions::new(), &callee.endpoint);
    let hits = Arc::clone(caller.hits());
    let mut passing = pin!(both_ways(route, &directions, &hits, (caller, &mut callee.stream)));
    loop {
        // The edge is looked up again, since the caller may become known while it is connected.
        let edge = route.edge();
        let (mut faults, mut callers) = (edge.faults.changes(), route.changes());
        directions.look(&edge, endpoint, &hits);
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
            passed = &mut passing => return passed.is_ok(),
            _ = faults.changed() => {}
            () = callers.changed() => {}
        }
    }
}

async fn both_ways(
    route: &ConnectionRoute,
    directions: &Directions,
    hits: &ConnectionHits,
    (caller, callee): (&mut PeekedStream, &mut PeekedStream),
) -> io::Result<()> {
    let count = |id: FaultId| hits.count(&route.edge(), id);
    let (from_caller, to_caller) = caller.split();
    let (from_callee, to_callee) = callee.split();
    let requests = OneWay { faults: directions.requests.subscribe(), to: to_callee, count };
    let replies = OneWay { faults: directions.replies.subscribe(), to: to_caller, count };
    tokio::try_join!(requests.pass_on(from_caller), replies.pass_on(from_callee))?;
    Ok(())
}
