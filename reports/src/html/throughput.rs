//! The row of requests per second: good requests, and failed ones on top.

use super::clock::Clock;
use super::row::{Key, PictureRow, Shape};
use super::scale::Scale;
use super::series::{Series, SeriesSlot};
use crate::format;

pub fn row(clock: &Clock, load: &Series) -> PictureRow {
    let scale = Scale::linear(load.highest_rate());
    let (ok, all): (u64, u64) =
        load.slots.iter().fold((0, 0), |(ok, all), slot| (ok + slot.ok, all + slot.all()));
    let shape = |class, from: &dyn Fn(&SeriesSlot) -> u64, to: &dyn Fn(&SeriesSlot) -> u64| Shape {
        class,
        path: area(clock, load, &scale, |slot| (slot.rate(from(slot)), slot.rate(to(slot)))),
    };
    PictureRow {
        title: load.name.clone(),
        unit: "requests per second",
        about: format!(
            "{}: {} sent over time, {} of them good.",
            load.name,
            format::counted(all, "request"),
            format::count(ok)
        ),
        size: "tall",
        keys: vec![
            Key { class: "ok", label: "good".to_owned(), switches: true },
            Key { class: "failed", label: "failed".to_owned(), switches: true },
        ],
        rules: scale.rules(format::three_digits),
        limits: vec![],
        shapes: vec![
            shape("ok", &|_| 0, &|slot| slot.ok),
            shape("failed", &|slot| slot.ok, &SeriesSlot::all),
        ],
    }
}

/// Boxes from one height to another, a slot wide; slots without any height are left out.
pub fn area(
    clock: &Clock,
    load: &Series,
    scale: &Scale,
    heights: impl Fn(&SeriesSlot) -> (f64, f64),
) -> String {
    let mut path = String::new();
    let mut open: Option<(f64, f64, f64, f64)> = None;
    for slot in &load.slots {
        let (from, to) = heights(slot);
        let (low, high) = (scale.y(from), scale.y(to));
        let (left, right) = (clock.x(slot.start), clock.x(slot.start + slot.length));
        // Neighbours of the same height become one box, which keeps long runs small.
        open = match open {
            Some((start, _, was_low, was_high)) if was_low == low && was_high == high => {
                Some((start, right, low, high))
            }
            before => {
                push(&mut path, before);
                (to > from).then_some((left, right, low, high))
            }
        };
    }
    push(&mut path, open);
    path
}

fn push(path: &mut String, shape: Option<(f64, f64, f64, f64)>) {
    if let Some((left, right, low, high)) = shape {
        path.push_str(&format!("M{left} {low}V{high}H{right}V{low}Z"));
    }
}
