//! Readiness and liveness probes, with Kubernetes' meaning.
//!
//! Every service also has a startup probe of its own, since waiting out a period of some seconds
//! would only make the start slow: until a replica has answered its readiness probe for the first
//! time, it is probed every 50 ms. Liveness begins once the process listens, and then waits its
//! initial delay; one that does not listen within the service's `startsWithin` is restarted, as a
//! startup probe would have it. Without a liveness probe nothing restarts it.

use std::time::Duration;

use brunt_scenarios::plan::Probe;
use thiserror::Error;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep, timeout};

use crate::replica_get::{ReplicaGetError, get_status, listens};

/// The time between two probes of a replica that starts.
const STARTUP_PERIOD: Duration = Duration::from_millis(50);

/// What probes find out about a process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ProbeFinding {
    /// It accepts connections.
    Listens,
    /// Requests may be sent to it.
    Ready,
    /// No more requests may be sent to it.
    NotReady,
    /// A readiness probe has failed, for this reason.
    Failed(String),
    /// It must be restarted.
    Unhealthy,
}

/// Why a request to a replica failed. Users read it as the reason why a service is not ready.
#[derive(Debug, Error)]
pub(crate) enum ProbeError {
    #[error("GET {path} is answered with {status}")]
    Status { path: String, status: u16 },
    #[error("GET {path}")]
    Get { path: String, source: ReplicaGetError },
}

/// The probes of a service.
#[derive(Debug, Clone)]
pub(crate) struct Probes {
    pub(crate) readiness: Option<Probe>,
    pub(crate) liveness: Option<Probe>,
    pub(crate) starts_within: Duration,
}

impl Probes {
    /// Probes a process until the set is dropped.
    pub(crate) fn begin(&self, port: u16, findings: &UnboundedSender<ProbeFinding>) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        match self.readiness.clone() {
            Some(probe) => tasks.spawn(readiness(probe, port, findings.clone())),
            None => tasks.spawn(listening(port, findings.clone())),
        };
        if let Some(probe) = self.liveness.clone() {
            tasks.spawn(liveness(probe, port, self.starts_within, findings.clone()));
        }
        tasks
    }
}

async fn readiness(probe: Probe, port: u16, findings: UnboundedSender<ProbeFinding>) {
    sleep(seconds(probe.initial_delay_seconds)).await;
    let mut streak = Streak::new(&probe, ProbeState::Failing);
    let mut period = ticks(&probe);
    let mut started = false;
    loop {
        let result = probe_once(&probe, port).await;
        let success = result.is_ok();
        if let Err(error) = result {
            let _ = findings.send(ProbeFinding::Failed(brunt_faults::with_causes(&error)));
        }
        match streak.add(success) {
            Some(ProbeState::Succeeding) => drop(findings.send(ProbeFinding::Ready)),
            Some(ProbeState::Failing) => drop(findings.send(ProbeFinding::NotReady)),
            None => {}
        }
        if success && !started {
            started = true;
            // The period counts from the first success on, as after a startup probe.
            period.reset();
        }
        if started {
            period.tick().await;
        } else {
            sleep(STARTUP_PERIOD).await;
        }
    }
}

async fn liveness(
    probe: Probe,
    port: u16,
    starts_within: Duration,
    findings: UnboundedSender<ProbeFinding>,
) {
    if timeout(starts_within, until_it_listens(port)).await.is_err() {
        let _ = findings.send(ProbeFinding::Unhealthy);
        return;
    }
    sleep(seconds(probe.initial_delay_seconds)).await;
    // It counts as healthy at first, and readiness does not: so a slow start is no failure.
    let mut streak = Streak::new(&probe, ProbeState::Succeeding);
    let mut period = ticks(&probe);
    while streak.add(probe_once(&probe, port).await.is_ok()) != Some(ProbeState::Failing) {
        period.tick().await;
    }
    let _ = findings.send(ProbeFinding::Unhealthy);
}

async fn listening(port: u16, findings: UnboundedSender<ProbeFinding>) {
    until_it_listens(port).await;
    let _ = findings.send(ProbeFinding::Listens);
}

async fn until_it_listens(port: u16) {
    while !listens(port).await {
        sleep(STARTUP_PERIOD).await;
    }
}

async fn probe_once(probe: &Probe, port: u16) -> Result<(), ProbeError> {
    let path = &probe.http_get.path;
    let failed = |source| ProbeError::Get { path: path.clone(), source };
    match get_status(port, path, seconds(probe.timeout_seconds)).await.map_err(failed)? {
        200..=399 => Ok(()),
        status => Err(ProbeError::Status { path: path.clone(), status }),
    }
}

/// A probe that takes longer than the period delays the next one: several at once would count as
/// failures in a row.
fn ticks(probe: &Probe) -> tokio::time::Interval {
    let period = seconds(probe.period_seconds.max(1));
    let mut ticks = interval_at(Instant::now() + period, period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

fn seconds(n: u32) -> Duration {
    Duration::from_secs(n.into())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ProbeState {
    Succeeding,
    Failing,
}

/// Counts results in a row: as many successes or failures as the threshold says change the state.
#[derive(Debug)]
struct Streak {
    state: ProbeState,
    against: u32,
    success_threshold: u32,
    failure_threshold: u32,
}

impl Streak {
    fn new(probe: &Probe, state: ProbeState) -> Self {
        Self {
            state,
            against: 0,
            success_threshold: probe.success_threshold,
            failure_threshold: probe.failure_threshold,
        }
    }

    /// Returns the new state if this result changes it.
    fn add(&mut self, success: bool) -> Option<ProbeState> {
        let (found, threshold) = match success {
            true => (ProbeState::Succeeding, self.success_threshold),
            false => (ProbeState::Failing, self.failure_threshold),
        };
        if found == self.state {
            self.against = 0;
            return None;
        }
        self.against += 1;
        if self.against < threshold {
            return None;
        }
        self.state = found;
        self.against = 0;
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use brunt_scenarios::system::HttpGet;

    fn probe(success_threshold: u32, failure_threshold: u32) -> Probe {
        Probe {
            http_get: HttpGet { path: "/health".to_owned() },
            initial_delay_seconds: 0,
            period_seconds: 1,
            timeout_seconds: 1,
            success_threshold,
            failure_threshold,
        }
    }

    fn turns(streak: &mut Streak, results: &str) -> Vec<(usize, ProbeState)> {
        results
            .chars()
            .enumerate()
            .filter_map(|(at, result)| Some((at, streak.add(result == '+')?)))
            .collect()
    }

    #[test]
    fn a_probe_fails_after_as_many_failures_in_a_row_as_its_threshold() {
        let mut streak = Streak::new(&probe(1, 3), ProbeState::Succeeding);
        assert_eq!(turns(&mut streak, "--+--+---"), [(8, ProbeState::Failing)]);
        assert_eq!(turns(&mut streak, "--+"), [(2, ProbeState::Succeeding)]);
    }

    #[test]
    fn a_probe_succeeds_after_as_many_successes_in_a_row_as_its_threshold() {
        let mut streak = Streak::new(&probe(2, 1), ProbeState::Failing);
        let wanted = [(4, ProbeState::Succeeding), (5, ProbeState::Failing)];
        assert_eq!(turns(&mut streak, "-+-++-"), wanted);
    }
}
