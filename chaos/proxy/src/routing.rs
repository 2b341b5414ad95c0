//! Which edge a request is on.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::edge::Edge;
use crate::endpoints::{EndpointAddress, Endpoints};

/// The edges that lead to one callee through one port.
pub(crate) enum Routing {
    /// All requests are on one edge.
    Single(Arc<Edge>),
    /// Each caller has an edge of its own.
    ByCaller(Arc<CallerRoutes>),
}

impl Routing {
    pub(crate) fn endpoints(&self) -> &Endpoints {
        match self {
            Self::Single(edge) => &edge.endpoints,
            Self::ByCaller(routes) => &routes.endpoints,
        }
    }

    /// Closes the idle connections to all other endpoints.
    pub(crate) fn close_idle_except(&self, endpoints: &[EndpointAddress]) {
        match self {
            Self::Single(edge) => edge.pool.close_idle_except(endpoints),
            Self::ByCaller(routes) => {
                routes.edges().iter().for_each(|edge| edge.pool.close_idle_except(endpoints));
            }
        }
    }
}

/// The edges to one callee, made when their callers first appear. A caller may have several
/// addresses; an address that belongs to none is outside.
pub(crate) struct CallerRoutes {
    to: String,
    endpoints: Endpoints,
    table: Mutex<RoutingTable>,
    draining: AtomicBool,
    /// Each open connection holds a receiver.
    connections: watch::Sender<()>,
    /// Changes when the callers' addresses do.
    callers_changed: watch::Sender<()>,
}

#[derive(Default)]
struct RoutingTable {
    callers: HashMap<IpAddr, String>,
    edges: BTreeMap<Option<String>, Arc<Edge>>,
    requests: BTreeMap<IpAddr, u64>,
}

/// Tells when an address may have got another caller.
pub(crate) struct CallerChanges(Option<watch::Receiver<()>>);

impl CallerChanges {
    /// Whether there was one since the last time that this was asked.
    pub(crate) fn has_changed(&mut self) -> bool {
        let Some(changes) = &mut self.0 else { return false };
        let has_changed = changes.has_changed().unwrap_or_default();
        changes.mark_unchanged();
        has_changed
    }

    /// Waits for the next change.
    pub(crate) async fn changed(&mut self) {
        let is_over = match &mut self.0 {
            Some(changes) => changes.changed().await.is_err(),
            None => true,
        };
        // All requests are on one edge, or the proxy ends.
        if is_over {
            std::future::pending::<()>().await;
        }
    }
}

impl CallerRoutes {
    pub(crate) fn new(to: &str, endpoints: Endpoints) -> Self {
        Self {
            to: to.to_owned(),
            endpoints,
            table: Mutex::default(),
            draining: AtomicBool::default(),
            connections: watch::Sender::new(()),
            callers_changed: watch::Sender::new(()),
        }
    }

    /// Replaces the callers' addresses.
    pub(crate) fn set_callers(&self, callers: HashMap<IpAddr, String>) {
        let mut table = self.table();
        if table.callers != callers {
            table.callers = callers;
            self.callers_changed.send_replace(());
        }
    }

    pub(crate) fn edge(&self, from: Option<&str>) -> Arc<Edge> {
        let mut table = self.table();
        self.edge_in(&mut table, from.map(str::to_owned))
    }

    pub(crate) fn edges(&self) -> Vec<Arc<Edge>> {
        self.table().edges.values().cloned().collect()
    }

    pub(crate) fn requests_by_address(&self) -> BTreeMap<IpAddr, u64> {
        self.table().requests.clone()
    }

    pub(crate) fn drain_connections(&self) {
        self.draining.store(true, Relaxed);
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Relaxed)
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.receiver_count()
    }

    pub(crate) async fn all_closed(&self) {
        self.connections.closed().await;
    }

    fn edge_of_request(&self, peer: IpAddr) -> Arc<Edge> {
        let mut table = self.table();
        *table.requests.entry(peer).or_default() += 1;
        let from = table.callers.get(&peer).cloned();
        self.edge_in(&mut table, from)
    }

    fn edge_of_connection(&self, peer: IpAddr) -> Arc<Edge> {
        let mut table = self.table();
        let from = table.callers.get(&peer).cloned();
        self.edge_in(&mut table, from)
    }

    /// The edge of this address, if anything was on it up to now.
    fn known_edge(&self, peer: IpAddr) -> Option<Arc<Edge>> {
        let table = self.table();
        table.edges.get(&table.callers.get(&peer).cloned()).cloned()
    }

    fn edge_in(&self, table: &mut RoutingTable, from: Option<String>) -> Arc<Edge> {
        let new = |from: &Option<String>| {
            Arc::new(Edge::new(from.as_deref(), &self.to, self.endpoints.clone()))
        };
        Arc::clone(table.edges.entry(from).or_insert_with_key(new))
    }

    fn table(&self) -> MutexGuard<'_, RoutingTable> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How one connection's requests find their edges.
