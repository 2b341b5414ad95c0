//! Finds out what a new connection speaks unless that is known, without waiting for a caller that
//! says nothing: in some protocols the server speaks first.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use brunt_scenarios::plan::EdgeDirection;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::sleep;

use crate::peeked_stream::PeekedStream;
use crate::routing::ConnectionRoute;
use crate::tunnel::{CalleeConnection, connect};
use crate::wire_protocol::{WireProtocol, spoken};
use crate::write_faults::WriteFaults;

/// How long a caller may say nothing before the callee is connected to, which may speak first.
/// Callers of HTTP mostly send at once, and then the callee gets no connection for nothing.
const SILENCE: Duration = Duration::from_millis(50);

/// How long something that begins like HTTP may stay incomplete. From then on it passes as bytes:
/// it may be another protocol's message, to which its sender expects an answer.
const UNDECIDED: Duration = Duration::from_secs(1);

/// A connection of which it is known what it speaks.
#[derive(Debug)]
pub(crate) enum DetectedConnection {
    Http1(PeekedStream),
    /// With a connection to the callee, if there is one already.
    Http2(PeekedStream, Option<CalleeConnection>),
    /// With a connection to the callee, if there is one already.
    Bytes(PeekedStream, Option<CalleeConnection>),
}

/// Finds out what a connection speaks; `None` when the caller has broken off, or the port closes
/// before the caller has said anything.
pub(crate) async fn detect(
    route: &ConnectionRoute,
    stream: TcpStream,
    closing: &mut watch::Receiver<()>,
) -> Option<DetectedConnection> {
    let faults = WriteFaults::on_route(route, EdgeDirection::Reply, Arc::default());
    let (mut caller, mut callee) = (PeekedStream::new(stream, faults), None);
    let edge = route.edge();
    edge.counters.connection_opened();
    if edge.protocol.is_some_and(|protocol| !protocol.has_visible_requests()) {
        return Some(DetectedConnection::Bytes(caller, callee));
    }
    let (mut silence, mut undecided) = (pin!(sleep(SILENCE)), pin!(sleep(UNDECIDED)));
    let mut is_silent = true;
    loop {
        match spoken(caller.seen()) {
            Some(WireProtocol::Http1) => return Some(DetectedConnection::Http1(caller)),
            Some(WireProtocol::Http2) => return Some(DetectedConnection::Http2(caller, callee)),
            Some(WireProtocol::Bytes) => return Some(DetectedConnection::Bytes(caller, callee)),
            None => {}
        }
        tokio::select! {
            more = caller.look_further() => match more {
                Ok(true) => undecided.as_mut().reset(tokio::time::Instant::now() + UNDECIDED),
                // It may still listen: that is for the callee to use.
                Ok(false) => return Some(DetectedConnection::Bytes(caller, callee)),
                Err(_) => return None,
            },
            () = &mut silence, if is_silent => {
                is_silent = false;
                // Without a callee, what the caller says decides what becomes of it.
                callee = connect(route, caller.hits()).await.ok().flatten();
            }
            () = speaks(callee.as_ref()) => return Some(DetectedConnection::Bytes(caller, callee)),
            () = &mut undecided, if !caller.seen().is_empty() => {
                return Some(DetectedConnection::Bytes(caller, callee));
            }
            _ = closing.changed() => return None,
        }
    }
}

/// Waits until the callee has said something, or has closed the connection.
async fn speaks(callee: Option<&CalleeConnection>) {
    match callee {
        Some(callee) => callee.stream.speaks().await,
        None => std::future::pending().await,
    }
}
