//! Cordons nodes and deletes the system's replicas on them without grace, as if the nodes were
//! lost.

use brunt_scenarios::plan::{NodeFault, NodePick};

use crate::effect::Effect;
use crate::error::FaultError;
use crate::faults::on_nodes::{self, FailedNodes};
use crate::pick::ReplicaPicker;
use crate::target::FaultTarget;

pub(crate) async fn inject<T: FaultTarget>(
    target: &T,
    which: &NodePick,
    picker: &mut ReplicaPicker<'_>,
) -> Result<(Effect, FailedNodes), FaultError> {
    let nodes = on_nodes::pick(target, which, picker).await?;
    on_nodes::check_limits(target, &nodes, picker.limits).await?;
    on_nodes::fail(target, NodeFault::Outage, nodes).await
}
