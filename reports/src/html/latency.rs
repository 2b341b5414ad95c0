//! The row of latency quantiles.

use super::clock::Clock;
use super::row::{Key, PictureRow, Shape};
use super::scale::{Rule, Scale};
use super::series::{Series, SeriesSlot};
use crate::format;
use crate::report::Limit;

const CLASSES: [&str; 3] = ["p50", "p90", "p99"];

/// `None` when the load got no reply at all.
pub fn row(clock: &Clock, load: &Series, limits: &[Limit]) -> Option<PictureRow> {
    let values =
        || load.slots.iter().flat_map(|slot| slot.quantiles).flatten().map(|micros| micros as f64);
    let most = values().max_by(f64::total_cmp)?;
    let limits: Vec<&Limit> = limits.iter().filter(|limit| limit.of == load.name).collect();
    let most = limits.iter().map(|limit| limit.at_most * 1e6).fold(most, f64::max);
    let least = values().fold(most, f64::min);
    let scale = Scale::fit(least, most);
    let limit = |limit: &&Limit| Rule {
        at: scale.at(limit.at_most * 1e6),
        label: format!("{} ≤ {}", limit.quantile, format::seconds(limit.at_most)),
    };
    let shape = |(place, class): (usize, &&'static str)| Shape {
        class,
        path: line(clock, load, &scale, |slot| slot.quantiles[place]),
    };
    Some(PictureRow {
        title: load.name.clone(),
        unit: match scale {
            Scale::Linear(_) => "latency",
            Scale::Log(..) => "latency, logarithmic",
        },
        about: format!(
            "{}: median, 90th and 99th percentile of the latency over time, between {} and {}.",
            load.name,
            format::micros(least as u64),
            format::micros(values().fold(0.0, f64::max) as u64)
        ),
        size: "tall",
        keys: CLASSES.map(|class| Key { class, label: class.to_owned(), switches: true }).into(),
        rules: scale.rules(|micros| format::micros(micros.round() as u64)),
        limits: limits.iter().map(limit).collect(),
        shapes: CLASSES.iter().enumerate().map(shape).collect(),
    })
}

// A line through the middles of the slots, with gaps where there is no sample; a slot alone
// becomes a short dash.
fn line(
    clock: &Clock,
    load: &Series,
    scale: &Scale,
    value: impl Fn(&SeriesSlot) -> Option<u64>,
) -> String {
    let mut path = String::new();
    for run in load.slots.chunk_by(|one, other| value(one).is_some() == value(other).is_some()) {
        let points = run.iter().filter_map(|slot| Some((slot, scale.y(value(slot)? as f64))));
        for (place, (slot, y)) in points.enumerate() {
            let x = |share: f64| clock.x(slot.start + load.length * share);
            match (place, run.len()) {
                (_, 1) => path.push_str(&format!("M{} {y}H{}", x(0.1), x(0.9))),
                (0, _) => path.push_str(&format!("M{} {y}", x(0.5))),
                _ => path.push_str(&format!("L{} {y}", x(0.5))),
            }
        }
    }
    path
}
