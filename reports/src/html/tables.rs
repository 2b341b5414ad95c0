//! The tables below the picture.

use brunt_scenarios::timeline::{EdgeRecord, Event, LoadRecord, StepRecord, Timeline};

use super::faults;
use super::series::{Series, SeriesSlot};
use crate::{Samples, ServiceBounds, format};

/// The most events, and the most faults, that are listed.
const MOST: usize = 400;

/// What was computed of a service before the run.
pub struct BoundsRow<'a> {
    pub service: &'a str,
    pub replicas: u32,
    pub leaves: String,
    pub starts: String,
    pub restarts: String,
    pub rolls_out: String,
}

/// A load over the whole run.
pub struct LoadRow {
    pub name: String,
    pub requests: String,
    pub good: String,
    pub rate: String,
    /// p50, p90, p99, p99.9 and the longest.
    pub latency: Vec<String>,
    pub service_time: Vec<String>,
    pub lag: Vec<String>,
    /// Why the schedule was not kept; empty if it was.
    pub missed: String,
}

/// Requests between two services.
pub struct EdgeRow<'a> {
    pub from: &'a str,
    pub to: &'a str,
    pub requests: String,
    pub reached: String,
    pub faulted: String,
    pub connections: String,
    pub request_bytes: String,
    pub reply_bytes: String,
}

/// A fault and what it hit.
pub struct FaultRow<'a> {
    pub when: String,
    pub name: &'a str,
    pub services: String,
    pub effect: String,
}

/// A request made once.
pub struct StepRow<'a> {
    pub at: String,
    pub name: &'a str,
    pub answer: String,
    pub tries: u32,
    pub took: String,
    /// What was wrong; empty if nothing was.
    pub objection: &'a str,
}

/// Something that happened.
pub struct EventRow {
    pub at: String,
    pub service: String,
    pub what: String,
}

/// The picture of a load as a table.
pub struct WindowTable {
    pub name: String,
    pub rows: Vec<WindowTableRow>,
}

/// A moment of a load.
pub struct WindowTableRow {
    pub at: String,
    pub ok: String,
    pub failed: String,
    pub kinds: String,
    pub quantiles: Vec<String>,
}

impl<'a> BoundsRow<'a> {
    pub fn of(bounds: &'a ServiceBounds) -> Self {
        let probed = |seconds: Option<f64>| seconds.map_or("no probe".to_owned(), format::seconds);
        Self {
            service: &bounds.service,
            replicas: bounds.replicas,
            leaves: probed(bounds.leaves),
            starts: format::seconds(bounds.starts),
            restarts: probed(bounds.restarts),
            rolls_out: format::seconds(bounds.rolls_out),
        }
    }
}

impl LoadRow {
    pub fn of(load: &LoadRecord) -> Self {
        let (ok, all) = format::totals(load);
        let latency = Samples::of(load.windows.iter().map(|window| &window.latency));
        let length = load.windows.len() as f64 * load.window;
        Self {
            name: load.name.clone(),
            requests: format::count(all),
            good: if all == 0 { "–".to_owned() } else { format::share(ok as f64 / all as f64) },
            rate: if length > 0.0 { format::rate(all as f64 / length) } else { "–".to_owned() },
            latency: quantiles(&latency),
            service_time: quantiles(&Samples::of([&load.service_time])),
            lag: quantiles(&Samples::of([&load.lag])),
            missed: load.schedule.objection().unwrap_or_default().to_owned(),
        }
    }
}

fn quantiles(samples: &Samples) -> Vec<String> {
    let each = [0.5, 0.9, 0.99, 0.999, 1.0].map(|quantile| samples.quantile(quantile));
    each.into_iter().map(|micros| micros.map_or("–".to_owned(), format::micros)).collect()
}

impl<'a> EdgeRow<'a> {
    pub fn of(edge: &'a EdgeRecord) -> Self {
        Self {
            from: edge.from.as_deref().unwrap_or("outside"),
            to: &edge.to,
            requests: format::count(edge.requests),
            reached: format::count(edge.reached),
            faulted: format::count(edge.faulted),
            connections: format::count(edge.connections),
            request_bytes: format::count(edge.request_bytes),
            reply_bytes: format::count(edge.reply_bytes),
        }
    }
}

/// The first faults, and how many more there are.
pub fn faults(timeline: &Timeline) -> (Vec<FaultRow<'_>>, usize) {
    let rows = timeline.faults.iter().take(MOST).map(|fault| FaultRow {
        when: faults::when(fault),
        name: &fault.name,
        services: fault.services.join(", "),
        effect: faults::effect(fault),
    });
    (rows.collect(), timeline.faults.len().saturating_sub(MOST))
}

impl<'a> StepRow<'a> {
    pub fn of(step: &'a StepRecord) -> Self {
        Self {
            at: format::moment(step.start.0),
            name: &step.name,
            answer: step.status.map_or("none".to_owned(), |status| status.to_string()),
            tries: step.tries,
            took: format::seconds(step.end.0 - step.start.0),
            objection: step.objection.as_deref().unwrap_or_default(),
        }
    }
}

/// The first events, and how many more there are.
pub fn events(timeline: &Timeline) -> (Vec<EventRow>, usize) {
    let rows = timeline.events.iter().take(MOST).map(event);
    (rows.collect(), timeline.events.len().saturating_sub(MOST))
}

/// An event as it is listed.
pub fn event(event: &Event) -> EventRow {
    EventRow {
        at: format::moment(event.at.0),
        service: match event.replica {
            Some(replica) => format!("{} {replica}", event.service),
            None => event.service.clone(),
        },
        what: event.what.to_string(),
    }
}

impl WindowTable {
    pub fn of(series: &Series) -> Self {
        Self { name: series.name.clone(), rows: series.slots.iter().map(row).collect() }
    }
}

fn row(slot: &SeriesSlot) -> WindowTableRow {
    let kinds = slot.failed.iter().filter(|(_, n)| **n > 0);
    let kinds: Vec<String> =
        kinds.map(|(kind, n)| format!("{kind} × {}", format::count(*n))).collect();
    WindowTableRow {
        at: format::moment(slot.start),
        ok: format::count(slot.ok),
        failed: format::count(slot.failures()),
        kinds: kinds.join(", "),
        quantiles: slot
            .quantiles
            .map(|micros| micros.map_or("–".to_owned(), format::micros))
            .into(),
    }
}
