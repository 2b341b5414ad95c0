//! What bytes meet on a connection whose requests are not seen.

use std::sync::Arc;
use std::time::Duration;

use brunt_scenarios::plan::{EdgeDirection, EdgeFault};
use brunt_scenarios::units::Spread;

use super::active_fault::{ActiveFault, FaultId};
use super::chance::uniform;
use crate::byte_limit::ByteLimit;
use crate::endpoints::EndpointAddress;

/// What bytes meet that go in one direction.
#[derive(Debug, Clone, Default)]
pub(crate) struct ByteFaults {
    /// The faults that do it, so that the connection is counted once for each.
    pub(crate) ids: Vec<FaultId>,
    delays: Vec<Spread>,
    /// Of several, the lowest.
    pub(crate) limit: Option<Arc<ByteLimit>>,
}

impl ByteFaults {
    /// How much later a piece is passed on; it is drawn anew for each piece.
    pub(crate) fn delay(&self) -> Duration {
        self.delays.iter().map(|delay| uniform(delay.from.0, delay.to.0)).sum()
    }
}

/// What is in force for bytes in a direction, between a caller and this endpoint.
pub(super) fn in_force(
    faults: &[ActiveFault],
    direction: EdgeDirection,
    endpoint: &EndpointAddress,
) -> ByteFaults {
    let mut found = ByteFaults::default();
    for active in faults {
        if active.only.as_ref().is_some_and(|only| !only.contains(endpoint)) {
            continue;
        }
        match active.fault {
            // As with requests, it is the callee that seems slow.
            EdgeFault::Latency { delay, .. } if direction == EdgeDirection::Reply => {
                found.delays.push(delay);
            }
            EdgeFault::Bandwidth { direction: limited, .. } if limited == direction => {
                let limits = found.limit.take().into_iter().chain(active.limit.clone());
                found.limit = limits.min_by_key(|limit| limit.bytes_per_second());
            }
            // They are for another direction, for whole connections, or for requests and replies,
            // of which there are none. Each is named, so that the compiler asks where a new fault
            // belongs.
            EdgeFault::Latency { .. }
            | EdgeFault::Bandwidth { .. }
            | EdgeFault::Refuse
            | EdgeFault::Cut
            | EdgeFault::HalfOpen
            | EdgeFault::Abort { .. }
            | EdgeFault::Duplicate { .. }
            | EdgeFault::LostReply { .. }
            | EdgeFault::SlowReply(_) => continue,
        }
        found.ids.push(active.id);
    }
    found
}
