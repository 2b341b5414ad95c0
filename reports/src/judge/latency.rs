//! Quantiles of the latency, held against their limits by the share of requests within the limit.

use std::time::Duration;

use brunt_scenarios::plan::{Latency, Plan, Quantile};
use brunt_scenarios::timeline::{Failure, Window};
use brunt_scenarios::units::Period;

use super::availability::too_few;
use super::judged::{Judge, JudgedRun};
use super::share::{self, RunCounts, Share};
use crate::samples::{self, Samples};
use crate::verdict::{Finding, Judgement};
use crate::{confidence, format};

/// Latencies with what is known of those that have none.
struct Measured {
    samples: Samples,
    /// Gave up waiting: their waiting time is among the samples, but their latency is longer
    /// than any limit.
    timed_out: u64,
    /// In flight at the end: not among the samples, and longer than any limit.
    unfinished: u64,
    /// Got no reply for another reason: they have no latency.
    without: u64,
    /// How many replies were good.
    ok: u64,
}

impl Judge for Latency {
    fn judge(&self, run: &JudgedRun<'_>) -> Vec<Finding> {
        let windows = run.windows(&self.of, self.during);
        let of_limit = |limit: &(Quantile, Duration)| {
            let (name, claim) = (format!("latency.{}", limit.0), self.only(*limit).to_string());
            of_windows(name, claim, &windows, run.timeout(&self.of), *limit)
        };
        self.limits.iter().map(of_limit).collect()
    }

    /// Those within a limit are good.
    fn shares<'p>(&'p self, plan: &'p Plan) -> Vec<Share<'p>> {
        let of_limit = |(quantile, most): &'p (Quantile, Duration)| Share {
            name: format!("latency.{quantile}"),
            target: quantile.0,
            counts: Box::new(move |timeline| {
                let timeout = share::timeout(plan, &self.of);
                let windows = share::windows(timeline, &self.of, self.during);
                let measured = Measured::of(&windows);
                let good = measured.within(*most, timeout);
                // Those that only the generator's own lag made slow are neither good nor bad.
                let late =
                    timeline.loads.iter().any(|load| load.name == self.of && load.was_late());
                let best: Vec<Window> = windows.iter().map(|window| window.without_lag()).collect();
                let best = Measured::of(&best.iter().collect::<Vec<_>>()).within(*most, timeout);
                let open = if late { best.saturating_sub(good) } else { 0 };
                RunCounts { good, open, all: measured.all() }
            }),
        };
        self.limits.iter().map(of_limit).collect()
    }
}

/// A quantile of the latency in these windows. `timeout` is how long replies were waited for.
pub fn of_windows(
    name: String,
    claim: String,
    windows: &[&Window],
    timeout: Duration,
    (quantile, at_most): (Quantile, Duration),
) -> Finding {
    let measured = Measured::of(windows);
    let within = measured.within(at_most, timeout);
    let judgement = judgement(within, measured.all(), quantile.0);
    Finding {
        check: None,
        name,
        claim,
        judgement,
        measured: measured.at(samples::rank(quantile.0, measured.all())),
        evidence: measured.evidence(quantile, at_most, within, judgement),
    }
}

fn judgement(within: u64, all: u64, share: f64) -> Judgement {
    if confidence::supports(within, all, share) {
        Judgement::Pass
    } else if confidence::rules_out(within, all, share) {
        Judgement::Fail
    } else {
        Judgement::Inconclusive
    }
}

impl Measured {
    fn of(windows: &[&Window]) -> Self {
        let failed =
            |kind| -> u64 { windows.iter().filter_map(|window| window.failed.get(&kind)).sum() };
        let all: u64 = windows.iter().map(|window| window.ok + window.failures()).sum();
        let samples = Samples::of(windows.iter().map(|window| &window.latency));
        let unfinished = failed(Failure::Unfinished);
        Self {
            timed_out: failed(Failure::Timeout),
            unfinished,
            ok: windows.iter().map(|window| window.ok).sum(),
            without: all.saturating_sub(samples.len() + unfinished),
            samples,
        }
    }

    fn all(&self) -> u64 {
        self.samples.len() + self.unfinished
    }

    /// How many were answered within a limit.
    fn within(&self, limit: Duration, timeout: Duration) -> u64 {
        let within = self.samples.within(u64::try_from(limit.as_micros()).unwrap_or(u64::MAX));
        // Those that timed out are samples, too, of the time that was waited: a limit beyond the
        // timeout would take them for answered.
        if limit < timeout { within } else { within.saturating_sub(self.timed_out) }
    }

    /// The latency at a rank, in words.
    fn at(&self, rank: u64) -> String {
        match self.samples.at(rank) {
            Some(micros) => format::micros(micros),
            None if self.all() == 0 => "no reply".to_owned(),
            None => "unfinished".to_owned(),
        }
    }

    fn evidence(
        &self,
        quantile: Quantile,
        limit: Duration,
        within: u64,
        judgement: Judgement,
    ) -> String {
        let all = self.all();
        if all == 0 {
            return "No reply belongs to this part of the run.".to_owned();
        }
        let (lower, upper) = confidence::ranks(quantile.0, all);
        let bound =
            |rank: Option<u64>, none: &str| rank.map_or(none.to_owned(), |rank| self.at(rank));
        let mut evidence = format!(
            "{} of {} within {}, and at least {} at 95% confidence. {quantile} is {} (95% interval \
             {} to {}).",
            format::share(within as f64 / all as f64),
            format::counted(all, "request"),
            Period(limit),
            format::share(confidence::at_least(within, all)),
            self.at(samples::rank(quantile.0, all)),
            bound(lower, "none"),
            bound(upper, "beyond the slowest"),
        );
        if judgement == Judgement::Inconclusive {
            evidence.push(' ');
            evidence.push_str(&too_few(quantile.0, all - within, all));
        }
        evidence + &self.others()
    }

    /// What became of requests that have no plain latency, and how many have that of a failure.
    fn others(&self) -> String {
        let slow = [(self.timed_out, "timed out"), (self.unfinished, "unfinished")];
        let slow = slow.iter().filter(|(n, _)| *n > 0);
        let slow: Vec<String> =
            slow.map(|(n, what)| format!("{} {what}", format::count(*n))).collect();
        let failed = self.samples.len().saturating_sub(self.timed_out + self.ok);
        let mut words = String::new();
        if self.ok == 0 {
            words = " None of their replies was good.".to_owned();
        } else if failed > 0 {
            words = format!(" Among them are {} whose reply was not good.", format::count(failed));
        }
        if !slow.is_empty() {
            words += &format!(" Counted as too slow: {}.", slow.join(", "));
        }
        if self.without > 0 {
            let without = format::counted(self.without, "request");
            words += &format!(" Not counted, as they got no reply: {without}.");
        }
        words
    }
}
