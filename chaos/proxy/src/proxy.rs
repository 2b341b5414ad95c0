//! The proxy itself: it listens while there is an endpoint.

use std::fmt;
use std::sync::Arc;

use brunt_scenarios::plan::EdgeFault;
use brunt_scenarios::timeline::EdgeRecord;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::edge::Edge;
use crate::endpoints::Endpoints;
use crate::error::ProxyError;
use crate::faults::FaultId;
use crate::gate::{Gate, Listen};
use crate::inlet;
use crate::ways::Ways;

/// A proxy on its own port. It ends when it is dropped.
pub struct Proxy {
    edge: Arc<Edge>,
    port: u16,
    open: watch::Receiver<bool>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Reserves the port and listens as soon as there is an endpoint. `from` is the caller, `None`
    /// for requests from outside. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// When the port is in use or cannot be listened on.
    pub fn start(
        from: Option<&str>,
        to: &str,
        listen: Listen,
        endpoints: Endpoints,
    ) -> Result<Self, ProxyError> {
        let gate = Gate::reserve(listen)?;
        let edge = Arc::new(Edge::new(from, to, endpoints));
        let (tell, open) = watch::channel(false);
        let port = gate.port();
        let task = tokio::spawn(inlet::run(gate, Arc::new(Ways::One(Arc::clone(&edge))), tell));
        Ok(Self { edge, port, open, task })
    }

    /// Its port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its URL, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Waits until it accepts connections.
    pub async fn opened(&self) {
        // An error means that it has ended; whoever connects will see that.
        let _ = self.open.clone().wait_for(|open| *open).await;
    }

    /// Waits until it refuses connections.
    pub async fn closed(&self) {
        let _ = self.open.clone().wait_for(|open| !*open).await;
    }

    /// Sets a fault; several add up.
    pub fn set(&self, fault: EdgeFault) -> FaultId {
        self.edge.faults.set(fault, self.edge.endpoints.list())
    }

    /// Lifts a fault and says how many requests it hit; `None` when it is not set any more.
    pub fn lift(&self, fault: FaultId) -> Option<u64> {
        self.edge.faults.lift(fault)
    }

    /// What was counted up to now.
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
