//! What bytes meet on a connection whose requests are not seen.

use std::sync::Arc;
use std::time::Duration;

use brunt_scenarios::plan::{ByteScope, Delay, EdgeDirection, EdgeFault};

use super::active_fault::{ActiveFault, FaultId};
use super::chance;
use crate::byte_limit::ByteLimit;
use crate::endpoints::EndpointAddress;

/// What bytes meet that go in one direction.
#[derive(Debug, Clone, Default)]
pub(crate) struct ByteFaults {
    /// The faults that do it, so that the connection is counted once for each.
    pub(crate) ids: Vec<FaultId>,
    delays: Vec<Delay>,
    /// Of several, the lowest.
    pub(crate) limit: Option<Arc<ByteLimit>>,
}

impl ByteFaults {
    /// How much later a piece is passed on; it is drawn anew for each piece.
    pub(crate) fn delay(&self) -> Duration {
        self.delays.iter().map(|delay| chance::delay(*delay)).sum()
    }
}

/// What is in force for bytes in a direction, between a caller and this endpoint.
pub(super) fn in_force(
    faults: &[ActiveFault],
    direction: EdgeDirection,
    endpoint: &EndpointAddress,
    is_hit: impl Fn(FaultId, f64) -> bool,
) -> ByteFaults {
    let mut found = ByteFaults::default();
    for active in faults {
        if active.only.as_ref().is_some_and(|only| !only.contains(endpoint)) {
            continue;
        }
        let is_meant = |scope: ByteScope| {
            scope.direction.includes(direction) && is_hit(active.id, scope.share)
        };
        match active.fault {
            EdgeFault::Latency { delay, scope, .. } if is_meant(scope) => found.delays.push(delay),
            EdgeFault::Bandwidth { scope, .. } if is_meant(scope) => {
                let limits = found.limit.take().into_iter().chain(active.limit.clone());
                found.limit = limits.min_by_key(|limit| limit.bytes_per_second());
            }
            // They are for another direction or connection, for whole connections, for what is
            // written whatever it is (`stream.rs`), or for requests and replies, of which there are
            // none. Each is named, so that the compiler asks where a new fault belongs.
            EdgeFault::Latency { .. }
            | EdgeFault::Bandwidth { .. }
            | EdgeFault::Refuse
            | EdgeFault::Cut
            | EdgeFault::HalfOpen
            | EdgeFault::Abort { .. }
            | EdgeFault::Duplicate { .. }
            | EdgeFault::LostReply { .. }
            | EdgeFault::SlowReply(_)
            | EdgeFault::SlowClose { .. }
            | EdgeFault::LimitData { .. }
            | EdgeFault::Slice { .. }
            | EdgeFault::Corrupt { .. } => continue,
        }
        found.ids.push(active.id);
    }
    found
}
