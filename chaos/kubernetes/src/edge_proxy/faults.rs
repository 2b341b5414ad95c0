//! Faults of an edge, which its proxy injects.

use brunt_faults::{EdgeHandle, TargetError};
use brunt_proxy::{ControlReply, ControlRequest, WireFault};
use brunt_scenarios::plan::EdgeFault;

use super::faults_by_caller::EdgeFaultChange;
use super::proxies::EdgeProxies;
use crate::changes::changer::Changer;

impl EdgeProxies {
    /// Injects a fault into one caller's requests to a callee.
    pub(crate) async fn inject(
        &self,
        changer: &Changer,
        (from, to): (&str, &str),
        fault: EdgeFault,
    ) -> Result<EdgeHandle, TargetError> {
        let no_edge = || TargetError::NoEdge { from: from.to_owned(), to: to.to_owned() };
        // Proxies are installed before the load, for the edges of the plan alone.
        if !self.has_edge(from, to) {
            return Err(no_edge());
        }
        changer.note(format!("Requests of {from} to {to}, at the edge proxy"));
        if changer.is_dry_run() {
            return Ok(EdgeHandle(0));
        }
        changer.check_lease()?;
        let proxy = self.before(to).ok_or_else(no_edge)?;
        let (from_caller, wire) = (Some(from.to_owned()), WireFault::from(fault));
        let request = ControlRequest::Inject { from: from_caller, fault: wire };
        match proxy.control.lock().await.request(&request).await? {
            ControlReply::Injected { id } => {
                let change = proxy.faults.add(from, id, fault);
                log(changer, (from, to), &change, "fault injected");
                Ok(EdgeHandle(id))
            }
            other => Err(unexpected(to, &other)),
        }
    }

    /// Ends a fault. Returns how many requests it hit.
    pub(crate) async fn recover(
        &self,
        changer: &Changer,
        (from, to): (&str, &str),
        handle: EdgeHandle,
    ) -> Result<u64, TargetError> {
        let Some(proxy) = self.before(to) else {
            return Ok(0);
        };
        let request = ControlRequest::Recover { id: handle.0 };
        let mut control = proxy.control.lock().await;
        let change = proxy.faults.remove(handle.0);
        if control.is_lost() {
            // Its faults have ended with it, and nobody knows what they had hit.
            return Ok(0);
        }
        match control.request(&request).await? {
            // A fault ends with the control connection that injected it; what it hit until then is
            // not known any more.
            ControlReply::Recovered { hits } => {
                if let Some(change) = change {
                    log(changer, (from, to), &change, "fault recovered");
                }
                Ok(hits.unwrap_or_default())
            }
            other => Err(unexpected(to, &other)),
        }
    }
}

/// The same event as of an edge on this machine.
fn log(changer: &Changer, (from, to): (&str, &str), change: &EdgeFaultChange, what: &str) {
    let (edge, EdgeFaultChange { fault, before, after }) = (format!("{from}→{to}"), change);
    tracing::info!(run = changer.lease().run, edge, %fault, before, after, "{what}");
}

fn unexpected(callee: &str, reply: &ControlReply) -> TargetError {
    TargetError::platform(format!("the edge proxy before {callee} answered {reply:?}"))
}
