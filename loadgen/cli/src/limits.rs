//! `--slo`: limits on latency and errors, and what a load measured against them.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use brunt_scenarios::timeline::{LoadRecord, SparseHistogram};
use brunt_scenarios::units::{Percent, Period};

/// Limits that a load is held against.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LoadLimits {
    /// Each quantile (0 to 1) as it was written, and the most that it may be.
    pub latency: Vec<(f64, String, Duration)>,
    /// The greatest share of requests that may fail.
    pub errors: Option<Percent>,
}

/// One limit, and whether it holds.
#[derive(Debug, Clone, PartialEq)]
pub struct LimitResult {
    /// `p99 ≤ 200ms`.
    pub limit: String,
    /// `12.345 ms`, `0.100 %`, or that there was nothing to measure.
    pub measured: String,
    /// False as well when there was nothing to measure.
    pub holds: bool,
}

/// A text that names no limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("limits are written like p99=200ms,errors=0.1%")]
pub(crate) struct SloSyntaxError;

impl FromStr for LoadLimits {
    type Err = SloSyntaxError;

    /// Reads `p99=200ms,errors=0.1%`; quantiles can be several, `errors` only once.
    fn from_str(text: &str) -> Result<Self, SloSyntaxError> {
        let mut slo = Self { latency: Vec::new(), errors: None };
        for limit in text.split(',') {
            let (name, value) = limit.trim().split_once('=').ok_or(SloSyntaxError)?;
            match name.trim().strip_prefix('p') {
                Some(percent) => {
                    let quantile = percent.parse::<f64>().map_err(|_| SloSyntaxError)? / 100.0;
                    let Period(most) = value.trim().parse().map_err(|_| SloSyntaxError)?;
                    if !(quantile > 0.0 && quantile < 1.0) || most.is_zero() {
                        return Err(SloSyntaxError);
                    }
                    slo.latency.push((quantile, format!("p{percent}"), most));
                }
                None if name.trim() == "errors" && slo.errors.is_none() => {
                    slo.errors = Some(value.trim().parse().map_err(|_| SloSyntaxError)?);
                }
                None => return Err(SloSyntaxError),
            }
        }
        Ok(slo)
    }
}

impl fmt::Display for LoadLimits {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let latency =
            self.latency.iter().map(|(_, name, most)| format!("{name} ≤ {}", Period(*most)));
        let errors = self.errors.iter().map(|most| format!("errors ≤ {most}"));
        out.write_str(&latency.chain(errors).collect::<Vec<_>>().join(", "))
    }
}

impl LoadLimits {
    /// Holds each limit against the requests that were meant to start after the first
    /// so many seconds.
    pub fn judge(&self, record: &LoadRecord, after: f64) -> Vec<LimitResult> {
        let windows = || record.windows.iter().filter(|window| window.start >= after);
        let latency =
            SparseHistogram::of(&SparseHistogram::merge(windows().map(|window| &window.latency)));
        let failed: u64 = windows().map(brunt_scenarios::timeline::Window::failures).sum();
        let all = failed + windows().map(|window| window.ok).sum::<u64>();
        let of_latency = self.latency.iter().map(|(quantile, name, most)| {
            let measured = latency.quantile(*quantile).map(Duration::from_micros);
            LimitResult {
                limit: format!("{name} ≤ {}", Period(*most)),
                measured: measured.map_or("no reply".to_owned(), millis),
                holds: measured.is_some_and(|measured| measured <= *most),
            }
        });
        let of_errors = self.errors.iter().map(|most| {
            let share = failed as f64 / all.max(1) as f64;
            LimitResult {
                limit: format!("errors ≤ {most}"),
                measured: format!("{:.3} %", 100.0 * share),
                holds: all > 0 && share <= most.fraction(),
            }
        });
        of_latency.chain(of_errors).collect()
    }
}

fn millis(time: Duration) -> String {
    format!("{:.3} ms", time.as_secs_f64() * 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_and_written() {
        let slo: LoadLimits = "p99=200ms, p99.9=1s,errors=0.1%".parse().unwrap();
        assert_eq!(slo.to_string(), "p99 ≤ 200ms, p99.9 ≤ 1s, errors ≤ 0.1%");
        for wrong in [
            "", "p99", "p99=", "p99=0s", "p0=1s", "p100=1s", "99=1s", "errors=2", "p=1s",
            "p99=1s,,",
        ] {
            assert_eq!(wrong.parse::<LoadLimits>(), Err(SloSyntaxError), "{wrong}");
        }
    }
}
