//! The one clock that all rows share.

use brunt_scenarios::timeline::Timeline;

/// From the first moment that is shown to the last, in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    pub start: f64,
    pub end: f64,
    /// Until when something is known: the end, or now for a run in progress.
    pub known: f64,
}

/// A mark on the axis.
pub struct Tick {
    /// Position, in percent of the width.
    pub at: f64,
    pub label: String,
}

impl Clock {
    /// The whole run, and of the start-up before it a tenth of the run's length at most.
    pub fn of(timeline: &Timeline) -> Self {
        // A load's last window can reach beyond the end, and so can a fault that was restored late.
        let loads =
            timeline.loads.iter().filter_map(|load| Some(load.windows.last()?.start + load.window));
        let faults = timeline.faults.iter().map(|fault| fault.end.0);
        let end = loads.chain(faults).fold(timeline.ended.0, f64::max).max(1.0);
        Self { start: first(timeline).max(-end / 10.0), end, known: end }
    }

    /// The clock of a run in progress, up to its planned end.
    pub fn running(timeline: &Timeline, planned: f64) -> Self {
        let end = Self::of(timeline).end.max(planned);
        Self { start: first(timeline).max(-end / 10.0), end, known: timeline.ended.0.min(end) }
    }

    /// Position of a moment, in percent of the width; moments outside are at the edge.
    pub fn at(&self, moment: f64) -> f64 {
        let share = (moment - self.start) / (self.end - self.start) * 100.0;
        (share.clamp(0.0, 100.0) * 1000.0).round() / 1000.0
    }

    /// Position and width of a stretch of time, in percent of the width.
    pub fn stretch(&self, from: f64, to: f64) -> (f64, f64) {
        let (from, to) = (self.at(from), self.at(to));
        (from, ((to - from) * 1000.0).round() / 1000.0)
    }

    /// Where a moment is in a drawing a thousand wide.
    pub fn x(&self, moment: f64) -> f64 {
        (self.at(moment) * 100.0).round() / 10.0
    }

    /// Round times, at most seven of them.
    pub fn ticks(&self) -> Vec<Tick> {
        let length = self.end - self.start;
        let steps =
            [0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0];
        let step = steps.into_iter().find(|step| length / step <= 7.0).unwrap_or(length / 6.0);
        let first = (self.start / step).ceil() as i64;
        let last = (self.end / step).floor() as i64;
        let tick = |n: i64| {
            let moment = n as f64 * step;
            Tick { at: self.at(moment), label: label(moment) }
        };
        (first..=last).map(tick).collect()
    }
}

/// When the first thing happened.
fn first(timeline: &Timeline) -> f64 {
    timeline.events.iter().map(|event| event.at.0).fold(0.0, f64::min)
}

fn label(moment: f64) -> String {
    match moment {
        m if m.abs() >= 120.0 && m % 60.0 == 0.0 => format!("{}m", m / 60.0),
        m if m < 0.0 => format!("−{}s", (-m * 10.0).round() / 10.0),
        m => format!("{}s", (m * 10.0).round() / 10.0),
    }
}

/// About a pixel, in percent of the width.
const PIXEL: f64 = 0.1;

/// Leaves out what would be drawn on the very place of the ones before it, by where each ends: a
/// long run may have thousands of marks.
pub fn apart<T>(all: impl Iterator<Item = T>, end: impl Fn(&T) -> f64) -> Vec<T> {
    let mut covered = f64::NEG_INFINITY;
    let mut kept = vec![];
    for one in all {
        if end(&one) >= covered + PIXEL {
            covered = end(&one);
            kept.push(one);
        }
    }
    kept
}
