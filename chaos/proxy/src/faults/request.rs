//! What requests meet before they go to the callee.

use std::time::Duration;

use brunt_scenarios::plan::{AbortStatus, EdgeDirection, EdgeFault};

use super::active_fault::{ActiveFault, FaultId};
use super::chance::{self, happens};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RequestAction {
    Forward,
    /// Resets the caller's connection.
    Reset,
    /// Replies with this status in the callee's place.
    Abort(AbortStatus),
    /// Neither replies nor closes the connection until this fault has ended.
    Hold(FaultId),
    /// Sends it to the callee twice. It counts as hit with [`super::ActiveFaults::count_hit`], once
    /// it is known that it can be sent twice.
    Duplicate(FaultId),
}

/// `is_grpc`: whether the request is a call of gRPC.
pub(super) fn action(faults: &mut [ActiveFault], is_grpc: bool) -> RequestAction {
    for active in faults {
        let action = match active.fault {
            EdgeFault::Cut => RequestAction::Reset,
            EdgeFault::Abort { status: AbortStatus::Grpc(_), .. } if !is_grpc => continue,
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
            // They work below HTTP.
            EdgeFault::SlowClose { .. }
            | EdgeFault::LimitData { .. }
            | EdgeFault::Slice { .. }
            | EdgeFault::Corrupt { .. } => continue,
        };
        active.hits += 1;
        return action;
    }
    RequestAction::Forward
}

/// How much later a request goes to the callee: several latencies add up.
pub(super) fn delay(faults: &mut [ActiveFault]) -> Duration {
    let mut sum = Duration::ZERO;
    for active in faults {
        if let EdgeFault::Latency { delay, scope, .. } = active.fault
            && scope.direction.includes(EdgeDirection::Request)
            && happens(scope.share)
        {
            active.hits += 1;
            sum += chance::delay(delay);
        }
    }
    sum
}
