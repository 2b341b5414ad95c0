//! Processor time as Kubernetes writes it: `200m`, `0.5`, `2`.

use std::fmt;
use std::str::FromStr;

use super::{InvalidQuantity, written_as_text};

/// A share of processors, in thousandths of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cpu(u32);

impl Cpu {
    /// So many thousandths of a processor.
    #[must_use]
    pub const fn millis(millis: u32) -> Self {
        Self(millis)
    }

    /// Thousandths of a processor.
    #[must_use]
    pub const fn to_millis(self) -> u32 {
        self.0
    }

    /// The value in processors: 0.5 is 500m.
    #[must_use]
    pub fn cores(self) -> f64 {
        f64::from(self.0) / 1000.0
    }
}

impl FromStr for Cpu {
    type Err = InvalidQuantity;

    fn from_str(text: &str) -> Result<Self, InvalidQuantity> {
        let bad = || InvalidQuantity::new(text, "an amount of processor time", "200m or 0.5");
        let text = text.trim();
        let millis = match text.strip_suffix('m') {
            Some(millis) => millis.parse::<u32>().map_err(|_| bad())?,
            None => {
                let cores: f64 = text.parse().map_err(|_| bad())?;
                // So many that thousandths of them still fit into 32 bits.
                (cores.is_finite() && (0.0..1e6).contains(&cores))
                    .then_some((cores * 1000.0).round() as u32)
                    .ok_or_else(bad)?
            }
        };
        (millis > 0).then_some(Self(millis)).ok_or_else(bad)
    }
}

impl fmt::Display for Cpu {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}m", self.0)
    }
}

written_as_text!(Cpu, r"^([0-9]+m|[0-9.]+)$", "200m");