#[derive(Clone)]
pub(crate) struct ConnectionRoute {
    routing: Arc<Routing>,
    peer: IpAddr,
    /// Held for as long as the connection is open, where open connections are counted.
    _open: Option<watch::Receiver<()>>,
}

impl ConnectionRoute {
    pub(crate) fn new(routing: Arc<Routing>, peer: IpAddr) -> Self {
        // A single edge is never drained, so its connections are not counted.
        let open = match &*routing {
            Routing::Single(_) => None,
            Routing::ByCaller(routes) => Some(routes.connections.subscribe()),
        };
        Self { routing, peer, _open: open }
    }

    /// The same, without being counted as a connection of its own.
    pub(crate) fn uncounted(&self) -> Self {
        Self { routing: Arc::clone(&self.routing), peer: self.peer, _open: None }
    }

    /// The edge of a request that arrives now, which is counted.
    pub(crate) fn request(&self) -> Arc<Edge> {
        match &*self.routing {
            Routing::Single(edge) => Arc::clone(edge),
            Routing::ByCaller(routes) => routes.edge_of_request(self.peer),
        }
    }

    /// Whether a fault refuses this connection, which has just been accepted.
    pub(crate) fn refuse_connection(&self) -> bool {
        let edge = match &*self.routing {
            Routing::Single(edge) => Some(Arc::clone(edge)),
            Routing::ByCaller(routes) => routes.known_edge(self.peer),
        };
        let refused = edge.is_some_and(|edge| edge.faults.refuse_connection());
        if refused {
            self.count_faulted_connection();
        }
        refused
    }

    /// The edge that the connection is on at this moment.
    pub(crate) fn edge(&self) -> Arc<Edge> {
        match &*self.routing {
            Routing::Single(edge) => Arc::clone(edge),
            Routing::ByCaller(routes) => routes.edge_of_connection(self.peer),
        }
    }

    /// Counts a connection whose requests are not seen, and that meets a fault, as a request that
    /// has: its caller would have sent one.
    pub(crate) fn count_faulted_connection(&self) {
        let edge = self.request();
        edge.counters.request_arrived();
        edge.counters.met_fault();
    }

    /// Tells when the connection may be on another edge.
    pub(crate) fn changes(&self) -> CallerChanges {
        CallerChanges(match &*self.routing {
            Routing::Single(_) => None,
            Routing::ByCaller(routes) => Some(routes.callers_changed.subscribe()),
        })
    }

    /// Whether each reply is to close its connection.
    pub(crate) fn is_draining(&self) -> bool {
        match &*self.routing {
            Routing::Single(_) => false,
            Routing::ByCaller(routes) => routes.is_draining(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_addresses_of_a_caller_share_an_edge_and_so_do_all_unknown_ones() {
        let routes = CallerRoutes::new("stock", Endpoints::default());
        let address = |last: u8| IpAddr::from([10, 0, 0, last]);
        routes.set_callers(HashMap::from([
            (address(1), "shop".to_owned()),
            (address(2), "shop".to_owned()),
        ]));
        let [one, two, three, four] =
            [1, 2, 3, 4].map(|last| routes.edge_of_request(address(last)));
        assert!(Arc::ptr_eq(&one, &two) && Arc::ptr_eq(&three, &four));
        assert!(!Arc::ptr_eq(&one, &three));
        assert_eq!((one.caller(), three.caller()), (Some("shop"), None));
        routes.set_callers(HashMap::from([(address(3), "shop".to_owned())]));
        assert!(Arc::ptr_eq(&routes.edge_of_request(address(3)), &one), "it is known now");
        assert_eq!(routes.requests_by_address().values().sum::<u64>(), 5);
    }
}
