//! Breaks the connection between two services, and repairs it. What each kind of edge fault does to
//! requests is the matter of the proxy on the edge, so all kinds are one file here.

use brunt_scenarios::plan::EdgeFault;

use crate::effect::Effect;
use crate::error::FaultError;
use crate::target::{EdgeHandle, FaultTarget};

#[derive(Debug)]
pub(crate) struct FaultyEdge {
    from: String,
    to: String,
    handle: EdgeHandle,
}

pub(crate) async fn inject<T: FaultTarget>(
    target: &T,
    from: &str,
    to: &str,
    fault: EdgeFault,
) -> Result<(Effect, FaultyEdge), FaultError> {
    let handle = target.inject_edge_fault(from, to, fault).await?;
    let (from, to) = (from.to_owned(), to.to_owned());
    // Requests are counted on the edge, and known when the fault ends.
    let effect = Effect { hits: 0, services: vec![from.clone(), to.clone()] };
    Ok((effect, FaultyEdge { from, to, handle }))
}

/// Returns how many requests met the fault.
pub(crate) async fn recover<T: FaultTarget>(
    target: &T,
    edge: FaultyEdge,
) -> Result<u64, FaultError> {
    Ok(target.recover_edge_fault(&edge.from, &edge.to, edge.handle).await?)
}
