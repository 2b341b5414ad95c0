//! A proxy in a callee's place, before all of its callers, which it tells apart by their addresses.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use brunt_scenarios::plan::EdgeFault;
use brunt_scenarios::timeline::EdgeRecord;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::edge::Edge;
use crate::endpoints::{EndpointAddress, Endpoints};
use crate::error::ProxyError;
use crate::faults::FaultId;
use crate::listener;
use crate::port::{Listen, ReservedPort};
use crate::routing::{CallerRoutes, Routing};

/// A proxy in a callee's place. It ends when it is dropped.
pub struct EdgeProxy {
    routes: Arc<CallerRoutes>,
    endpoints: Endpoints,
    /// Where requests go while no controller names other endpoints.
    fallback: EndpointAddress,
    port: u16,
    accepting: watch::Receiver<bool>,
    task: JoinHandle<()>,
}

impl EdgeProxy {
    /// Listens at once, and forwards to `fallback` until other
    /// [endpoints](Self::set_endpoints) are set. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// When the port is in use or cannot be listened on.
    pub fn start(to: &str, listen: Listen, fallback: EndpointAddress) -> Result<Self, ProxyError> {
        let reserved = ReservedPort::reserve(listen)?;
        let port = reserved.number();
        let endpoints = Endpoints::of(fallback.clone());
        let routes = Arc::new(CallerRoutes::new(to, endpoints.clone()));
        let (tell, accepting) = watch::channel(false);
        let routing = Arc::new(Routing::ByCaller(Arc::clone(&routes)));
        let task = tokio::spawn(listener::run(reserved, routing, tell));
        Ok(Self { routes, endpoints, fallback, port, accepting, task })
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.port
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

    /// Replaces what is known of the callers' addresses. All other addresses are outside.
    pub fn set_callers(&self, callers: HashMap<IpAddr, String>) {
        self.routes.set_callers(callers);
    }

    /// Replaces the endpoints that requests go to; without any, connections are refused.
    pub fn set_endpoints(&self, endpoints: &[EndpointAddress]) {
        self.endpoints.replace(endpoints);
    }

    /// Sends requests again where they went at the start.
    pub fn reset_endpoints(&self) {
        self.set_endpoints(std::slice::from_ref(&self.fallback));
    }

    /// Injects a fault into one caller's requests, or into those from outside; several add up.
    pub fn inject(&self, from: Option<&str>, fault: EdgeFault) -> FaultId {
        self.routes.edge(from).inject(fault)
    }

    /// Ends a fault. Returns how many requests it hit; `None` when it is not in force any more.
    pub fn recover(&self, from: Option<&str>, fault: FaultId) -> Option<u64> {
        self.routes.edge(from).recover(fault)
    }

    /// The counts up to now, one record a caller.
    pub fn records(&self) -> Vec<EdgeRecord> {
        self.routes.edges().iter().map(|edge| Edge::record(edge)).collect()
    }

    /// How many requests came from each address.
    pub fn requests_by_address(&self) -> BTreeMap<IpAddr, u64> {
        self.routes.requests_by_address()
    }

    /// From now on every reply closes its connection, so that callers open new ones, by
    /// whatever route there is then.
    pub fn drain_connections(&self) {
        self.routes.drain_connections();
    }

    /// Whether [`EdgeProxy::drain_connections`] was called.
    pub fn is_draining(&self) -> bool {
        self.routes.is_draining()
    }

    /// How many connections of callers are open.
    pub fn connections(&self) -> usize {
        self.routes.connections()
    }

    /// Accepts no more connections, and waits until those that are open have ended. Requests in
    /// flight are finished; idle connections are closed.
    pub async fn shut_down(&self) {
        self.task.abort();
        self.routes.all_closed().await;
    }
}

impl fmt::Debug for EdgeProxy {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "EdgeProxy({:?})", self.records())
    }
}

impl Drop for EdgeProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}
