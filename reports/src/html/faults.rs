//! Faults: bands across all rows, and a lane for each kind.

use brunt_scenarios::timeline::{AskedTimes, FaultRecord};

use super::clock::{self, Clock};
use crate::format;

/// A fault's time across all rows, in percent of the width.
pub struct Band {
    pub from: f64,
    pub wide: f64,
    /// `once` for a fault that happens at once.
    pub class: &'static str,
}

/// All faults of one name.
pub struct FaultLane {
    pub name: String,
    pub note: String,
    pub bars: Vec<Bar>,
    /// The label's side: `after` the last one, `before` the first one, or `above` when
    /// neither has room.
    pub side: &'static str,
    /// Where the label begins (or ends, before the first one), in percent from its side.
    pub label: f64,
}

/// One fault in its lane.
pub struct Bar {
    pub band: Band,
    pub title: String,
}

pub fn bands(clock: &Clock, faults: &[FaultRecord]) -> Vec<Band> {
    clock::apart(faults.iter().map(|fault| band(clock, fault)), |band| band.from + band.wide)
}

fn band(clock: &Clock, fault: &FaultRecord) -> Band {
    let (from, wide) = clock.stretch(fault.start.0, fault.end.0);
    let class = match (fault.effect, wide > 0.0) {
        (0, _) => "none",
        (_, true) => "lasting",
        (_, false) => "once",
    };
    Band { from, wide, class }
}

pub fn lanes(clock: &Clock, faults: &[FaultRecord]) -> Vec<FaultLane> {
    let mut names: Vec<&str> = vec![];
    for fault in faults {
        if !names.contains(&fault.name.as_str()) {
            names.push(&fault.name);
        }
    }
    let lane = |name: &str| {
        let these: Vec<&FaultRecord> = faults.iter().filter(|fault| fault.name == name).collect();
        let bars = these.iter().map(|fault| bar(clock, fault));
        let bars = clock::apart(bars, |bar| bar.band.from + bar.band.wide);
        let (side, label) = side(&bars);
        FaultLane { name: name.to_owned(), note: note(&these), bars, side, label }
    };
    names.into_iter().map(lane).collect()
}

/// Where there is room for a label.
fn side(bars: &[Bar]) -> (&'static str, f64) {
    let first = bars.iter().map(|bar| bar.band.from).fold(100.0, f64::min);
    let last = bars.iter().map(|bar| bar.band.from + bar.band.wide).fold(0.0, f64::max);
    if last <= 60.0 {
        ("after", last)
    } else if first >= 40.0 {
        ("before", ((100.0 - first) * 1000.0).round() / 1000.0)
    } else {
        ("above", 0.0)
    }
}

fn note(faults: &[&FaultRecord]) -> String {
    let missed = faults.iter().filter(|fault| fault.effect == 0).count();
    let without = if missed > 0 { format!(", {missed} without effect") } else { String::new() };
    match faults {
        [fault] => format!("{}{without}", when(fault)),
        _ => format!("{} times{without}", faults.len()),
    }
}

/// A difference that is shown between when a fault was asked for and when it was
/// in force, in seconds.
const SHOWN: f64 = 0.1;

/// When a fault was in force, in words, and when it should have been if that is another time.
pub fn when(fault: &FaultRecord) -> String {
    let span = |from, to| format!("{} to {}", format::moment(from), format::moment(to));
    let (begun, ended) = (fault.in_force.unwrap_or(fault.start).0, fault.end.0);
    if ended <= fault.start.0 {
        return format!("at {}", format::moment(fault.start.0));
    }
    let differs = |asked: &&AskedTimes| {
        (asked.start.0 - begun).abs() > SHOWN || (asked.end.0 - ended).abs() > SHOWN
    };
    let asked = fault.asked.as_ref().filter(differs);
    let asked = asked.map(|asked| format!(", asked for {}", span(asked.start.0, asked.end.0)));
    format!("{}{}", span(begun, ended), asked.unwrap_or_default())
}

/// What a fault hit, in words.
pub fn effect(fault: &FaultRecord) -> String {
    match (fault.effect, &fault.trouble) {
        (0, None) => "hit nothing".to_owned(),
        (_, Some(trouble)) => trouble.clone(),
        (n, None) => format!("hit {}", format::count(n)),
    }
}

fn bar(clock: &Clock, fault: &FaultRecord) -> Bar {
    let (when, effect) = (when(fault), effect(fault));
    Bar {
        band: band(clock, fault),
        title: format!("{}, {when}: {effect} ({})", fault.name, fault.services.join(", ")),
    }
}
