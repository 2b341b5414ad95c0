//! A load's windows, made as few as a picture can show.

use std::collections::BTreeMap;

use brunt_scenarios::timeline::{Failure, LoadRecord, Window};

use crate::Samples;

/// The most windows of a load in a picture: more would be narrower than a pixel, and
/// make the file large.
pub const MOST: usize = 600;

// Windows with fewer requests than this are joined to whole seconds: arrivals that fall into one
// window or the next by chance would look like a comb.
const ENOUGH: u64 = 50;

// The most windows of all loads together, and the fewest that each keeps, so that many loads make
// no huge file.
const ALL: usize = 2400;
const FEWEST: usize = 60;

/// The quantiles that are drawn.
pub const QUANTILES: [f64; 3] = [0.5, 0.9, 0.99];

/// A load over time.
pub struct Series {
    pub name: String,
    /// The length of a slot, in seconds.
    pub length: f64,
    pub slots: Vec<SeriesSlot>,
}

/// One or more windows together.
pub struct SeriesSlot {
    /// Seconds after the loads' start.
    pub start: f64,
    /// The last one may be shorter than the others, in seconds.
    pub length: f64,
    pub ok: u64,
    pub failed: BTreeMap<Failure, u64>,
    /// In microseconds, as [`QUANTILES`]; `None` without a sample.
    pub quantiles: [Option<u64>; 3],
}

impl Series {
    /// One of so many loads.
    pub fn of(load: &LoadRecord, loads: usize) -> Self {
        let most = (ALL / loads.max(1)).clamp(FEWEST, MOST);
        // Whole windows are joined, so that counts stay exact.
        let together = load.windows.len().div_ceil(most).max(whole_seconds(load)).max(1);
        Self {
            name: load.name.clone(),
            length: load.window * together as f64,
            slots: load
                .windows
                .chunks(together)
                .map(|all| SeriesSlot::of(all, load.window))
                .collect(),
        }
    }

    /// The greatest rate of requests, in a second.
    pub fn highest_rate(&self) -> f64 {
        self.slots.iter().map(|slot| slot.rate(slot.all())).fold(0.0, f64::max)
    }
}

/// How many windows make a second where each has few requests; 1 where each has enough.
fn whole_seconds(load: &LoadRecord) -> usize {
    let requests: u64 = load.windows.iter().map(Window::requests).sum();
    let few = requests < ENOUGH * load.windows.len() as u64;
    if few && load.window > 0.0 { (1.0 / load.window).round() as usize } else { 1 }
}

impl SeriesSlot {
    /// Of windows of this length, in seconds.
    fn of(windows: &[Window], length: f64) -> Self {
        let mut failed = BTreeMap::new();
        for (kind, count) in windows.iter().flat_map(|window| &window.failed) {
            *failed.entry(*kind).or_default() += count;
        }
        let samples = Samples::of(windows.iter().map(|window| &window.latency));
        Self {
            start: windows.first().map_or(0.0, |window| window.start),
            length: length * windows.len() as f64,
            ok: windows.iter().map(|window| window.ok).sum(),
            failed,
            quantiles: QUANTILES.map(|quantile| samples.quantile(quantile)),
        }
    }

    /// So many in it, as a rate in a second.
    pub fn rate(&self, count: u64) -> f64 {
        if self.length > 0.0 { count as f64 / self.length } else { 0.0 }
    }

    pub fn failures(&self) -> u64 {
        self.failed.values().sum()
    }

    pub fn all(&self) -> u64 {
        self.ok + self.failures()
    }
}
