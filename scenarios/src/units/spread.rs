//! Durations drawn between two bounds: `0s..1s`, or `1s` for always the same.

use std::fmt;
use std::str::FromStr;

use super::{InvalidQuantity, Period, written_as_text};

/// A duration drawn evenly between two bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spread {
    /// The shortest time that can be drawn.
    pub from: Period,
    /// The longest time that can be drawn.
    pub to: Period,
}

impl FromStr for Spread {
    type Err = InvalidQuantity;

    fn from_str(text: &str) -> Result<Self, InvalidQuantity> {
        let (from, to) = text.split_once("..").unwrap_or((text, text));
        let spread = Self { from: from.parse()?, to: to.parse()? };
        let bad =
            || InvalidQuantity::new(text, "a range of durations, the shorter first", "0s..1s");
        (spread.from <= spread.to).then_some(spread).ok_or_else(bad)
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.from == self.to {
            self.from.fmt(out)
        } else {
            write!(out, "{}..{}", self.from, self.to)
        }
    }
}

written_as_text!(Spread, r"^[0-9.a-z]+(\.\.[0-9.a-z]+)?$", "0s..1s");
