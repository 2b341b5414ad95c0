//! One fault of an edge, while it is in force.

use std::sync::Arc;

use brunt_scenarios::plan::EdgeFault;

use crate::byte_limit::ByteLimit;
use crate::endpoints::EndpointAddress;

/// Identifies one fault of an edge, so that it can be ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FaultId(pub u64);

/// A fault that is in force, or was.
#[derive(Debug)]
pub(crate) struct ActiveFault {
    pub(super) id: FaultId,
    pub(crate) fault: EdgeFault,
    /// The endpoints whose replies it hits; `None`: those of all.
    pub(super) only: Option<Vec<EndpointAddress>>,
    /// The limit of a `bandwidth`.
    pub(super) limit: Option<Arc<ByteLimit>>,
    pub(crate) hits: u64,
}

impl ActiveFault {
    /// How many requests or connections it made a difference to.
    pub(crate) fn effect(&self) -> u64 {
        let is_wide = self.limit.as_ref().is_some_and(|limit| !limit.has_delayed());
        // What passes under a limit is faster without it only if something had to wait.
        if is_wide { 0 } else { self.hits }
    }
}
