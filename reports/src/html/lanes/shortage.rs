//! When fewer replicas were ready than wanted.

use brunt_scenarios::timeline::{Event, EventKind};

use super::count::ReplicaCount;
use crate::html::clock::Clock;

/// A time, in percent of the width.
pub struct Shortage {
    pub from: f64,
    pub wide: f64,
}

/// During the load, by the number of ready ones from each moment on.
pub fn all(
    clock: &Clock,
    events: &[&Event],
    counts: &[ReplicaCount],
    planned: u32,
) -> Vec<Shortage> {
    shortage(clock, counts, &wanted(events, planned))
}

/// How many replicas were wanted, from each moment on.
fn wanted(events: &[&Event], planned: u32) -> Vec<(f64, usize)> {
    let count = |replicas: u32| usize::try_from(replicas).unwrap_or(usize::MAX);
    let scaled = events.iter().filter_map(|event| match event.what {
        // A service that a fault takes down altogether is missed all the same.
        EventKind::Scaled { replicas } if replicas > 0 => Some((event.at.0, count(replicas))),
        _ => None,
    });
    std::iter::once((f64::MIN, count(planned))).chain(scaled).collect()
}

fn shortage(clock: &Clock, counts: &[ReplicaCount], wanted: &[(f64, usize)]) -> Vec<Shortage> {
    let mut changes: Vec<f64> =
        counts.iter().map(|count| count.0).chain(wanted.iter().map(|(at, _)| *at)).collect();
    // Before the load, a replica that is not ready is no shortage.
    changes.retain(|at| *at > 0.0);
    changes.push(0.0);
    changes.sort_by(f64::total_cmp);
    let ends = changes.iter().skip(1).chain([&clock.known]);
    let is_short = |at: f64| {
        let ready = counts[..counts.partition_point(|count| count.0 <= at)]
            .last()
            .map_or(0, |count| count.1);
        wanted
            .iter()
            .rev()
            .find(|(since, _)| *since <= at)
            .is_some_and(|(_, wanted)| ready < *wanted)
    };
    let gap = |(start, end): (&f64, &f64)| {
        (is_short(*start) && end > start).then(|| gap(clock, *start, *end))
    };
    changes.iter().zip(ends).filter_map(gap).collect()
}

fn gap(clock: &Clock, start: f64, end: f64) -> Shortage {
    let (from, wide) = clock.stretch(start, end);
    Shortage { from, wide }
}
