//! Durations: `250ms`, `30s`, `1m30s`, `2h`, `30d`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::{InvalidQuantity, written_as_text};

/// A length of time, written with its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Period(pub Duration);

/// Ten years. Clocks and timers cannot add much longer ones, and nobody means one.
const LONGEST: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

const UNITS: [(&str, f64); 6] =
    [("us", 1e-6), ("ms", 1e-3), ("s", 1.0), ("m", 60.0), ("h", 3600.0), ("d", 86_400.0)];

impl FromStr for Period {
    type Err = InvalidQuantity;

    fn from_str(text: &str) -> Result<Self, InvalidQuantity> {
        let bad = || InvalidQuantity::new(text, "a duration", "250ms, 30s or 1m30s");
        let mut rest = text.trim();
        if rest.is_empty() {
            return Err(bad());
        }
        let mut seconds = 0.0;
        while !rest.is_empty() {
            let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(bad)?;
            let unit = rest[number..]
                .find(|c: char| !c.is_ascii_alphabetic())
                .map_or(rest.len(), |n| n + number);
            let size =
                UNITS.iter().find(|(name, _)| *name == &rest[number..unit]).ok_or_else(bad)?.1;
            seconds += rest[..number].parse::<f64>().map_err(|_| bad())? * size;
            rest = &rest[unit..];
        }
        let excess = || InvalidQuantity::new(text, "a duration of at most ten years", "30s or 1h");
        let period = Duration::try_from_secs_f64(seconds).map_err(|_| excess())?;
        if period > LONGEST { Err(excess()) } else { Ok(Self(period)) }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs_f64();
        let (size, unit) = if seconds >= 1.0 || seconds == 0.0 {
            (1.0, "s")
        } else if seconds >= 1e-3 {
            (1e-3, "ms")
        } else {
            (1e-6, "us")
        };
        write!(out, "{}{unit}", (seconds / size * 1000.0).round() / 1000.0)
    }
}

written_as_text!(Period, r"^([0-9.]+(us|ms|s|m|h|d))+$", "30s");
