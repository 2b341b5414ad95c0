//! Arrival rates: `200/s`, `30/m`.

use std::fmt;
use std::str::FromStr;

use super::{InvalidQuantity, written_as_text};

/// Arrivals in a second.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Rate(f64);

impl Rate {
    /// Arrivals in a second.
    pub fn per_second(self) -> f64 {
        self.0
    }
}

impl FromStr for Rate {
    type Err = InvalidQuantity;

    fn from_str(text: &str) -> Result<Self, InvalidQuantity> {
        let bad = || InvalidQuantity::new(text, "an arrival rate", "200/s or 30/m");
        let (number, unit) = text.trim().split_once('/').ok_or_else(bad)?;
        let seconds = match unit.trim() {
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return Err(bad()),
        };
        let number: f64 = number.trim().parse().map_err(|_| bad())?;
        (number.is_finite() && number >= 0.0).then_some(Self(number / seconds)).ok_or_else(bad)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/s", (self.0 * 1e3).round() / 1e3)
    }
}

written_as_text!(Rate, r"^[0-9.]+ ?/ ?[smh]$", "200/s");
