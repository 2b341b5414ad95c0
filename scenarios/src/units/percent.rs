//! Shares of a whole: `99.9%`.

use std::fmt;
use std::str::FromStr;

use super::{InvalidQuantity, written_as_text};

/// A share of a whole, from 0 % to 100 %.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Percent(f64);

impl Percent {
    /// The whole: 100 %.
    pub const ALL: Self = Self(1.0);

    /// The share as a number from 0 to 1.
    pub fn fraction(self) -> f64 {
        self.0
    }
}

impl FromStr for Percent {
    type Err = InvalidQuantity;

    fn from_str(text: &str) -> Result<Self, InvalidQuantity> {
        let bad = || InvalidQuantity::new(text, "a percentage from 0% to 100%", "99.9%");
        let number: f64 =
            text.trim().strip_suffix('%').ok_or_else(bad)?.trim().parse().map_err(|_| bad())?;
        (0.0..=100.0).contains(&number).then_some(Self(number / 100.0)).ok_or_else(bad)
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // 0.07 times 100 is 7.000000000000001.
        write!(out, "{}%", (self.0 * 1e8).round() / 1e6)
    }
}

written_as_text!(Percent, r"^[0-9.]+ ?%$", "99.9%");
