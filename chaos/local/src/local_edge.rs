//! The proxies between one caller and one callee: one for each of the callee's ports.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use brunt_proxy::{FaultId, Listen, Proxy, ProxyError};
use brunt_scenarios::plan::{EdgeFault, Service};
use brunt_scenarios::timeline::EdgeRecord;

use crate::replica_address::ServiceEndpoints;

/// An edge. Faults hit all of its ports.
#[derive(Debug)]
pub(crate) struct LocalEdge {
    pub(crate) first: Proxy,
    pub(crate) named: BTreeMap<String, Proxy>,
    /// The ids that a fault has at each port, by its id at the first.
    injected: Mutex<BTreeMap<u64, Vec<FaultId>>>,
}

impl LocalEdge {
    /// Must be called within a tokio runtime.
    pub(crate) fn start(
        from: &str,
        (to, callee): (&str, Option<&Service>),
        endpoints: &ServiceEndpoints,
    ) -> Result<Self, ProxyError> {
        let start = |endpoints: &brunt_proxy::Endpoints, protocol| {
            Proxy::start(Some(from), to, Listen::Free, endpoints.clone(), protocol)
        };
        let first = start(&endpoints.first, callee.and_then(|callee| callee.protocol))?;
        let port = |name: &String| callee?.ports.get(name)?.protocol;
        let named = endpoints.named.iter();
        let named = named.map(|(name, one)| Ok((name.clone(), start(one, port(name))?)));
        Ok(Self { first, named: named.collect::<Result<_, _>>()?, injected: Mutex::default() })
    }

    fn proxies(&self) -> impl Iterator<Item = &Proxy> {
        std::iter::once(&self.first).chain(self.named.values())
    }

    /// Injects a fault at all ports. Of several replicas, those with the same place among all are
    /// picked at each.
    pub(crate) fn inject(&self, fault: EdgeFault) -> FaultId {
        let seed = fastrand::u64(..);
        let ids: Vec<FaultId> =
            self.proxies().map(|proxy| proxy.inject_with_seed(fault, seed)).collect();
        let id = ids[0];
        self.injected.lock().unwrap_or_else(PoisonError::into_inner).insert(id.0, ids);
        id
    }

    /// Ends a fault. Returns how many requests and connections it hit.
    pub(crate) fn recover(&self, fault: FaultId) -> Option<u64> {
        let mut injected = self.injected.lock().unwrap_or_else(PoisonError::into_inner);
        let ids = injected.remove(&fault.0)?;
        Some(self.proxies().zip(ids).filter_map(|(proxy, id)| proxy.recover(id)).sum())
    }

    /// The counts of all ports together.
    pub(crate) fn record(&self) -> EdgeRecord {
        let mut sum = self.first.record();
        self.named.values().for_each(|proxy| sum.add(&proxy.record()));
        sum
    }

    /// Waits until all ports accept connections.
    pub(crate) async fn opened(&self) {
        for proxy in self.proxies() {
            proxy.opened().await;
        }
    }
}
