//! How many replicas of a service were ready, and when.

use std::collections::BTreeSet;

use brunt_scenarios::plan::Plan;
use brunt_scenarios::timeline::{Event, EventKind, Timeline};

use super::hits::Hit;

/// The number of ready replicas of a service over time.
pub struct Ready {
    /// From this moment on, as many.
    steps: Vec<(f64, usize)>,
}

impl Ready {
    /// Replicas that may be sent requests.
    pub fn of(timeline: &Timeline, service: &str) -> Self {
        Self::since(timeline, service, &EventKind::Ready)
    }

    /// Replicas that accept connections.
    pub fn listening(timeline: &Timeline, service: &str) -> Self {
        Self::since(timeline, service, &EventKind::Listening)
    }

    /// A replica counts from this event on.
    fn since(timeline: &Timeline, service: &str, begins: &EventKind) -> Self {
        let mut ready = BTreeSet::new();
        let events = timeline.events.iter().filter(|event| event.service == service);
        let steps = events.map(|event| {
            follow(&mut ready, event, begins);
            (event.at.0, ready.len())
        });
        Self { steps: steps.collect() }
    }

    /// The first moment after another (or at it, by `from`'s own reckoning) at which a condition on
    /// the number holds.
    pub fn first(&self, from: f64, holds: impl Fn(usize) -> bool) -> Option<f64> {
        let already = self.steps.iter().take_while(|(at, _)| *at <= from).last();
        if already.is_some_and(|(_, number)| holds(*number)) {
            return Some(from);
        }
        let later = self.steps.iter().filter(|(at, _)| *at > from);
        later.clone().find(|(_, number)| holds(*number)).map(|(at, _)| *at)
    }

    /// The most that there were at any time after a moment; `None` if the service was never seen.
    pub fn most(&self, from: f64) -> Option<usize> {
        let before = self.steps.iter().rev().find(|(at, _)| *at <= from);
        let after = self.steps.iter().filter(|(at, _)| *at > from);
        before.into_iter().chain(after).map(|(_, number)| *number).max()
    }

    /// The first moment after another at which there were fewer than so many.
    pub fn falls_below(&self, wanted: usize, from: f64) -> Option<f64> {
        self.first(from, |number| number < wanted)
    }

    /// The first moment after another at which there were so many.
    pub fn reaches(&self, wanted: usize, from: f64) -> Option<f64> {
        self.first(from, |number| number >= wanted)
    }
}

fn follow(ready: &mut BTreeSet<u32>, event: &Event, begins: &EventKind) {
    let Some(replica) = event.replica else { return };
    match &event.what {
        what if what == begins => drop(ready.insert(replica)),
        EventKind::NotReady
        | EventKind::Exited { .. }
        | EventKind::Restarting { .. }
        | EventKind::Started => {
            ready.remove(&replica);
        }
        _ => {}
    }
}

/// How many replicas a service should have after a fault: as many as before it, or as many as it
/// sets for good.
pub fn wanted(plan: &Plan, timeline: &Timeline, service: &str, hit: &Hit<'_>) -> usize {
    let planned = plan.system.services.get(service).map_or(1, |service| service.replicas);
    let before = timeline
        .events
        .iter()
        .filter(|event| event.service == service && event.at.0 < hit.record.start.0);
    let mut scaled = before.rev().filter_map(|event| match event.what {
        // A service that is stopped is scaled to none, and should come back as it was before.
        EventKind::Scaled { replicas } if replicas > 0 => Some(replicas),
        _ => None,
    });
    let wanted = hit.sets_replicas(service).or(scaled.next()).unwrap_or(planned);
    usize::try_from(wanted).unwrap_or(usize::MAX)
}
