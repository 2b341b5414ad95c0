//! Quantiles.

use std::fmt;

/// A quantile of the latency, as a fraction from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Quantile(pub f64);

/// `p99.9`.
impl fmt::Display for Quantile {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "p{}", (self.0 * 1e6).round() / 1e4)
    }
}
