//! Connections that change from HTTP/1 to another protocol: by `Upgrade`, as WebSocket does, or by
//! `CONNECT`. What comes after the reply is passed on byte by byte.

use std::sync::{Arc, Mutex, PoisonError};

use brunt_scenarios::plan::EdgeDirection;
use http::{Method, StatusCode};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;

use crate::connection_hits::ConnectionHits;
use crate::endpoints::EndpointAddress;
use crate::peeked_stream::PeekedStream;
use crate::routing::ConnectionRoute;
use crate::tunnel::CalleeConnection;
use crate::write_faults::WriteFaults;

/// Where a caller's connection keeps the callee's one after the reply that changes the
/// protocol of both.
#[derive(Clone, Default)]
pub(crate) struct UpgradeSlot(Arc<Mutex<Option<(OnUpgrade, EndpointAddress)>>>);

impl UpgradeSlot {
    pub(crate) fn keep(&self, callee: OnUpgrade, endpoint: EndpointAddress) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((callee, endpoint));
    }

    pub(crate) fn is_kept(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// The callee's connection, for a caller that these faults hit; `None` when the protocol has
    /// not changed, or the connection broke over it.
    pub(crate) async fn callee(
        &self,
        route: &ConnectionRoute,
        hits: &Arc<ConnectionHits>,
    ) -> Option<CalleeConnection> {
        let (kept, endpoint) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        let parts = kept.await.ok()?.downcast::<TokioIo<PeekedStream>>().ok()?;
        let faults = WriteFaults::on_route(route, EdgeDirection::Request, Arc::clone(hits));
        let stream = parts.io.into_inner().with_faults(faults).unread(&parts.read_buf);
        Some(CalleeConnection { stream, endpoint })
    }
}

/// Whether nothing after a reply is HTTP any more.
pub(crate) fn changes_protocol(asked: &Method, reply: StatusCode) -> bool {
    reply == StatusCode::SWITCHING_PROTOCOLS || (asked == Method::CONNECT && reply.is_success())
}
