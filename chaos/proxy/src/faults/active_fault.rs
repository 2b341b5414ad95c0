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
