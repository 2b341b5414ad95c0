//! Quantiles of the latency, and how they are written.

use std::fmt;

/// A quantile of the latency, as a fraction from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Quantile(pub f64);

/// Written as the percentile, to four decimal places at most: `p99.9` is 0.999.
impl fmt::Display for Quantile {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "p{}", (self.0 * 1e6).round() / 1e4)
    }
}
