//! What requests meet before they go to the callee.

use brunt_scenarios::plan::EdgeFault;

use super::active_fault::{ActiveFault, FaultId};
use super::chance::happens;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RequestAction {
    Forward,
    /// Resets the caller's connection.
    Reset,
    /// Replies with this status in the callee's place.
    Abort(u16),
    /// Neither replies nor closes the connection until this fault has ended.
    Hold(FaultId),
    /// Sends it to the callee twice. It counts as hit with [`super::ActiveFaults::count_hit`], once
    /// it is known that it can be sent twice.
    Duplicate(FaultId),
}

pub(super) fn action(faults: &mut [ActiveFault]) -> RequestAction {
    for active in faults {
        let action = match active.fault {
            EdgeFault::Cut => RequestAction::Reset,
            EdgeFault::Abort { status, share } if happens(share) => RequestAction::Abort(status),
            EdgeFault::HalfOpen => RequestAction::Hold(active.id),
            EdgeFault::Duplicate { share } if happens(share) => {
                return RequestAction::Duplicate(active.id);
            }
            // The share does not hit this request.
            EdgeFault::Abort { .. } | EdgeFault::Duplicate { .. } => continue,
            // Each is named, so that the compiler asks where a new fault belongs.
            EdgeFault::Refuse
            | EdgeFault::LostReply { .. }
            | EdgeFault::Latency { .. }
            | EdgeFault::SlowReply(_) => continue,
            // It limits what is forwarded: `ActiveFaults::limit`.
            EdgeFault::Bandwidth { .. } => continue,
        };
        active.hits += 1;
        return action;
    }
    RequestAction::Forward
}
