//! Delays that are drawn anew each time.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::scenario::JitterDistribution;
use crate::units::{InvalidQuantity, Period, Spread};

/// A delay, and how much it varies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delay {
    /// Drawn evenly between two bounds; always the same if they are.
    Between(Spread),
    /// Around a mean.
    Around {
        /// The mean, as far as no value below zero was drawn, which is zero.
        mean: Duration,
        /// Half of the range of a uniform distribution; the standard deviation of the others.
        jitter: Duration,
        /// How the values lie around the mean.
        distribution: JitterDistribution,
    },
}

impl From<Spread> for Delay {
    fn from(spread: Spread) -> Self {
        Self::Between(spread)
    }
}

impl FromStr for Delay {
    type Err = InvalidQuantity;

    fn from_str(text: &str) -> Result<Self, InvalidQuantity> {
        text.parse().map(Self::Between)
    }
}

impl fmt::Display for Delay {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Between(spread) => spread.fmt(out),
            Self::Around { mean, jitter, distribution } => {
                write!(out, "{} ± {} ({distribution})", Period(*mean), Period(*jitter))
            }
        }
    }
}
