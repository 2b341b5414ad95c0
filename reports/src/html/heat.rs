//! The row of the latency heat map: how many replies took how long, at each time.

use brunt_scenarios::timeline::{LoadRecord, Window};

use super::clock::Clock;
use super::row::{Key, PictureRow, Shape};
use super::scale::Scale;
use crate::format;

/// From few replies to many.
const LEVELS: [&str; 6] = ["heat1", "heat2", "heat3", "heat4", "heat5", "heat6"];

// The most columns and rows: smaller cells could not be told apart.
const COLUMNS: usize = 160;
const ROWS: usize = 24;

/// Counts in cells of time and latency, and which latencies the rows mean.
struct HeatMap {
    /// Seconds of a column, and where the first one starts.
    length: f64,
    start: f64,
    low: f64,
    high: f64,
    /// Each column from its lowest row up.
    columns: Vec<[u64; ROWS]>,
}

/// `None` when the load got no reply at all.
pub fn row(clock: &Clock, load: &LoadRecord) -> Option<PictureRow> {
    let map = HeatMap::of(load)?;
    let most = map.columns.iter().flatten().copied().max().unwrap_or(0);
    let scale = Scale::Log(map.low, map.high);
    let shape = |(level, class): (usize, &&'static str)| Shape {
        class,
        path: map.path(clock, level, most),
    };
    let label = |place: usize| match place {
        0 => "few".to_owned(),
        5 => format!("many, up to {}", format::count(most)),
        _ => String::new(),
    };
    let key = |(place, class): (usize, &&'static str)| Key {
        class,
        label: label(place),
        switches: false,
    };
    Some(PictureRow {
        title: load.name.clone(),
        unit: "latency of all replies, logarithmic",
        about: format!(
            "{}: how many replies took how long, over time, from {} to {}.",
            load.name,
            format::micros(map.low as u64),
            format::micros(map.high as u64)
        ),
        size: "heat",
        keys: LEVELS.iter().enumerate().map(key).collect(),
        rules: scale.rules(|micros| format::micros(micros.round() as u64)),
        limits: vec![],
        shapes: LEVELS.iter().enumerate().map(shape).collect(),
    })
}

impl HeatMap {
    fn of(load: &LoadRecord) -> Option<Self> {
        let counted =
            || load.windows.iter().flat_map(|window| window.latency.iter()).filter(|(_, n)| *n > 0);
        let least = counted().map(|(micros, _)| micros).min()?.max(1) as f64;
        let most = counted().map(|(micros, _)| micros).max()?.max(1) as f64;
        // A little room, so that a single value has a row of its own.
        let (low, high) = (least * 0.9, (most * 1.1).max(least * 2.0));
        let together = load.windows.len().div_ceil(COLUMNS).max(1);
        let column = |windows: &[Window]| {
            let mut cells = [0; ROWS];
            for (micros, count) in windows.iter().flat_map(|window| window.latency.iter()) {
                let share = (micros.max(1) as f64 / low).ln() / (high / low).ln();
                cells[((share * ROWS as f64) as usize).min(ROWS - 1)] += count;
            }
            cells
        };
        Some(Self {
            length: load.window * together as f64,
            start: load.windows.first()?.start,
            low,
            high,
            columns: load.windows.chunks(together).map(column).collect(),
        })
    }

    // The level of a count, 0 for the lowest: by its logarithm, or one busy cell would make all
    // others look empty.
    fn level(count: u64, most: u64) -> Option<usize> {
        let share = (count as f64).ln_1p() / (most as f64).ln_1p();
        (count > 0).then(|| ((share * LEVELS.len() as f64) as usize).min(LEVELS.len() - 1))
    }

    /// Boxes around the cells of a level; neighbours in time become one box.
    fn path(&self, clock: &Clock, level: usize, most: u64) -> String {
        let x = |column: usize| clock.x(self.start + column as f64 * self.length);
        let y = |row: usize| (1000.0 - row as f64 * 1000.0 / ROWS as f64).round() / 10.0;
        let mut path = String::new();
        for row in 0..ROWS {
            let is = |column: &[u64; ROWS]| Self::level(column[row], most) == Some(level);
            let mut place = 0;
            for run in self.columns.chunk_by(|one, other| is(one) == is(other)) {
                if run.first().is_some_and(is) {
                    let (left, right) = (x(place), x(place + run.len()));
                    path.push_str(&format!(
                        "M{left} {}V{}H{right}V{}Z",
                        y(row),
                        y(row + 1),
                        y(row)
                    ));
                }
                place += run.len();
            }
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_reply_among_millions_is_seen() {
        assert_eq!(HeatMap::level(0, 1_000_000), None);
        assert_eq!(HeatMap::level(1, 1_000_000), Some(0));
        assert_eq!(HeatMap::level(1_000_000, 1_000_000), Some(LEVELS.len() - 1));
        assert_eq!(HeatMap::level(1, 1), Some(LEVELS.len() - 1));
    }
}
