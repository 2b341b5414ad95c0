//! The timeline picture: rows on one clock.

use super::breakers::{self, BreakerLane, Stretch};
use super::clock::{Clock, Tick};
use super::faults::{self, Band, FaultLane};
use super::lanes::{self, Lane};
use super::scale::Rule;
use super::series::Series;
use super::{errors, gaps, heat, latency, throughput};
use crate::Report;

/// Everything that is drawn.
pub struct Picture {
    pub clock: Clock,
    pub ticks: Vec<Tick>,
    /// Faults across all rows.
    pub bands: Vec<Band>,
    pub faults: Vec<FaultLane>,
    pub rows: Vec<Row>,
    pub breakers: Vec<BreakerLane>,
    /// When services were not seen.
    pub gaps: Vec<Stretch>,
    pub services: Vec<Lane>,
}

/// A row with an area or lines in it.
pub struct Row {
    pub title: String,
    pub unit: &'static str,
    /// What it shows, for those who do not see it.
    pub about: String,
    /// `tall`, `low` or `heat`.
    pub size: &'static str,
    pub keys: Vec<Key>,
    pub rules: Vec<Rule>,
    /// Limits that were claimed.
    pub limits: Vec<Rule>,
    pub shapes: Vec<Shape>,
}

/// A name in the legend.
pub struct Key {
    pub class: &'static str,
    pub label: String,
    /// Whether it can be switched off.
    pub switches: bool,
}

/// A path in a drawing a thousand wide and a hundred high.
pub struct Shape {
    pub class: &'static str,
    pub path: String,
}

impl Picture {
    pub fn of(report: &Report, series: &[Series], clock: Clock) -> Self {
        let timeline = &report.timeline;
        let mut rows = vec![];
        for load in series {
            rows.push(throughput::row(&clock, load));
        }
        rows.extend(errors::row(&clock, series));
        for load in series {
            rows.extend(latency::row(&clock, load, &report.plan.limits));
        }
        rows.extend(timeline.loads.iter().filter_map(|load| heat::row(&clock, load)));
        Self {
            clock,
            ticks: clock.ticks(),
            bands: faults::bands(&clock, &timeline.faults),
            faults: faults::lanes(&clock, &timeline.faults),
            rows,
            breakers: breakers::all(&clock, &timeline.breakers),
            gaps: gaps::all(&clock, &timeline.gaps),
            services: lanes::all(&clock, report),
        }
    }
}
