//! A lane per service: the state of each replica, and marks for what happened to it.

mod count;
mod marks;
mod shortage;
mod strips;

use brunt_scenarios::timeline::{Event, EventKind, RestartReason};

use super::clock::Clock;
use crate::{Report, format};
pub use count::ReplicaCount;
use marks::Mark;
use shortage::Shortage;
use strips::Strip;

/// One service's row of the picture.
pub struct ServiceLane {
    pub service: String,
    pub note: String,
    /// One for as many replicas as there were at the same time.
    pub strips: Vec<Strip>,
    pub marks: Vec<Mark>,
    /// When fewer replicas were ready than wanted.
    pub short: Vec<Shortage>,
    pub counts: Vec<ReplicaCount>,
}

pub fn all(clock: &Clock, report: &Report) -> Vec<ServiceLane> {
    let planned = report.plan.bounds.iter().map(|bounds| bounds.service.as_str());
    let mut services: Vec<&str> = planned.collect();
    for event in &report.timeline.events {
        if !services.contains(&event.service.as_str()) {
            services.push(&event.service);
        }
    }
    services.into_iter().map(|service| lane(clock, report, service)).collect()
}

fn lane(clock: &Clock, report: &Report, service: &str) -> ServiceLane {
    let events = report.timeline.events.iter().filter(|event| event.service == service);
    let events: Vec<&Event> = events.collect();
    let planned = report.plan.bounds.iter().find(|bounds| bounds.service == service);
    let planned = planned.map_or(0, |bounds| bounds.replicas);
    let (strips, counts) = strips::all(clock, &events);
    ServiceLane {
        service: service.to_owned(),
        note: note(&events),
        short: shortage::all(clock, &events, &counts, planned),
        marks: marks::all(clock, &events),
        strips,
        counts,
    }
}

/// How often a lane's marks occurred.
fn note(events: &[&Event]) -> String {
    let words = events.iter().filter_map(|event| match event.what {
        EventKind::Exited { .. } => Some("exit"),
        EventKind::Restarting { reason: RestartReason::Liveness } => Some("liveness restart"),
        EventKind::RolloutStarted => Some("rollout"),
        _ => None,
    });
    let words: Vec<&str> = words.collect();
    let counted = |what| match words.iter().filter(|word| **word == what).count() as u64 {
        0 => None,
        n => Some(format::counted(n, what)),
    };
    let each = ["exit", "liveness restart", "rollout"].into_iter().filter_map(counted);
    each.collect::<Vec<_>>().join(", ")
}
