//! The proxy itself: it listens while there is an endpoint.

use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use brunt_scenarios::plan::EdgeFault;
use brunt_scenarios::timeline::EdgeRecord;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::edge::Edge;
use crate::endpoints::{Endpoints, Watch};
use crate::error::ProxyError;
use crate::faults::FaultId;
use crate::gate::{Gate, Listen};
use crate::serve::serve;

/// How long to wait before listening or accepting is tried again when the system has run out of something.
const BREATH: Duration = Duration::from_millis(20);

/// A proxy on its own port. It ends when it is dropped.
pub struct Proxy {
    edge: Arc<Edge>,
    port: u16,
    open: watch::Receiver<bool>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Reserves the port and listens as soon as there is an endpoint. `from` is the caller, `None` for requests from outside.
    /// Must be called within a tokio runtime.
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
        Ok(Self { port: gate.port(), task: tokio::spawn(run(gate, Arc::clone(&edge), tell)), edge, open })
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
        let totals = self.edge.counts.totals();
        EdgeRecord {
            from: self.edge.from.clone(),
            to: self.edge.to.clone(),
            requests: totals.requests,
            reached: totals.reached,
            faulted: totals.faulted,
        }
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

async fn run(gate: Gate, edge: Arc<Edge>, tell: watch::Sender<bool>) {
    let mut endpoints = edge.endpoints.watch();
    while endpoints.some().await.is_some() {
        let Ok(listeners) = gate.open() else {
            tokio::time::sleep(BREATH).await;
            continue;
        };
        tell.send_replace(true);
        // Dropping one end of this tells every connection that the gate closes.
        let (_open, closing) = watch::channel(());
        tokio::select! {
            () = accept(&listeners, &edge, closing) => {}
            () = until_none(&edge, &mut endpoints) => {}
        }
        drop(listeners);
        tell.send_replace(false);
    }
}

/// Waits until there is no endpoint, and meanwhile closes idle connections to those that have left.
async fn until_none(edge: &Edge, endpoints: &mut Watch) {
    loop {
        let now = endpoints.now();
        edge.pool.keep_only(&now);
        if now.is_empty() || endpoints.change().await.is_none() {
            return;
        }
    }
}

async fn accept(listeners: &[TcpListener], edge: &Arc<Edge>, closing: watch::Receiver<()>) {
    loop {
        match next(listeners).await {
            Ok(stream) => drop(tokio::spawn(serve(Arc::clone(edge), stream, closing.clone()))),
            // The caller has gone, or no file descriptor is left; neither ends the proxy.
            Err(_) => tokio::time::sleep(BREATH).await,
        }
    }
}

async fn next(listeners: &[TcpListener]) -> std::io::Result<TcpStream> {
    poll_fn(|cx| {
        for listener in listeners {
            if let Poll::Ready(accepted) = listener.poll_accept(cx) {
                return Poll::Ready(accepted.map(|(stream, _)| stream));
            }
        }
        Poll::Pending
    })
    .await
}
