//! One port of a proxy in a callee's place. Its callers are told apart by their addresses.

use std::collections::{BTreeMap, HashMap};
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

/// One port of an edge proxy. It ends when it is dropped.
pub(crate) struct PortProxy {
    routes: Arc<CallerRoutes>,
    endpoints: Endpoints,
    /// Where requests go while no controller names other endpoints.
    fallback: EndpointAddress,
    port: u16,
    accepting: watch::Receiver<bool>,
    task: JoinHandle<()>,
}

impl PortProxy {
    /// Listens at once, and forwards to `fallback` until other
    /// [endpoints](Self::set_endpoints) are set. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// When the port is in use or cannot be listened on.
    pub(crate) fn start(
        to: &str,
        listen: Listen,
        fallback: EndpointAddress,
    ) -> Result<Self, ProxyError> {
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
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Waits until it accepts connections.
    pub(crate) async fn opened(&self) {
        // An error means that it has ended, which the next connection shows.
        let _ = self.accepting.clone().wait_for(|accepting| *accepting).await;
    }

    /// Waits until it refuses connections.
    pub(crate) async fn closed(&self) {
        let _ = self.accepting.clone().wait_for(|accepting| !*accepting).await;
    }

    /// Replaces what is known of the callers' addresses. All other addresses are outside.
    pub(crate) fn set_callers(&self, callers: HashMap<IpAddr, String>) {
        self.routes.set_callers(callers);
    }

    /// Replaces the endpoints that requests go to; without any, connections are refused.
    pub(crate) fn set_endpoints(&self, endpoints: &[EndpointAddress]) {
        self.endpoints.replace(endpoints);
    }

    /// Sends requests again where they went at the start.
    pub(crate) fn reset_endpoints(&self) {
        self.set_endpoints(std::slice::from_ref(&self.fallback));
    }

    /// Injects a fault into one caller's requests, or into those from outside; several add up.
    /// `seed` decides which replicas a fault picks: with the same one, all ports pick the same.
    pub(crate) fn inject(&self, from: Option<&str>, fault: EdgeFault, seed: u64) -> FaultId {
        self.routes.edge(from).inject(fault, seed)
    }

    /// Ends a fault. Returns how many requests it hit; `None` when it is not in force any more.
    pub(crate) fn recover(&self, from: Option<&str>, fault: FaultId) -> Option<u64> {
        self.routes.edge(from).recover(fault)
    }

    /// The counts up to now, one record a caller.
    pub(crate) fn records(&self) -> Vec<EdgeRecord> {
        self.routes.edges().iter().map(|edge| Edge::record(edge)).collect()
    }

    /// How many requests came from each address.
    pub(crate) fn requests_by_address(&self) -> BTreeMap<IpAddr, u64> {
        self.routes.requests_by_address()
    }

    /// From now on every reply closes its connection, so that callers open new ones, by
    /// whatever route there is then.
    pub(crate) fn drain_connections(&self) {
        self.routes.drain_connections();
    }

    /// Whether [`PortProxy::drain_connections`] was called.
    pub(crate) fn is_draining(&self) -> bool {
        self.routes.is_draining()
    }

    /// How many connections of callers are open.
    pub(crate) fn connections(&self) -> usize {
        self.routes.connections()
    }

    /// Accepts no more connections. Requests in flight are finished; idle connections are closed.
    pub(crate) fn stop_accepting(&self) {
        self.task.abort();
    }

    /// Waits until the connections that are open have ended.
    pub(crate) async fn all_closed(&self) {
        self.routes.all_closed().await;
    }
}

impl Drop for PortProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}
