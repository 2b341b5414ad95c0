//! A scenario's p99 over its runs.

use crate::format;

/// A spark line's size, in pixels.
const SIZE: (f64, f64) = (132.0, 28.0);

/// p99 over time, as the points of a polyline; empty with fewer than two runs.
pub struct Trend {
    pub points: String,
    pub says: String,
}

impl Trend {
    /// Of seconds, the oldest first.
    pub fn of(values: &[f64]) -> Self {
        let most = values.iter().copied().fold(0.0, f64::max);
        let [first, .., last] = values else {
            return Self { points: String::new(), says: String::new() };
        };
        let point = |(place, value): (usize, &f64)| {
            let x = place as f64 / (values.len() - 1) as f64 * SIZE.0;
            let y = SIZE.1 - value / most.max(1e-9) * (SIZE.1 - 2.0) - 1.0;
            format!("{x:.1},{y:.1}")
        };
        let points: Vec<String> = values.iter().enumerate().map(point).collect();
        let says = format!("p99 from {} to {}", format::seconds(*first), format::seconds(*last));
        Self { points: points.join(" "), says }
    }
}
