//! What a load's figures must be: `p99 < 300ms`, `errors < 1%`, `rate > 100/s`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::Quantile;
use crate::units::{Percent, Period, Positive, Rate};

/// A text that is no bound on a figure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a threshold: write it like p99 < 300ms, max < 2s, errors < 1% or rate > 100/s"
)]
pub struct InvalidThreshold(String);

/// A bound on a figure of a run. It is held against the figure itself, without confidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Threshold {
    /// A quantile of the latency is below this; 1 is the longest.
    Latency(Quantile, Duration),
    /// The share of requests that failed is below this.
    Errors(Percent),
    /// More good replies a second than this.
    Rate(Rate),
}

/// What thresholds are held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LoadTotals {
    /// How many requests got a good reply.
    pub ok: u64,
    /// How many requests failed or got another reply.
    pub failed: u64,
    /// How long they were counted.
    pub lasted: Duration,
}

impl Threshold {
    /// Whether it is kept, and what was measured; `None` without a request to measure. `quantile`
    /// gives a latency in microseconds.
    pub fn judge(
        self,
        sums: LoadTotals,
        quantile: impl Fn(f64) -> Option<u64>,
    ) -> Option<(bool, String)> {
        let all = sums.ok + sums.failed;
        if all == 0 {
            return None;
        }
        Some(match self {
            Self::Latency(which, limit) => {
                let found = Duration::from_micros(quantile(which.0)?);
                (found < limit, Period(found).to_string())
            }
            Self::Errors(limit) => {
                let share = sums.failed as f64 / all as f64;
                (share < limit.fraction(), format!("{:.3}%", share * 100.0))
            }
            Self::Rate(limit) => {
                // A load may be stopped before any time has passed.
                let rate = sums.ok as f64 / sums.lasted.as_secs_f64().max(1e-3);
                (rate > limit.per_second(), format!("{rate:.1}/s"))
            }
        })
    }
}

impl FromStr for Threshold {
    type Err = InvalidThreshold;

    fn from_str(text: &str) -> Result<Self, InvalidThreshold> {
        let bad = || InvalidThreshold(text.to_owned());
        let (figure, limit) = match (text.split_once('<'), text.split_once('>')) {
            (Some((figure, limit)), None) => (figure.trim(), limit.trim()),
            (None, Some((figure, limit))) if figure.trim() == "rate" => {
                return limit.trim().parse().map(Self::Rate).map_err(|_| bad());
            }
            _ => return Err(bad()),
        };
        let limit_is = |quantile| {
            limit
                .parse::<Positive<Period>>()
                .map(|limit| Self::Latency(Quantile(quantile), limit.0))
                .map_err(|_| bad())
        };
        match figure {
            "errors" => limit
                .parse::<Positive<Percent>>()
                .map(|limit| Self::Errors(*limit))
                .map_err(|_| bad()),
            "max" => limit_is(1.0),
            _ => {
                let percent =
                    figure.strip_prefix('p').and_then(|digits| digits.parse::<f64>().ok());
                let percent =
                    percent.filter(|percent| *percent > 0.0 && *percent < 100.0).ok_or_else(bad)?;
                limit_is(percent / 100.0)
            }
        }
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latency(Quantile(1.0), limit) => write!(out, "max < {}", Period(*limit)),
            Self::Latency(which, limit) => write!(out, "{which} < {}", Period(*limit)),
            Self::Errors(limit) => write!(out, "errors < {limit}"),
            Self::Rate(limit) => write!(out, "rate > {limit}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(threshold: &str, ok: u64, failed: u64) -> Option<(bool, String)> {
        let sums = LoadTotals { ok, failed, lasted: Duration::from_secs(10) };
        threshold
            .parse::<Threshold>()
            .unwrap()
            .judge(sums, |quantile| Some((quantile * 100_000.0) as u64))
    }

    #[test]
    fn a_threshold_is_shown_as_it_was_written() {
        for text in ["p50 < 300ms", "p99.9 < 1.5s", "max < 2s", "errors < 1%", "rate > 100/s"] {
            assert_eq!(text.parse::<Threshold>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "p99",
            "p99 > 1s",
            "p99 < 0s",
            "errors < 0%",
            "p100 < 1s",
            "p99 < fast",
            "errors > 1%",
            "rate < 1/s",
            "p9 < 1s < 2s",
        ] {
            let refused = text.parse::<Threshold>().unwrap_err().to_string();
            assert!(refused.contains("write it like"), "{text}: {refused}");
        }
    }

    #[test]
    fn figures_are_held_against_them() {
        let is = |kept, measured: &str| Some((kept, measured.to_owned()));
        assert_eq!(judged("p90 < 91ms", 1, 0), is(true, "90ms"));
        assert_eq!(judged("p90 < 90ms", 1, 0), is(false, "90ms"));
        assert_eq!(judged("errors < 1%", 99, 1), is(false, "1.000%"));
        assert_eq!(judged("errors < 1.1%", 99, 1), is(true, "1.000%"));
        assert_eq!(judged("rate > 10/s", 100, 50), is(false, "10.0/s"));
        assert_eq!(judged("rate > 9.9/s", 100, 50), is(true, "10.0/s"));
        assert_eq!(judged("errors < 1%", 0, 0), None);
    }
}
