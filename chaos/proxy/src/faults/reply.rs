//! What replies meet before they go to the caller.

use std::time::Duration;

use brunt_scenarios::plan::{EdgeDirection, EdgeFault};

use super::active_fault::{ActiveFault, FaultId};
use super::chance::{self, happens, uniform};
use crate::endpoints::EndpointAddress;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReplyAction {
    Forward,
    /// Forwards all of it this much later.
    Delay(Duration),
    /// Forwards its head at once and its body this much later.
    DelayBody(Duration),
    /// Drops it, and resets the caller's connection.
    Drop,
}

/// `latency`: whether latencies are among what it may meet.
pub(super) fn action(
    faults: &mut [ActiveFault],
    from: &EndpointAddress,
    latency: bool,
) -> ReplyAction {
    let mut action = ReplyAction::Forward;
    for active in faults {
        if active.only.as_ref().is_some_and(|only| !only.contains(from)) {
            continue;
        }
        match active.fault {
            EdgeFault::LostReply { share } if happens(share) => {
                active.hits += 1;
                return ReplyAction::Drop;
            }
            EdgeFault::Latency { .. } if !latency => {}
            EdgeFault::Latency { delay, scope, .. }
                if scope.direction.includes(EdgeDirection::Reply) && happens(scope.share) =>
            {
                active.hits += 1;
                action = delayed_by(action, chance::delay(delay));
            }
            EdgeFault::SlowReply(delay) if action == ReplyAction::Forward => {
                active.hits += 1;
                action = ReplyAction::DelayBody(uniform(delay.from.0, delay.to.0));
            }
            // The share does not hit this reply, or it is delayed already.
            EdgeFault::LostReply { .. } | EdgeFault::SlowReply(_) | EdgeFault::Latency { .. } => {}
            // Each is named, so that the compiler asks where a new fault belongs.
            EdgeFault::Refuse
            | EdgeFault::Cut
            | EdgeFault::Abort { .. }
            | EdgeFault::HalfOpen
            | EdgeFault::Duplicate { .. } => {}
            // A limit comes on top of any delay: `ActiveFaults::limit`.
            EdgeFault::Bandwidth { .. } => {}
            // They work below HTTP.
            EdgeFault::SlowClose { .. }
            | EdgeFault::LimitData { .. }
            | EdgeFault::Slice { .. }
            | EdgeFault::Corrupt { .. } => {}
        }
    }
    action
}

/// Several latencies add up; a latency takes precedence over a delayed body.
fn delayed_by(action: ReplyAction, delay: Duration) -> ReplyAction {
    match action {
        ReplyAction::Delay(other) => ReplyAction::Delay(other + delay),
        _ => ReplyAction::Delay(delay),
    }
}

/// How much later what comes from this endpoint is passed on. A share is drawn once for each
/// stream: `decided` has the faults that it has met and whether each hits it; new ones are added.
pub(super) fn latency(
    faults: &mut [ActiveFault],
    from: &EndpointAddress,
    decided: &mut Vec<(FaultId, bool)>,
) -> Duration {
    let mut sum = Duration::ZERO;
    for active in faults {
        let EdgeFault::Latency { delay, scope, .. } = active.fault else { continue };
        let is_elsewhere = active.only.as_ref().is_some_and(|only| !only.contains(from));
        if is_elsewhere || !scope.direction.includes(EdgeDirection::Reply) {
            continue;
        }
        let before = decided.iter().find(|(id, _)| *id == active.id);
        let hits = before.map(|(_, hits)| *hits).unwrap_or_else(|| {
            let hits = happens(scope.share);
            decided.push((active.id, hits));
            active.hits += u64::from(hits);
            hits
        });
        if hits {
            sum += chance::delay(delay);
        }
    }
    sum
}
