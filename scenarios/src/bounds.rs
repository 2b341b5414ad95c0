//! How long things may take, computed from the probes before anything runs.
//!
//! With P the period, F the failure threshold, t the timeout, S the success threshold, D the
//! initial delay of a probe and G the grace period. What Kubernetes documents of probes and
//! termination is all that goes in.

use std::time::Duration;

use crate::plan::{Probe, Service, StrategyKind};
use crate::system::Autoscaler;

/// What the supervisor itself may add: polling and process start, not part of any probe.
const SLACK: Duration = Duration::from_millis(500);

fn seconds(n: u32) -> Duration {
    Duration::from_secs(u64::from(n))
}

/// Until F failures in a row are known: F · max(P, t) + t.
pub fn detects(probe: &Probe) -> Duration {
    // One probe runs at a time: an answer that takes longer than the period delays the next.
    let each = seconds(probe.period_seconds.max(probe.timeout_seconds));
    each * probe.failure_threshold + seconds(probe.timeout_seconds)
}

/// From listening until ready: D + S · P + t; nothing without a readiness probe.
pub fn becomes_ready(service: &Service) -> Duration {
    service.readiness.as_ref().map_or(Duration::ZERO, |probe| {
        seconds(probe.initial_delay_seconds)
            + seconds(probe.period_seconds) * probe.success_threshold
            + seconds(probe.timeout_seconds)
    })
}

/// From a replica's start until it is ready.
pub fn starts(service: &Service) -> Duration {
    service.starts_within + becomes_ready(service) + SLACK
}

/// From the moment a replica turns unhealthy until its liveness probe has had it restarted, for
/// the first time (later restarts wait for the back-off too): detection + G + start. `None`
/// without a liveness probe.
pub fn restarts(service: &Service) -> Option<Duration> {
    let probe = service.liveness.as_ref()?;
    let initial = seconds(probe.initial_delay_seconds);
    Some(initial + detects(probe) + service.grace + service.starts_within + SLACK)
}

/// The wait before the k-th restart in a row: nothing, then 10 s, doubled each time, at most 5 min.
pub fn back_off(restart: u32) -> Duration {
    match restart {
        0 | 1 => Duration::ZERO,
        k => Duration::from_secs(10)
            .saturating_mul(1 << (k - 2).min(5))
            .min(Duration::from_secs(300)),
    }
}

/// The wait before the k-th restart in a row of a service that has never been ready: what it needs
/// may just not be up yet. A tenth of a second, doubled each time, at most 5 s; as container
/// engines have it.
pub fn start_back_off(restart: u32) -> Duration {
    let tenth = Duration::from_millis(100);
    tenth.saturating_mul(1 << restart.saturating_sub(1).min(6)).min(Duration::from_secs(5))
}

/// From a rise of the load until so many replicas are ready. The first decision comes after three
/// looks at most (the load rises during one, fills the next, and is seen after it), each further
/// one a look later with n' = max(2n, n + 4); the last replicas start, and become ready.
pub fn scales_out(service: &Service, autoscaler: &Autoscaler, reaches: u32) -> Duration {
    // Kubernetes' default policies: twice as many in a step, or four more, whichever is more.
    let most = |n: u32| Some(n.saturating_mul(2).max(n.saturating_add(4)));
    let fewest = autoscaler.min_replicas.max(service.replicas).max(1);
    let further =
        std::iter::successors(most(fewest), |n| most(*n)).take_while(|n| *n < reaches).count();
    autoscaler.sync_period.0 * u32::try_from(3 + further).unwrap_or(u32::MAX) + starts(service)
}

/// From the end of a load until an autoscaler has come down: the window, and three looks as on
/// the way up.
pub fn scales_in(autoscaler: &Autoscaler) -> Duration {
    autoscaler.stabilization_window.0 + autoscaler.sync_period.0 * 3
}

/// A whole rollout: ⌈N / (surge + unavailable)⌉ · (start + ready + grace), and for `Recreate`
/// one such round.
pub fn rolls_out(service: &Service) -> Duration {
    let rounds = match service.rollout.kind {
        StrategyKind::Recreate => 1,
        StrategyKind::RollingUpdate => service
            .replicas
            // Both may be 0 in a system file with that mistake: its scenario is checked all the
            // same.
            .div_ceil(
                service.rollout.max_surge.saturating_add(service.rollout.max_unavailable).max(1),
            ),
    };
    (starts(service) + service.grace) * rounds
}
