//! What connections meet: new ones when they have been accepted, and those whose requests are not
//! seen for as long as they are open.

use brunt_scenarios::plan::EdgeFault;

use super::active_fault::{ActiveFault, FaultId};

/// What a connection meets that is passed on byte by byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ConnectionAction {
    Forward,
    /// Resets both sides.
    Reset,
    /// Passes nothing on until this fault has ended.
    Hold(FaultId),
}

/// Whether a new connection is refused.
pub(super) fn is_refused(faults: &mut [ActiveFault]) -> bool {
    for active in faults {
        match active.fault {
            EdgeFault::Refuse => {
                active.hits += 1;
                return true;
            }
            // Each is named, so that the compiler asks where a new fault belongs.
            EdgeFault::Cut
            | EdgeFault::Abort { .. }
            | EdgeFault::HalfOpen
            | EdgeFault::Duplicate { .. }
            | EdgeFault::LostReply { .. }
            | EdgeFault::Latency { .. }
            | EdgeFault::SlowReply(_)
            | EdgeFault::Bandwidth { .. }
            | EdgeFault::SlowClose { .. }
            | EdgeFault::LimitData { .. }
            | EdgeFault::Slice { .. }
            | EdgeFault::Corrupt { .. } => {}
        }
    }
    false
}

/// What an open connection meets whose requests are not seen.
pub(super) fn action(faults: &mut [ActiveFault]) -> ConnectionAction {
    for active in faults {
        let action = match active.fault {
            EdgeFault::Cut => ConnectionAction::Reset,
            EdgeFault::HalfOpen => ConnectionAction::Hold(active.id),
            // Open connections outlive a refusal; there are no requests and replies that some of
            // the others could hit; and the rest hits bytes.
            EdgeFault::Refuse
            | EdgeFault::Abort { .. }
            | EdgeFault::Duplicate { .. }
            | EdgeFault::LostReply { .. }
            | EdgeFault::Latency { .. }
            | EdgeFault::SlowReply(_)
            | EdgeFault::Bandwidth { .. }
            | EdgeFault::SlowClose { .. }
            | EdgeFault::LimitData { .. }
            | EdgeFault::Slice { .. }
            | EdgeFault::Corrupt { .. } => continue,
        };
        active.hits += 1;
        return action;
    }
    ConnectionAction::Forward
}
