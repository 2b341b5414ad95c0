//! The faults that are set on an edge.

use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use brunt_scenarios::plan::{EdgeFault, Pick};
use tokio::sync::Notify;

use crate::endpoints::Endpoint;

/// Names one fault that was set, so that it can be lifted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FaultId(pub u64);

/// What a request meets before it goes to the callee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Before {
    Pass,
    Reset,
    Answer(u16),
    /// Neither a reply nor an end until this one is lifted.
    Hold(FaultId),
    /// It goes to the callee twice.
    Twice,
}

/// What a reply meets before it goes to the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum After {
    Pass,
    Wait(Duration),
    /// Its body waits, and its head does not.
    Slow(Duration),
    Lose,
}

#[derive(Debug, Default)]
pub(crate) struct Faults {
    state: Mutex<State>,
    lifted: Notify,
}

#[derive(Debug, Default)]
struct State {
    last: u64,
    set: Vec<Set>,
}

#[derive(Debug)]
struct Set {
    id: u64,
    fault: EdgeFault,
    /// The endpoints that it is about; `None`: all.
    only: Option<Vec<Endpoint>>,
    hits: u64,
}

impl Faults {
    /// `there` are the endpoints at this time, from which a fault that is not about all
    /// of them chooses.
    pub(crate) fn set(&self, fault: EdgeFault, there: Vec<Endpoint>) -> FaultId {
        let mut state = self.state();
        state.last += 1;
        let id = state.last;
        state.set.push(Set { id, fault, only: chosen(fault, there), hits: 0 });
        FaultId(id)
    }

    /// Lifts a fault and says how many requests it hit; `None` when it is not set any more.
    pub(crate) fn lift(&self, id: FaultId) -> Option<u64> {
        let mut state = self.state();
        let place = state.set.iter().position(|set| set.id == id.0)?;
        let hits = state.set.remove(place).hits;
        self.lifted.notify_waiters();
        Some(hits)
    }

    /// Waits until a fault is not set any more.
    pub(crate) async fn until_lifted(&self, id: FaultId) {
        loop {
            // Registered before it looks, so that no lifting is missed.
            let mut lifted = pin!(self.lifted.notified());
            lifted.as_mut().enable();
            if self.state().set.iter().all(|set| set.id != id.0) {
                return;
            }
            lifted.await;
        }
    }

    pub(crate) fn before(&self) -> Before {
        for set in &mut self.state().set {
            let met = match set.fault {
                EdgeFault::Cut => Before::Reset,
                EdgeFault::Abort { status, share } if drawn(share) => Before::Answer(status),
                EdgeFault::HalfOpen => Before::Hold(FaultId(set.id)),
                EdgeFault::Duplicate { share } if drawn(share) => Before::Twice,
                _ => continue,
            };
            set.hits += 1;
            return met;
        }
        Before::Pass
    }

    /// Replies meet the faults that are set when they come, whatever was set when their
    /// request went out.
    pub(crate) fn after(&self, from: &Endpoint) -> After {
        let mut met = After::Pass;
        for set in &mut self.state().set {
            if set.only.as_ref().is_some_and(|only| !only.contains(from)) {
                continue;
            }
            match set.fault {
                EdgeFault::LostReply { share } if drawn(share) => {
                    set.hits += 1;
                    return After::Lose;
                }
                EdgeFault::Latency { delay, .. } => {
                    set.hits += 1;
                    met = later(met, between(delay.from.0, delay.to.0));
                }
                EdgeFault::SlowReply(spread) if met == After::Pass => {
                    set.hits += 1;
                    met = After::Slow(between(spread.from.0, spread.to.0));
                }
                _ => {}
            }
        }
        met
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn chosen(fault: EdgeFault, there: Vec<Endpoint>) -> Option<Vec<Endpoint>> {
    match fault {
        EdgeFault::Latency { pick: Pick::All, .. } => None,
        EdgeFault::Latency { pick, .. } => {
            let number = pick.of(there.len());
            Some(fastrand::choose_multiple(there, number))
        }
        _ => None,
    }
}

fn later(met: After, delay: Duration) -> After {
    match met {
        After::Wait(other) => After::Wait(other + delay),
        _ => After::Wait(delay),
    }
}

fn drawn(share: f64) -> bool {
    fastrand::f64() < share
}

fn between(from: Duration, to: Duration) -> Duration {
    from + to.saturating_sub(from).mul_f64(fastrand::f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anywhere() -> Endpoint {
        Endpoint::local(1)
    }

    fn latency(text: &str) -> EdgeFault {
        EdgeFault::Latency { delay: text.parse().unwrap(), pick: Pick::All }
    }

    #[test]
    fn latencies_add_up_and_each_counts_its_hits() {
        let faults = Faults::default();
        let one = faults.set(latency("100ms"), vec![]);
        let two = faults.set(latency("50ms"), vec![]);
        assert_eq!(faults.after(&anywhere()), After::Wait(Duration::from_millis(150)));
        assert_eq!(faults.lift(one), Some(1));
        assert_eq!(faults.after(&anywhere()), After::Wait(Duration::from_millis(50)));
        assert_eq!(faults.lift(two), Some(2));
        assert_eq!(faults.lift(two), None);
        assert_eq!(faults.after(&anywhere()), After::Pass);
    }

    #[test]
    fn a_range_of_latencies_is_drawn_within_it() {
        let (low, high) = (Duration::from_millis(10), Duration::from_millis(20));
        let drawn: Vec<_> = (0..200).map(|_| between(low, high)).collect();
        assert!(drawn.iter().all(|delay| (low..=high).contains(delay)));
        assert!(drawn.iter().any(|delay| *delay < Duration::from_millis(13)));
        assert!(drawn.iter().any(|delay| *delay > Duration::from_millis(17)));
    }

    #[test]
    fn one_replica_alone_is_slow() {
        let faults = Faults::default();
        let there: Vec<Endpoint> = (1..=5).map(Endpoint::local).collect();
        let one = EdgeFault::Latency { delay: "100ms".parse().unwrap(), pick: Pick::One };
        faults.set(one, there.clone());
        let slow = |endpoint: &&Endpoint| {
            faults.after(endpoint) == After::Wait(Duration::from_millis(100))
        };
        let first: Vec<&Endpoint> = there.iter().filter(slow).collect();
        assert_eq!(first.len(), 1);
        assert_eq!(
            there.iter().filter(slow).collect::<Vec<_>>(),
            first,
            "the same one all the time"
        );
        assert_eq!(faults.after(&Endpoint::local(6)), After::Pass, "one that came later");
    }

    #[test]
    fn a_share_hits_about_that_many() {
        let faults = Faults::default();
        let id = faults.set(EdgeFault::Abort { status: 503, share: 0.25 }, vec![]);
        let answered = (0..4000).filter(|_| faults.before() == Before::Answer(503)).count() as u64;
        assert!((800..1200).contains(&answered), "{answered} of 4000");
        assert_eq!(faults.lift(id), Some(answered));
    }

    #[test]
    fn a_cut_does_not_touch_replies_and_a_lost_reply_no_requests() {
        let faults = Faults::default();
        let cut = faults.set(EdgeFault::Cut, vec![]);
        assert_eq!((faults.before(), faults.after(&anywhere())), (Before::Reset, After::Pass));
        faults.lift(cut);
        faults.set(EdgeFault::LostReply { share: 1.0 }, vec![]);
        assert_eq!((faults.before(), faults.after(&anywhere())), (Before::Pass, After::Lose));
    }
}
