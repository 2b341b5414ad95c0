//! Which edge a request is on.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::edge::Edge;
use crate::endpoints::{Endpoint, Endpoints};

/// The ways to one callee.
pub(crate) enum Ways {
    /// One, whoever comes.
    One(Arc<Edge>),
    /// One for each caller, who is known by its address.
    ByCaller(Arc<ByCaller>),
}

impl Ways {
    pub(crate) fn endpoints(&self) -> &Endpoints {
        match self {
            Self::One(edge) => &edge.endpoints,
            Self::ByCaller(ways) => &ways.endpoints,
        }
    }

    /// Closes the idle connections to all other endpoints.
    pub(crate) fn keep_only(&self, endpoints: &[Endpoint]) {
        match self {
            Self::One(edge) => edge.pool.keep_only(endpoints),
            Self::ByCaller(ways) => {
                ways.edges().iter().for_each(|edge| edge.pool.keep_only(endpoints))
            }
        }
    }
}

/// The edges to one callee, made as callers come. A caller may have several addresses; an address
/// that is nobody's is outside.
pub(crate) struct ByCaller {
    to: String,
    endpoints: Endpoints,
    state: Mutex<State>,
    winds_down: AtomicBool,
    /// Each open connection holds a receiver.
    connections: watch::Sender<()>,
}

#[derive(Default)]
struct State {
    callers: HashMap<IpAddr, String>,
    edges: BTreeMap<Option<String>, Arc<Edge>>,
    asked: BTreeMap<IpAddr, u64>,
}

impl ByCaller {
    pub(crate) fn new(to: &str, endpoints: Endpoints) -> Self {
        Self {
            to: to.to_owned(),
            endpoints,
            state: Mutex::default(),
            winds_down: AtomicBool::default(),
            connections: watch::Sender::new(()),
        }
    }

    /// Whose addresses these are.
    pub(crate) fn know(&self, callers: HashMap<IpAddr, String>) {
        self.state().callers = callers;
    }

    pub(crate) fn edge(&self, from: Option<&str>) -> Arc<Edge> {
        let mut state = self.state();
        self.edge_of(&mut state, from.map(str::to_owned))
    }

    pub(crate) fn edges(&self) -> Vec<Arc<Edge>> {
        self.state().edges.values().cloned().collect()
    }

    /// How many requests each address has made.
    pub(crate) fn asked(&self) -> BTreeMap<IpAddr, u64> {
        self.state().asked.clone()
    }

    pub(crate) fn wind_down(&self) {
        self.winds_down.store(true, Relaxed);
    }

    pub(crate) fn winds_down(&self) -> bool {
        self.winds_down.load(Relaxed)
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.receiver_count()
    }

    pub(crate) async fn all_closed(&self) {
        self.connections.closed().await;
    }

    fn asks(&self, peer: IpAddr) -> Arc<Edge> {
        let mut state = self.state();
        *state.asked.entry(peer).or_default() += 1;
        let from = state.callers.get(&peer).cloned();
        self.edge_of(&mut state, from)
    }

    fn edge_of(&self, state: &mut State, from: Option<String>) -> Arc<Edge> {
        let new = |from: &Option<String>| {
            Arc::new(Edge::new(from.as_deref(), &self.to, self.endpoints.clone()))
        };
        Arc::clone(state.edges.entry(from).or_insert_with_key(new))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One connection's way in.
#[derive(Clone)]
pub(crate) struct Route {
    ways: Arc<Ways>,
    peer: IpAddr,
    /// Held for as long as the connection is open, where somebody wants to know.
    _open: Option<watch::Receiver<()>>,
}

impl Route {
    pub(crate) fn new(ways: Arc<Ways>, peer: IpAddr) -> Self {
        let open = match &*ways {
            Ways::One(_) => None,
            Ways::ByCaller(ways) => Some(ways.connections.subscribe()),
        };
        Self { ways, peer, _open: open }
    }

    /// The edge that a request is on that comes now. It is looked up each time: a kept-alive
    /// connection may have been there before its address was known.
    pub(crate) fn request(&self) -> Arc<Edge> {
        match &*self.ways {
            Ways::One(edge) => Arc::clone(edge),
            Ways::ByCaller(ways) => ways.asks(self.peer),
        }
    }

    /// The edge of something that is not counted.
    pub(crate) fn uncounted(&self) -> Arc<Edge> {
        match &*self.ways {
            Ways::One(edge) => Arc::clone(edge),
            Ways::ByCaller(ways) => ways.edge(None),
        }
    }

    /// Whether callers are to come anew, by another way.
    pub(crate) fn winds_down(&self) -> bool {
        match &*self.ways {
            Ways::One(_) => false,
            Ways::ByCaller(ways) => ways.winds_down(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_has_one_edge_whatever_its_address_and_strangers_share_one() {
        let ways = ByCaller::new("stock", Endpoints::default());
        let address = |last: u8| IpAddr::from([10, 0, 0, last]);
        ways.know(HashMap::from([
            (address(1), "shop".to_owned()),
            (address(2), "shop".to_owned()),
        ]));
        let [one, two, three, four] = [1, 2, 3, 4].map(|last| ways.asks(address(last)));
        assert!(
            Arc::ptr_eq(&one, &two) && Arc::ptr_eq(&three, &four) && !Arc::ptr_eq(&one, &three)
        );
        assert_eq!((one.from.as_deref(), three.from.as_deref()), (Some("shop"), None));
        ways.know(HashMap::from([(address(3), "shop".to_owned())]));
        assert!(Arc::ptr_eq(&ways.asks(address(3)), &one), "it is known now");
        assert_eq!(ways.asked().values().sum::<u64>(), 5);
    }
}
