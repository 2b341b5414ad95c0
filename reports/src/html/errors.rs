//! The row of failures by kind.

use std::collections::BTreeMap;

use brunt_scenarios::timeline::Failure;

use super::clock::Clock;
use super::row::{Key, PictureRow, Shape};
use super::scale::Scale;
use super::series::{MOST, Series, SeriesSlot};
use super::throughput::area;
use crate::format;

// As many kinds have a colour of their own; the rest are drawn together.
const CLASSES: [&str; 5] = ["kind1", "kind2", "kind3", "kind4", "kind5"];

/// All loads together; `None` when nothing failed.
pub fn row(clock: &Clock, series: &[Series]) -> Option<PictureRow> {
    let kinds = kinds(series);
    if kinds.is_empty() {
        return None;
    }
    let sum = together(series)?;
    let rate = |count: u64| count as f64 / sum.length;
    let highest = sum.slots.iter().map(|slot| rate(slot.failures())).fold(0.0, f64::max);
    let scale = Scale::linear(highest);
    let own = CLASSES.len() - 1;
    let shape = |place: usize| Shape {
        class: CLASSES[place],
        path: area(clock, &sum, &scale, |slot| {
            let below: u64 = kinds.iter().take(place).map(|(kind, _)| count(slot, *kind)).sum();
            let these: u64 = group(&kinds, place, own).map(|kind| count(slot, kind)).sum();
            (rate(below), rate(below + these))
        }),
    };
    let drawn = kinds.len().min(CLASSES.len());
    let total: u64 = kinds.iter().map(|(_, count)| count).sum();
    Some(PictureRow {
        title: "Failures".to_owned(),
        unit: "per second, by kind",
        about: format!("{} over time, by kind.", format::counted(total, "failure")),
        size: "low",
        keys: (0..drawn).map(|place| key(&kinds, place, own)).collect(),
        rules: scale.rules(format::three_digits),
        limits: vec![],
        shapes: (0..drawn).map(shape).collect(),
    })
}

/// The kind with this colour; the last colour is for all further kinds.
fn group(kinds: &[(Failure, u64)], place: usize, own: usize) -> impl Iterator<Item = Failure> {
    let end = if place < own { place + 1 } else { kinds.len() };
    kinds[place..end].iter().map(|(kind, _)| *kind)
}

fn key(kinds: &[(Failure, u64)], place: usize, own: usize) -> Key {
    let rest = place == own && kinds.len() > own + 1;
    let total: u64 = match rest {
        true => kinds[place..].iter().map(|(_, count)| count).sum(),
        false => kinds[place].1,
    };
    let name = if rest { "others".to_owned() } else { kinds[place].0.to_string() };
    Key {
        class: CLASSES[place],
        label: format!("{name} × {}", format::count(total)),
        switches: true,
    }
}

fn count(slot: &SeriesSlot, kind: Failure) -> u64 {
    slot.failed.get(&kind).copied().unwrap_or(0)
}

/// Kinds and how often each occurred, the most frequent first.
fn kinds(series: &[Series]) -> Vec<(Failure, u64)> {
    let mut kinds = BTreeMap::<Failure, u64>::new();
    for (kind, count) in series.iter().flat_map(|load| &load.slots).flat_map(|slot| &slot.failed) {
        *kinds.entry(*kind).or_default() += count;
    }
    let mut kinds: Vec<_> = kinds.into_iter().filter(|(_, count)| *count > 0).collect();
    kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    kinds
}

// Failures of all loads in the slots of the one that has the longest: loads start together and
// have windows of one length, but a long one may have had its windows joined.
fn together(series: &[Series]) -> Option<Series> {
    let widest = series.iter().max_by(|one, other| one.length.total_cmp(&other.length))?;
    let last =
        series.iter().flat_map(|load| &load.slots).map(|slot| slot.start).fold(0.0, f64::max);
    // A series has at most so many slots; a report from elsewhere may have a start far beyond them.
    let number = ((last / widest.length.max(1e-6)) as usize).min(MOST) + 1;
    let mut slots: Vec<SeriesSlot> =
        (0..number).map(|place| empty(place as f64 * widest.length, widest.length)).collect();
    for slot in series.iter().flat_map(|load| &load.slots) {
        // Half a millionth more, so that a start is not taken for the end of the slot before it.
        let place = ((slot.start + 5e-7) / widest.length) as usize;
        for (kind, count) in &slot.failed {
            *slots[place.min(number - 1)].failed.entry(*kind).or_default() += count;
        }
    }
    Some(Series { name: String::new(), length: widest.length, slots })
}

fn empty(start: f64, length: f64) -> SeriesSlot {
    SeriesSlot { start, length, ok: 0, failed: BTreeMap::new(), quantiles: [None; 3] }
}
