//! What the script reads out at a moment: the same figures as in the tables.

use std::collections::BTreeMap;

use serde::Serialize;

use super::lanes::ReplicaCount;
use super::picture::Picture;
use super::series::Series;
use crate::{RenderError, Report};

#[derive(Serialize)]
struct PointerReadings<'a> {
    /// The first moment shown and the last, in seconds.
    clock: (f64, f64),
    loads: Vec<LoadReading<'a>>,
    /// Name, start, end.
    faults: Vec<(&'a str, f64, f64)>,
    /// Name; from a moment on, so many ready and so many running.
    services: Vec<(&'a str, &'a [ReplicaCount])>,
}

#[derive(Serialize)]
struct LoadReading<'a> {
    name: &'a str,
    /// Length of each slot, in seconds.
    length: f64,
    slots: Vec<ReadingSlot>,
}

#[derive(Serialize)]
struct ReadingSlot {
    start: f64,
    ok: u64,
    failed: BTreeMap<String, u64>,
    /// p50, p90 and p99, in microseconds.
    quantiles: [Option<u64>; 3],
}

/// JSON that can stand in a page: nothing in it ends the element that it is in.
pub fn of(report: &Report, series: &[Series], picture: &Picture) -> Result<String, RenderError> {
    let faults = report.timeline.faults.iter();
    let reading = PointerReadings {
        clock: (picture.clock.start, picture.clock.end),
        loads: series.iter().map(load).collect(),
        faults: faults.map(|fault| (fault.name.as_str(), fault.start.0, fault.end.0)).collect(),
        services: picture
            .services
            .iter()
            .map(|lane| (lane.service.as_str(), &lane.counts[..]))
            .collect(),
    };
    let json = serde_json::to_string(&reading)?;
    // Within a script element, `</script>` or `<!--` in a name would end it.
    Ok(json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026"))
}

fn load(series: &Series) -> LoadReading<'_> {
    let slots = series.slots.iter().map(|slot| ReadingSlot {
        start: slot.start,
        ok: slot.ok,
        failed: slot.failed.iter().map(|(kind, count)| (kind.to_string(), *count)).collect(),
        quantiles: slot.quantiles,
    });
    LoadReading { name: &series.name, length: series.length, slots: slots.collect() }
}
