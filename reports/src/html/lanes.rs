//! A lane per service: the state of each replica, and marks for what happened to it.

mod marks;
mod shortage;
mod strips;

use brunt_scenarios::timeline::{Event, EventKind, RestartReason};

use serde::Serialize;

use super::clock::Clock;
use crate::{Report, wording};
use marks::Mark;
use shortage::Gap;
use strips::Strip;

/// A service.
pub struct Lane {
    pub service: String,
    pub note: String,
    /// One for as many replicas as there were at the same time.
    pub strips: Vec<Strip>,
    pub marks: Vec<Mark>,
    /// When fewer were ready than wanted, during the run.
    pub short: Vec<Gap>,
    pub counts: Vec<Count>,
}

/// From a moment on, so many replicas were ready and so many ran.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Count(pub f64, pub usize, pub usize);

pub fn all(clock: &Clock, report: &Report) -> Vec<Lane> {
    let planned = report.plan.bounds.iter().map(|bounds| bounds.service.as_str());
    let mut services: Vec<&str> = planned.collect();
    for event in &report.timeline.events {
        if !services.contains(&event.service.as_str()) {
            services.push(&event.service);
        }
    }
    services.into_iter().map(|service| lane(clock, report, service)).collect()
}

fn lane(clock: &Clock, report: &Report, service: &str) -> Lane {
    let events = report.timeline.events.iter().filter(|event| event.service == service);
    let events: Vec<&Event> = events.collect();
    let planned = report.plan.bounds.iter().find(|bounds| bounds.service == service);
    let planned = planned.map_or(0, |bounds| bounds.replicas);
    let (strips, counts) = strips::all(clock, &events);
    Lane {
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
        n => Some(wording::counted(n, what)),
    };
    let each = ["exit", "liveness restart", "rollout"].into_iter().filter_map(counted);
    each.collect::<Vec<_>>().join(", ")
}
