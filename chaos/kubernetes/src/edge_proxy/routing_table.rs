//! What a stand-in must know at a moment. Pure.

use std::collections::HashMap;
use std::net::IpAddr;

use brunt_proxy::ControlRequest;

use crate::observe::state::SystemState;

/// Whose addresses there are, and where the callee is: its pods that are sent requests,
/// at this port.
pub(super) fn informed(state: &SystemState, callee: &str, port: u16) -> ControlRequest {
    let callers = state.everybody().filter(|pod| !pod.on_host);
    let callers: HashMap<IpAddr, String> =
        callers.filter_map(|pod| Some((pod.address?, pod.service.clone()))).collect();
    let ready = state.everybody().filter(|pod| pod.service == callee && state.takes_requests(pod));
    let mut endpoints: Vec<String> = ready.filter_map(|pod| Some(at(pod.address?, port))).collect();
    endpoints.sort();
    ControlRequest::SetRouting { callers, endpoints }
}

fn at(address: IpAddr, port: u16) -> String {
    std::net::SocketAddr::from((address, port)).to_string()
}
