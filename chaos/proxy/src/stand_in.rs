//! A proxy that stands in for a callee before all of its callers, and tells them apart by their
//! addresses.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use brunt_scenarios::plan::EdgeFault;
use brunt_scenarios::timeline::EdgeRecord;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::edge::Edge;
use crate::endpoints::{Endpoint, Endpoints};
use crate::error::ProxyError;
use crate::faults::FaultId;
use crate::gate::{Gate, Listen};
use crate::inlet;
use crate::ways::{ByCaller, Ways};

/// A proxy in a callee's place. It ends when it is dropped.
pub struct StandIn {
    ways: Arc<ByCaller>,
    endpoints: Endpoints,
    /// Where requests go while nobody says where else.
    kept: Endpoint,
    port: u16,
    open: watch::Receiver<bool>,
    task: JoinHandle<()>,
}

impl StandIn {
    /// Listens at once, and passes on to `kept` until it is told of [endpoints](Self::lead_to).
    /// Must be called within a tokio runtime.
    ///
    /// # Errors
    /// When the port is in use or cannot be listened on.
    pub fn start(to: &str, listen: Listen, kept: Endpoint) -> Result<Self, ProxyError> {
        let gate = Gate::reserve(listen)?;
        let port = gate.port();
        let endpoints = Endpoints::of(kept.clone());
        let ways = Arc::new(ByCaller::new(to, endpoints.clone()));
        let (tell, open) = watch::channel(false);
        let all = Arc::new(Ways::ByCaller(Arc::clone(&ways)));
        let task = tokio::spawn(inlet::run(gate, all, tell));
        Ok(Self { ways, endpoints, kept, port, open, task })
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
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

    /// Whose addresses these are. All others are outside.
    pub fn know(&self, callers: HashMap<IpAddr, String>) {
        self.ways.know(callers);
    }

    /// Where requests go from now on; with none, connections are refused.
    pub fn lead_to(&self, endpoints: &[Endpoint]) {
        self.endpoints.replace(endpoints);
    }

    /// Requests go again where they went at the start.
    pub fn fall_back(&self) {
        self.lead_to(std::slice::from_ref(&self.kept));
    }

    /// Sets a fault for one caller's requests, or for those from outside; several add up.
    pub fn set(&self, from: Option<&str>, fault: EdgeFault) -> FaultId {
        let edge = self.ways.edge(from);
        edge.faults.set(fault, edge.endpoints.list())
    }

    /// Lifts a fault and says how many requests it hit; `None` when it is not set any more.
    pub fn lift(&self, from: Option<&str>, fault: FaultId) -> Option<u64> {
        self.ways.edge(from).faults.lift(fault)
    }

    /// What was counted up to now, by caller.
    pub fn records(&self) -> Vec<EdgeRecord> {
        self.ways.edges().iter().map(|edge| Edge::record(edge)).collect()
    }

    /// How many requests each address has made.
    pub fn asked(&self) -> BTreeMap<IpAddr, u64> {
        self.ways.asked()
    }

    /// From now on every reply ends its connection, so that callers come anew, by whatever way
    /// there is then.
    pub fn wind_down(&self) {
        self.ways.wind_down();
    }

    /// Whether it winds down.
    pub fn winds_down(&self) -> bool {
        self.ways.winds_down()
    }

    /// How many connections are open.
    pub fn connections(&self) -> usize {
        self.ways.connections()
    }

    /// Takes in no more connections, and waits until those that are open have ended. What is on its
    /// way is finished; what is idle is closed.
    pub async fn finish(&self) {
        self.task.abort();
        self.ways.all_closed().await;
    }
}

impl fmt::Debug for StandIn {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "StandIn({:?})", self.records())
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.task.abort();
    }
}
