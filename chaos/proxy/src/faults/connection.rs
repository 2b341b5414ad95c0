//! What new connections meet when they have been accepted.

use brunt_scenarios::plan::EdgeFault;

use super::ActiveFault;

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
            | EdgeFault::SlowReply(_) => {}
        }
    }
    false
}
