//! `--slo`: limits on latency and errors, and what a load measured against them.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use brunt_reports::{Exit, windows_without_lag};
use brunt_scenarios::timeline::{LoadRecord, Schedule, SparseHistogram, Window};
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
    /// `12.345 ms`, `0.100 %`, or that there was nothing to measure; and what it may have been
    /// without the generator's own lag, where that matters.
    pub measured: String,
    /// False as well when there was nothing to measure; `None` when only the generator's own lag
    /// may be why it does not hold.
    pub holds: Option<bool>,
}

/// What was measured of a limit, in words, and whether it holds; `None` when there was nothing to
/// measure it by.
pub(crate) type Measurement = (Option<bool>, String);

impl LimitResult {
    /// From what was counted, and from the most favourable figures that are possible without the
    /// generator's own lag, if it was late. As in a run of a scenario, lag can only make figures
    /// worse: a limit that holds in spite of it holds, and one that even these break is broken.
    pub(crate) fn settled(
        limit: String,
        (counted, measured): Measurement,
        best: Option<Measurement>,
    ) -> Self {
        let (holds, words) = match (counted.unwrap_or(false), best) {
            (true, _) => (Some(true), None),
            (false, None) => (Some(false), None),
            (false, Some((Some(false), best))) if best == measured => (Some(false), None),
            (false, Some((Some(false), best))) => {
                (Some(false), Some(format!("without the generator's own lag {best}")))
            }
            (false, Some((_, best))) => {
                (None, Some(format!("the generator was late; without its lag it may be {best}")))
            }
        };
        let measured = words.map_or(measured.clone(), |words| format!("{measured} ({words})"));
        Self { limit, measured, holds }
    }

    /// How it is printed.
    pub(crate) fn word(&self) -> &'static str {
        match self.holds {
            Some(true) => "holds",
            Some(false) => "DOES NOT HOLD",
            None => "IS NOT KNOWN",
        }
    }
}

/// The exit code of a load that was held against limits. A load that was late is judged by those
/// that hold, or are broken, in spite of that.
pub(crate) fn exit(schedules: &[&Schedule], limits: &[LimitResult], replies: u64) -> Exit {
    let failed = schedules.iter().any(|schedule| matches!(schedule, Schedule::Failed(_)));
    let kept = schedules.iter().all(|schedule| **schedule == Schedule::Kept);
    match () {
        () if failed => Exit::Inconclusive,
        () if limits.iter().any(|result| result.holds == Some(false)) => Exit::Fail,
        () if limits.iter().any(|result| result.holds.is_none()) => Exit::Inconclusive,
        () if !limits.is_empty() => Exit::Pass,
        () if !kept || replies == 0 => Exit::Inconclusive,
        () => Exit::Pass,
    }
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
    /// Holds each limit against a load.
    pub fn judge(&self, record: &LoadRecord) -> Vec<LimitResult> {
        let best = windows_without_lag(record).map(|windows| self.measure(&windows));
        let mut best = best.into_iter().flatten();
        let counted = self.measure(&record.windows).into_iter();
        let settled = counted.map(|(limit, measured)| {
            LimitResult::settled(limit, measured, best.next().map(|(_, best)| best))
        });
        settled.collect()
    }

    /// Each limit, and what of it was measured in these windows.
    pub fn measure<'w>(
        &self,
        windows: impl IntoIterator<Item = &'w Window>,
    ) -> Vec<(String, Measurement)> {
        let (ok, failed, latency) = sums(windows);
        let all = ok + failed;
        let of_latency = self.latency.iter().map(|(quantile, name, most)| {
            let measured = latency.quantile(*quantile).map(Duration::from_micros);
            let holds = measured.map(|measured| measured <= *most);
            let words = measured.map_or("no reply".to_owned(), millis);
            (format!("{name} ≤ {}", Period(*most)), (holds, words))
        });
        let of_errors = self.errors.iter().map(|most| {
            let share = failed as f64 / all.max(1) as f64;
            let holds = (all > 0).then(|| share <= most.fraction());
            (format!("errors ≤ {most}"), (holds, format!("{:.3} %", 100.0 * share)))
        });
        of_latency.chain(of_errors).collect()
    }
}

/// The good and the failed requests of windows, and their latencies.
pub(crate) fn sums<'w>(
    windows: impl IntoIterator<Item = &'w Window>,
) -> (u64, u64, SparseHistogram) {
    let windows: Vec<&Window> = windows.into_iter().collect();
    let ok = windows.iter().map(|window| window.ok).sum();
    let failed = windows.iter().map(|window| window.failures()).sum();
    let latencies = windows.iter().map(|window| &window.latency);
    (ok, failed, SparseHistogram::of(&SparseHistogram::merge(latencies)))
}

fn millis(time: Duration) -> String {
    format!("{:.3} ms", time.as_secs_f64() * 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A second in which 20 of 100 requests took 3 s from when they were due, and 30 ms from when
    /// the generator sent them.
    fn late(schedule: Schedule) -> LoadRecord {
        let latencies = |slow| SparseHistogram::from(vec![(20_000, 80), (slow, 20)]);
        let window = Window {
            ok: 100,
            latency: latencies(3_000_000),
            from_sent: Some(latencies(30_000)),
            ..Window::default()
        };
        LoadRecord {
            name: "a".to_owned(),
            windows: vec![window],
            window: 1.0,
            service_time: SparseHistogram::default(),
            lag: SparseHistogram::from(vec![(100, 80), (2_970_000, 20)]),
            schedule,
            journeys: vec![],
            accepted: vec![],
            unknown: 0,
        }
    }

    #[test]
    fn a_late_generator_leaves_open_only_what_its_lag_may_have_turned() {
        let missed = Schedule::Missed("late".to_owned());
        let judged = |slo: &str, schedule: &Schedule| {
            let limits = slo.parse::<LoadLimits>().unwrap().judge(&late(schedule.clone()));
            let exit = exit(&[schedule], &limits, 100);
            (limits[0].holds, limits[0].measured.clone(), exit)
        };
        let (holds, measured, exit) = judged("p99=5s", &missed);
        assert_eq!((holds, exit), (Some(true), Exit::Pass));
        assert!(measured.starts_with("3000.") && measured.ends_with(" ms"), "{measured}");
        assert_eq!(judged("errors=1%", &missed).2, Exit::Pass);
        let (holds, measured, exit) = judged("p99=1s", &missed);
        assert_eq!((holds, exit), (None, Exit::Inconclusive));
        assert!(measured.contains("(the generator was late; without its lag it may be 30."));
        let (holds, measured, exit) = judged("p99=10ms", &missed);
        assert_eq!((holds, exit), (Some(false), Exit::Fail));
        assert!(measured.contains("(without the generator's own lag 30."), "{measured}");
        let failed = Schedule::Failed("no descriptors".to_owned());
        assert_eq!(judged("p99=5s", &failed).2, Exit::Inconclusive);
    }

    #[test]
    fn without_limits_a_late_load_says_nothing() {
        let missed = Schedule::Missed("late".to_owned());
        assert_eq!(exit(&[&missed, &Schedule::Kept], &[], 100), Exit::Inconclusive);
        assert_eq!(exit(&[&Schedule::Kept], &[], 100), Exit::Pass);
        assert_eq!(exit(&[&Schedule::Kept], &[], 0), Exit::Inconclusive);
    }

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
