//! The routing table that an edge proxy should have at a moment. Pure.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

use brunt_proxy::ControlRequest;

use crate::observe::state::SystemState;

/// Callers by their addresses, and the callee's pods that get requests, at this port.
pub(super) fn routing_table(state: &SystemState, callee: &str, port: u16) -> ControlRequest {
    // The address of a pod on its node's network stands for everything on that node.
    let callers = state.all_pods().filter(|pod| !pod.on_host);
    let callers: HashMap<IpAddr, String> =
        callers.filter_map(|pod| Some((pod.address?, pod.service.clone()))).collect();
    let ready = state.all_pods().filter(|pod| pod.service == callee && state.gets_requests(pod));
    let mut endpoints: Vec<String> =
        ready.filter_map(|pod| Some(SocketAddr::from((pod.address?, port)).to_string())).collect();
    // Two tables with the same endpoints are equal, so that nothing is sent when none has changed.
    endpoints.sort();
    ControlRequest::SetRouting { callers, endpoints }
}
