//! The routing table that an edge proxy should have at a moment. Pure.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use brunt_proxy::ControlRequest;

use super::callee_service::CalleePort;
use crate::observe::system_state::SystemState;

/// From where to where an edge proxy leads requests.
#[derive(Debug, Clone)]
pub(super) struct EdgeRoute {
    pub(super) callee: String,
    /// The Service whose endpoints are the callee's.
    pub(super) kept: String,
    /// The Service's ports, and where the edge proxy listens for each.
    pub(super) ports: Vec<CalleePort>,
}

impl EdgeRoute {
    /// Callers by their addresses, and the endpoints that get requests, at each port.
    pub(super) fn table(&self, state: &SystemState) -> ControlRequest {
        // The address of a pod on its node's network stands for everything on that node.
        let callers = state.all_pods().filter(|pod| !pod.on_host);
        let callers: HashMap<IpAddr, String> =
            callers.filter_map(|pod| Some((pod.address?, pod.service.clone()))).collect();
        let at = |port: &CalleePort| {
            let addresses = state.addresses_at(&self.callee, &self.kept, port.name());
            (port.listen, addresses.iter().map(ToString::to_string).collect())
        };
        // In order, so that two tables with the same endpoints are equal, and nothing is sent when
        // none has changed.
        let endpoints: BTreeMap<u16, Vec<String>> = self.ports.iter().map(at).collect();
        ControlRequest::SetRouting { callers, endpoints }
    }

    /// The ports at which the callee's pods listen now.
    pub(super) fn target_ports(&self, state: &SystemState) -> Vec<u16> {
        let at = |port: &CalleePort| state.addresses_at(&self.callee, &self.kept, port.name());
        self.ports.iter().flat_map(at).map(|address| address.port()).collect()
    }
}
