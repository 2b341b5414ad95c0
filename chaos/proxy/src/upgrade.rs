//! Connections that change from HTTP/1 to another protocol: by `Upgrade`, as WebSocket does, or by
//! `CONNECT`. What comes after the reply is passed on byte by byte.

use std::sync::{Arc, Mutex, PoisonError};

use http::{Method, StatusCode};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::endpoints::EndpointAddress;
use crate::peeked_stream::PeekedStream;
use crate::tunnel::CalleeConnection;

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

    /// The callee's connection; `None` when the protocol has not changed, or the connection
    /// broke over it.
    pub(crate) async fn callee(&self) -> Option<CalleeConnection> {
        let (kept, endpoint) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        let parts = kept.await.ok()?.downcast::<TokioIo<TcpStream>>().ok()?;
        let stream = PeekedStream::new(parts.io.into_inner()).unread(&parts.read_buf);
        Some(CalleeConnection { stream, endpoint })
    }
}

/// Whether nothing after a reply is HTTP any more.
pub(crate) fn changes_protocol(asked: &Method, reply: StatusCode) -> bool {
    reply == StatusCode::SWITCHING_PROTOCOLS || (asked == Method::CONNECT && reply.is_success())
}
