//! Readiness and liveness probes, with Kubernetes' meaning.
//!
//! Every service also has a startup probe of its own, since waiting out a period of some seconds
//! would only make the start slow: until a replica has answered its readiness probe for the first
//! time, it is asked every 50 ms. Liveness begins once the process listens, and then waits its
//! initial delay; one that does not listen within the service's `startsWithin` is restarted, as a
//! startup probe would have it. Without a liveness probe nothing restarts it.

use std::time::Duration;

use brunt_scenarios::plan::Probe;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep, timeout};

use crate::ask::{ask, listens};

/// Between two tries of a replica that starts.
const STARTUP: Duration = Duration::from_millis(50);

/// What probes find out about one process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Finding {
    /// It accepts connections.
    Listens,
    /// It may be sent requests.
    Ready,
    /// It may no longer be sent requests.
    NotReady,
    /// It is not ready, in words.
    NotYet(String),
    /// It must be restarted.
    Unhealthy,
}

/// What a service's probes are.
#[derive(Debug, Clone)]
pub(crate) struct Probes {
    pub(crate) readiness: Option<Probe>,
    pub(crate) liveness: Option<Probe>,
    pub(crate) starts_within: Duration,
}

impl Probes {
    /// Probes a process until the set is dropped.
    pub(crate) fn begin(&self, port: u16, tell: &UnboundedSender<Finding>) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        match self.readiness.clone() {
            Some(probe) => tasks.spawn(readiness(probe, port, tell.clone())),
            None => tasks.spawn(listening(port, tell.clone())),
        };
        if let Some(probe) = self.liveness.clone() {
            tasks.spawn(liveness(probe, port, self.starts_within, tell.clone()));
        }
        tasks
    }
}

async fn readiness(probe: Probe, port: u16, tell: UnboundedSender<Finding>) {
    sleep(seconds(probe.initial_delay_seconds)).await;
    let mut streak = Streak::new(&probe, State::Failing);
    let mut period = ticks(&probe);
    let mut started = false;
    loop {
        let answer = once(&probe, port).await;
        let well = answer.is_ok();
        if let Err(why) = answer {
            let _ = tell.send(Finding::NotYet(why));
        }
        match streak.note(well) {
            Some(State::Succeeding) => drop(tell.send(Finding::Ready)),
            Some(State::Failing) => drop(tell.send(Finding::NotReady)),
            None => {}
        }
        if well && !started {
            started = true;
            period.reset();
        }
        if started {
            period.tick().await;
        } else {
            sleep(STARTUP).await;
        }
    }
}

async fn liveness(
    probe: Probe,
    port: u16,
    starts_within: Duration,
    tell: UnboundedSender<Finding>,
) {
    if timeout(starts_within, until_it_listens(port)).await.is_err() {
        let _ = tell.send(Finding::Unhealthy);
        return;
    }
    sleep(seconds(probe.initial_delay_seconds)).await;
    let mut streak = Streak::new(&probe, State::Succeeding);
    let mut period = ticks(&probe);
    while streak.note(once(&probe, port).await.is_ok()) != Some(State::Failing) {
        period.tick().await;
    }
    let _ = tell.send(Finding::Unhealthy);
}

async fn listening(port: u16, tell: UnboundedSender<Finding>) {
    until_it_listens(port).await;
    let _ = tell.send(Finding::Listens);
}

async fn until_it_listens(port: u16) {
    while !listens(port).await {
        sleep(STARTUP).await;
    }
}

/// Why it failed, in words.
async fn once(probe: &Probe, port: u16) -> Result<(), String> {
    let path = &probe.http_get.path;
    match ask(port, path, seconds(probe.timeout_seconds)).await {
        Ok(200..=399) => Ok(()),
        Ok(status) => Err(format!("GET {path} is answered with {status}")),
        Err(silence) => Err(format!("GET {path}: {silence}")),
    }
}

/// A probe that takes longer than the period delays the next one; it never makes several
/// follow at once.
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
enum State {
    Succeeding,
    Failing,
}

/// Counts results in a row: so many successes or failures turn the state.
#[derive(Debug)]
struct Streak {
    state: State,
    against: u32,
    success_threshold: u32,
    failure_threshold: u32,
}

impl Streak {
    fn new(probe: &Probe, state: State) -> Self {
        Self {
            state,
            against: 0,
            success_threshold: probe.success_threshold,
            failure_threshold: probe.failure_threshold,
        }
    }

    /// The new state if this result turns it.
    fn note(&mut self, well: bool) -> Option<State> {
        let (found, threshold) = match well {
            true => (State::Succeeding, self.success_threshold),
            false => (State::Failing, self.failure_threshold),
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

    fn turns(streak: &mut Streak, results: &str) -> Vec<(usize, State)> {
        results
            .chars()
            .enumerate()
            .filter_map(|(at, result)| Some((at, streak.note(result == '+')?)))
            .collect()
    }

    #[test]
    fn only_failures_in_a_row_count() {
        let mut streak = Streak::new(&probe(1, 3), State::Succeeding);
        assert_eq!(turns(&mut streak, "--+--+---"), [(8, State::Failing)]);
        assert_eq!(turns(&mut streak, "--+"), [(2, State::Succeeding)]);
    }

    #[test]
    fn it_is_ready_only_after_so_many_successes_in_a_row() {
        let mut streak = Streak::new(&probe(2, 1), State::Failing);
        let wanted = [(4, State::Succeeding), (5, State::Failing)];
        assert_eq!(turns(&mut streak, "-+-++-"), wanted);
    }
}
