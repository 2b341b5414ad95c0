//! A proxy in a callee's place, at every port of its Service, before all of its callers.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use brunt_scenarios::plan::EdgeFault;
use brunt_scenarios::timeline::EdgeRecord;

use crate::endpoints::EndpointAddress;
use crate::error::ProxyError;
use crate::faults::FaultId;
use crate::port::Listen;
use crate::port_proxy::PortProxy;

/// One port at which a callee is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServedPort {
    /// The port of every address that is listened on; 0 stands for any free one.
    pub port: u16,
    /// Where its connections lead while no controller names other endpoints.
    pub fallback: EndpointAddress,
}

/// A proxy in a callee's place. It ends when it is dropped.
pub struct EdgeProxy {
    ports: Vec<PortProxy>,
    injected: Mutex<InjectedFaults>,
}

/// The faults in force by the ids that the proxy as a whole gives them, and their ids at each port.
#[derive(Default)]
struct InjectedFaults {
    last_id: u64,
    by_id: BTreeMap<u64, (Option<String>, Vec<FaultId>)>,
}

impl EdgeProxy {
    /// Listens at once on all ports, and forwards to their fallbacks until other
    /// [endpoints](Self::set_endpoints) are set. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// When a port is in use or cannot be listened on.
    pub fn start(to: &str, ports: &[ServedPort]) -> Result<Self, ProxyError> {
        let start = |one: &ServedPort| {
            PortProxy::start(to, Listen::Everywhere(one.port), one.fallback.clone())
        };
        let ports = ports.iter().map(start).collect::<Result<_, _>>()?;
        Ok(Self { ports, injected: Mutex::default() })
    }

    /// The ports that it listens on, in the order in which they were given.
    pub fn ports(&self) -> Vec<u16> {
        self.ports.iter().map(PortProxy::port).collect()
    }

    /// Waits until it accepts connections at every port.
    pub async fn opened(&self) {
        for port in &self.ports {
            port.opened().await;
        }
    }

    /// Waits until it refuses connections at every port.
    pub async fn closed(&self) {
        for port in &self.ports {
            port.closed().await;
        }
    }

    /// Replaces what is known of the callers' addresses. All other addresses are outside.
    pub fn set_callers(&self, callers: &HashMap<IpAddr, String>) {
        self.ports.iter().for_each(|port| port.set_callers(callers.clone()));
    }

    /// Replaces the endpoints of each port; at one that has none, connections are refused.
    pub fn set_endpoints(&self, endpoints: &BTreeMap<u16, Vec<EndpointAddress>>) {
        for port in &self.ports {
            port.set_endpoints(endpoints.get(&port.port()).map_or(&[], Vec::as_slice));
        }
    }

    /// Lets connections lead again where they did at the start.
    pub fn reset_endpoints(&self) {
        self.ports.iter().for_each(PortProxy::reset_endpoints);
    }

    /// Injects a fault into one caller's requests, or into those from outside, at every port;
    /// several add up.
    pub fn inject(&self, from: Option<&str>, fault: EdgeFault) -> FaultId {
        let seed = fastrand::u64(..);
        let ids = self.ports.iter().map(|port| port.inject(from, fault, seed)).collect();
        let mut injected = self.injected.lock().unwrap_or_else(PoisonError::into_inner);
        injected.last_id += 1;
        let id = injected.last_id;
        injected.by_id.insert(id, (from.map(str::to_owned), ids));
        FaultId(id)
    }

    /// Ends a fault. Returns how many requests it hit; `None` when it is not in force any more.
    pub fn recover(&self, fault: FaultId) -> Option<u64> {
        let mut injected = self.injected.lock().unwrap_or_else(PoisonError::into_inner);
        let (from, ids) = injected.by_id.remove(&fault.0)?;
        let hits = self.ports.iter().zip(ids).map(|(port, id)| port.recover(from.as_deref(), id));
        Some(hits.map(Option::unwrap_or_default).sum())
    }

    /// The counts up to now, one record a caller, over all ports.
    pub fn records(&self) -> Vec<EdgeRecord> {
        let mut merged = BTreeMap::<Option<String>, EdgeRecord>::new();
        for record in self.ports.iter().flat_map(PortProxy::records) {
            match merged.get_mut(&record.from) {
                Some(sum) => sum.add(&record),
                None => drop(merged.insert(record.from.clone(), record)),
            }
        }
        merged.into_values().collect()
    }

    /// How many requests came from each address.
    pub fn requests_by_address(&self) -> BTreeMap<IpAddr, u64> {
        let mut merged = BTreeMap::new();
        for (address, requests) in self.ports.iter().flat_map(PortProxy::requests_by_address) {
            *merged.entry(address).or_default() += requests;
        }
        merged
    }

    /// From now on every reply closes its connection, so that callers open new ones, by
    /// whatever route there is then.
    pub fn drain_connections(&self) {
        self.ports.iter().for_each(PortProxy::drain_connections);
    }

    /// Whether [`EdgeProxy::drain_connections`] was called.
    pub fn is_draining(&self) -> bool {
        self.ports.iter().any(PortProxy::is_draining)
    }

    /// How many connections of callers are open.
    pub fn connections(&self) -> usize {
        self.ports.iter().map(PortProxy::connections).sum()
    }

    /// Accepts no more connections, and waits until those that are open have ended. Requests in
    /// flight are finished; idle connections are closed.
    pub async fn shut_down(&self) {
        self.ports.iter().for_each(PortProxy::stop_accepting);
        for port in &self.ports {
            port.all_closed().await;
        }
    }
}

impl fmt::Debug for EdgeProxy {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "EdgeProxy({:?})", self.records())
    }
}
