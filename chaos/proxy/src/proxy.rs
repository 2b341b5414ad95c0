//! A proxy on one edge.

use std::fmt;
use std::sync::Arc;

use brunt_scenarios::plan::{EdgeFault, Protocol};
use brunt_scenarios::timeline::EdgeRecord;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::edge::Edge;
use crate::endpoints::Endpoints;
use crate::error::ProxyError;
use crate::faults::FaultId;
use crate::listener;
use crate::port::{Listen, ReservedPort};
use crate::routing::Routing;

/// A proxy on its own port. It ends when it is dropped.
pub struct Proxy {
    edge: Arc<Edge>,
    port: u16,
    accepting: watch::Receiver<bool>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Reserves the port and listens as soon as there is an endpoint. `from` is the caller, `None`
    /// for requests from outside. Without a `protocol` it is found out for each connection. Must be
    /// called within a tokio runtime.
    ///
    /// # Errors
    /// When the port is in use or cannot be listened on.
    pub fn start(
        from: Option<&str>,
        to: &str,
        listen: Listen,
        endpoints: Endpoints,
        protocol: Option<Protocol>,
    ) -> Result<Self, ProxyError> {
        // The port is reserved before there is an endpoint: callers are given its address first.
        let reserved = ReservedPort::reserve(listen)?;
        let edge = Arc::new(Edge::new(from, to, endpoints).speaking(protocol));
        let (tell, accepting) = watch::channel(false);
        let port = reserved.number();
        let routing = Arc::new(Routing::Single(Arc::clone(&edge)));
        let task = tokio::spawn(listener::run(reserved, routing, tell));
        Ok(Self { edge, port, accepting, task })
    }

    /// The port of 127.0.0.1 that it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The URL to send requests to, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Waits until it accepts connections.
    pub async fn opened(&self) {
        // An error means that it has ended, which the next connection shows.
        let _ = self.accepting.clone().wait_for(|accepting| *accepting).await;
    }

    /// Waits until it refuses connections.
    pub async fn closed(&self) {
        let _ = self.accepting.clone().wait_for(|accepting| !*accepting).await;
    }

    /// Injects a fault; several add up.
    pub fn inject(&self, fault: EdgeFault) -> FaultId {
        self.inject_with_seed(fault, fastrand::u64(..))
    }

    /// The same, where the seed decides which of the endpoints are picked.
    pub fn inject_with_seed(&self, fault: EdgeFault, seed: u64) -> FaultId {
        self.edge.inject(fault, seed)
    }

    /// Ends a fault. Returns how many requests it hit; `None` when it is not in force any more.
    pub fn recover(&self, fault: FaultId) -> Option<u64> {
        self.edge.recover(fault)
    }

    /// The counts up to now.
    pub fn record(&self) -> EdgeRecord {
        self.edge.record()
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Proxy({:?})", self.record())
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}
