//! What must hold of a load.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use brunt_scenarios::timeline::{LoadRecord, SparseHistogram};
use brunt_scenarios::units::{Percent, Period};

/// Limits on quantiles of latency and on the share of errors.
#[derive(Debug, Clone, PartialEq)]
pub struct Slo {
    /// Each quantile (0 to 1) as it was written, and the most that it may be.
    pub latency: Vec<(f64, String, Duration)>,
    /// The greatest share of requests that may fail.
    pub errors: Option<Percent>,
}

/// One limit, and what was measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// `p99 ≤ 200ms`.
    pub claim: String,
    /// What it was.
    pub measured: String,
    /// Whether it holds.
    pub holds: bool,
}

impl FromStr for Slo {
    type Err = ();

    /// Reads `p99=200ms,errors=0.1%`.
    fn from_str(text: &str) -> Result<Self, ()> {
        let mut slo = Self { latency: Vec::new(), errors: None };
        for limit in text.split(',') {
            let (name, value) = limit.trim().split_once('=').ok_or(())?;
            match name.trim().strip_prefix('p') {
                Some(percent) => {
                    let quantile = percent.parse::<f64>().map_err(drop)? / 100.0;
                    let Period(most) = value.trim().parse().map_err(drop)?;
                    if !(quantile > 0.0 && quantile < 1.0) || most.is_zero() {
                        return Err(());
                    }
                    slo.latency.push((quantile, format!("p{percent}"), most));
                }
                None if name.trim() == "errors" && slo.errors.is_none() => {
                    slo.errors = Some(value.trim().parse().map_err(drop)?);
                }
                None => return Err(()),
            }
        }
        Ok(slo)
    }
}

impl fmt::Display for Slo {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let latency =
            self.latency.iter().map(|(_, name, most)| format!("{name} ≤ {}", Period(*most)));
        let errors = self.errors.iter().map(|most| format!("errors ≤ {most}"));
        out.write_str(&latency.chain(errors).collect::<Vec<_>>().join(", "))
    }
}

impl Slo {
    /// Holds each limit against the requests that were meant to start after the first
    /// so many seconds.
    pub fn judge(&self, record: &LoadRecord, after: f64) -> Vec<Claim> {
        let windows = || record.windows.iter().filter(|window| window.start >= after);
        let latency =
            SparseHistogram::of(&SparseHistogram::merge(windows().map(|window| &window.latency)));
        let failed: u64 = windows().map(brunt_scenarios::timeline::Window::failures).sum();
        let all = failed + windows().map(|window| window.ok).sum::<u64>();
        let of_latency = self.latency.iter().map(|(quantile, name, most)| {
            let measured = latency.quantile(*quantile).map(Duration::from_micros);
            Claim {
                claim: format!("{name} ≤ {}", Period(*most)),
                measured: measured.map_or("no reply".to_owned(), millis),
                holds: measured.is_some_and(|measured| measured <= *most),
            }
        });
        let of_errors = self.errors.iter().map(|most| {
            let share = failed as f64 / all.max(1) as f64;
            Claim {
                claim: format!("errors ≤ {most}"),
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
