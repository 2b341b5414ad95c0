//! What a run spends of an objective's error budget, and how fast.
//!
//! A budget is what may fail in the objective's window: (1 − target) of what comes in it. A run of
//! length L whose share of bad replies is b burns it b / (1 − target) times as fast as it lasts,
//! and spends that times L / window of it.

use std::time::Duration;

use brunt_scenarios::plan::{During, Slo};
use brunt_scenarios::timeline::{Failure, LoadRecord, Timeline, Window};

use super::judged::{Judge, JudgedRun};
use super::part;
use crate::samples::Samples;
use crate::verdict::{Finding, Judgement};
use crate::{confidence, format};

/// An objective, and what of it the run may spend.
struct ErrorBudget {
    target: f64,
    within: Option<Duration>,
    /// How much of the window the run lasts.
    part: f64,
}

/// Requests of some windows.
#[derive(Default)]
struct BudgetSum {
    good: u64,
    /// In flight at the end: neither good nor bad, as far as anybody knows.
    open: u64,
    all: u64,
}

impl Judge for Slo {
    fn judge(&self, run: &JudgedRun<'_>) -> Vec<Finding> {
        let lasts = run.planned(&self.of).map(|load| load.lasts).unwrap_or_default();
        let part = lasts.as_secs_f64() / self.window.as_secs_f64();
        let objective = ErrorBudget { target: self.target, within: self.within, part };
        let (record, spends) = (run.load(&self.of), self.spends.fraction());
        let (judgement, measured, evidence) =
            of_load(run.timeline, record, &objective, run.timeout(&self.of), spends);
        let (name, claim) = ("slo".to_owned(), self.to_string());
        vec![Finding { check: None, name, claim, judgement, measured, evidence }]
    }
}

fn nothing() -> (Judgement, String, String) {
    (Judgement::Inconclusive, "no request".to_owned(), "No request was sent.".to_owned())
}

fn of_load(
    timeline: &Timeline,
    record: Option<&LoadRecord>,
    objective: &ErrorBudget,
    timeout: Duration,
    spends: f64,
) -> (Judgement, String, String) {
    let sum = |during| {
        let windows =
            record.map(|record| part::windows(timeline, record, during)).unwrap_or_default();
        BudgetSum::of(&windows, objective.within, timeout)
    };
    let whole = sum(During::Run);
    if whole.all == 0 {
        return nothing();
    }
    let bad = whole.all - whole.good - whole.open;
    let least = objective.spent(1.0 - confidence::at_most(whole.good + whole.open, whole.all));
    let most = objective.spent(1.0 - confidence::at_least(whole.good, whole.all));
    // It could not have failed, so it shows nothing. Shares of binary fractions are not exact.
    let is_too_short = objective.spent(1.0) <= spends + 1e-9;
    let judgement = if is_too_short {
        Judgement::Inconclusive
    } else if most <= spends {
        Judgement::Pass
    } else if least > spends {
        Judgement::Fail
    } else {
        Judgement::Inconclusive
    };
    let share = bad as f64 / whole.all as f64;
    let rates = [("before", During::Before), ("during", During::Faults), ("after", During::After)];
    let rates = rates.into_iter().filter_map(|(when, during)| {
        let sum = sum(during);
        let bad = sum.all - sum.good - sum.open;
        (sum.all > 0 && !timeline.faults.is_empty()).then(|| {
            format!("{} {when} the faults", times(objective.burns(bad as f64 / sum.all as f64)))
        })
    });
    let rates: Vec<String> = rates.collect();
    let rates = if rates.is_empty() { String::new() } else { format!(" ({})", rates.join(", ")) };
    let evidence = format!(
        "{} of {} bad: between {} and {} of the budget (95% bounds). Burn rate {}{rates}.",
        format::count(bad),
        format::counted(whole.all, "request"),
        percent(least),
        percent(most),
        times(objective.burns(share)),
    );
    let evidence = match is_too_short {
        true => {
            format!("{evidence} The run is so short that it holds even if every request fails.")
        }
        false => evidence,
    };
    (judgement, format!("{} spent", percent(objective.spent(share))), evidence)
}

impl ErrorBudget {
    /// How many times as fast as it lasts the budget goes at this share of bad ones.
    fn burns(&self, bad: f64) -> f64 {
        bad / (1.0 - self.target)
    }

    fn spent(&self, bad: f64) -> f64 {
        self.burns(bad) * self.part
    }
}

impl BudgetSum {
    fn of(windows: &[&Window], within: Option<Duration>, timeout: Duration) -> Self {
        let failed =
            |kind| windows.iter().filter_map(|window| window.failed.get(&kind)).sum::<u64>();
        let ok: u64 = windows.iter().map(|window| window.ok).sum();
        let all = ok + windows.iter().map(|window| window.failures()).sum::<u64>();
        let late = within.map_or(0, |within| {
            let samples = Samples::of(windows.iter().map(|window| &window.latency));
            let limit = u64::try_from(within.as_micros()).unwrap_or(u64::MAX);
            // They have failed already, and as late ones they would count twice.
            let waited = if within < timeout { failed(Failure::Timeout) } else { 0 };
            (samples.len() - samples.within(limit)).saturating_sub(waited)
        });
        // Latencies are those of all that got a reply: which of the late ones were bad anyhow is
        // not known.
        let refused =
            windows.iter().flat_map(|window| &window.failed).filter(|(kind, _)| has_reply(**kind));
        let unsure = late.min(refused.map(|(_, count)| count).sum());
        let open = failed(Failure::Unfinished) + unsure.min(ok);
        Self { good: ok.saturating_sub(late), open, all }
    }
}

fn has_reply(kind: Failure) -> bool {
    matches!(kind, Failure::Status(_) | Failure::Check)
}

fn times(rate: f64) -> String {
    format!("{}×", format::three_digits(rate))
}

fn percent(share: f64) -> String {
    format!("{}%", format::three_digits(share * 100.0))
}
