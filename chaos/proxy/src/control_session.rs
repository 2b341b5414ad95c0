//! What one authenticated controller has an edge proxy do. When it goes, the edge proxy is as it
//! was at the start, so that no fault outlives the controller that injected it.

use std::sync::Arc;

use brunt_scenarios::plan::EdgeFault;

use crate::control_protocol::{ControlReply, ControlRequest, TrafficCounts};
use crate::edge_proxy::EdgeProxy;
use crate::endpoints::EndpointAddress;
use crate::faults::FaultId;

/// One authenticated connection, and the faults that end with it.
pub(crate) struct ControlSession {
    edge_proxy: Arc<EdgeProxy>,
    injected: Vec<FaultId>,
}

impl ControlSession {
    pub(crate) fn new(edge_proxy: Arc<EdgeProxy>) -> Self {
        Self { edge_proxy, injected: vec![] }
    }

    pub(crate) fn handle(&mut self, request: ControlRequest) -> ControlReply {
        match request {
            ControlRequest::Hello { .. } => {
                ControlReply::Refused { why: "this connection is authenticated already".to_owned() }
            }
            ControlRequest::SetRouting { callers, endpoints } => {
                self.edge_proxy.set_callers(&callers);
                let addresses = |list: Vec<String>| -> Vec<EndpointAddress> {
                    list.iter().map(|one| EndpointAddress::at(one)).collect()
                };
                let endpoints =
                    endpoints.into_iter().map(|(port, list)| (port, addresses(list))).collect();
                self.edge_proxy.set_endpoints(&endpoints);
                ControlReply::Done
            }
            ControlRequest::Inject { from, fault } => match EdgeFault::try_from(fault) {
                Ok(fault) => {
                    let id = self.edge_proxy.inject(from.as_deref(), fault);
                    self.injected.push(id);
                    ControlReply::Injected { id: id.0 }
                }
                Err(error) => ControlReply::Refused { why: error.to_string() },
            },
            ControlRequest::Recover { id } => {
                let fault = FaultId(id);
                self.injected.retain(|injected| *injected != fault);
                ControlReply::Recovered { hits: self.edge_proxy.recover(fault) }
            }
            ControlRequest::Count => ControlReply::Counted(TrafficCounts {
                edges: self.edge_proxy.records(),
                requests_by_address: self.edge_proxy.requests_by_address(),
                connections: self.edge_proxy.connections(),
            }),
            ControlRequest::DrainConnections => {
                self.edge_proxy.drain_connections();
                ControlReply::Done
            }
        }
    }
}

impl Drop for ControlSession {
    fn drop(&mut self) {
        for id in &self.injected {
            self.edge_proxy.recover(*id);
        }
        self.edge_proxy.reset_endpoints();
    }
}

#[cfg(test)]
mod tests;
