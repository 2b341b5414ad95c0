//! The timeline picture: rows on one clock.

use super::breakers::{self, BreakerLane, Stretch};
use super::clock::{Clock, Tick};
use super::faults::{self, Band, FaultLane};
use super::lanes::{self, ServiceLane};
use super::row::PictureRow;
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
    pub rows: Vec<PictureRow>,
    pub breakers: Vec<BreakerLane>,
    /// When services were not seen.
    pub gaps: Vec<Stretch>,
    pub services: Vec<ServiceLane>,
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
