//! The share of good replies, held against its confidence bounds.

use brunt_scenarios::plan::{Availability, Plan};
use brunt_scenarios::timeline::{Failure, Timeline, Window};
use brunt_scenarios::units::Percent;

use super::judged::{Judge, JudgedRun};
use super::share::{self, RunCounts, Share};
use crate::verdict::{Finding, Judgement};
use crate::{confidence, format};

/// That no request fails cannot be shown by any number of them; so few that a service could answer
/// them all which fails one in ten show nothing.
const LEAST_SHOWN: f64 = 0.9;

/// What the windows add up to.
struct ReplySum {
    ok: u64,
    failed: u64,
    /// Still in flight at the end: neither good nor bad, as far as anybody knows.
    unfinished: u64,
}

impl Judge for Availability {
    fn judge(&self, run: &JudgedRun<'_>) -> Vec<Finding> {
        let windows = run.windows(&self.of, self.during);
        vec![of_windows("availability", self.to_string(), &windows, self.at_least)]
    }

    fn shares<'p>(&'p self, _plan: &'p Plan) -> Vec<Share<'p>> {
        // 100 % is a claim about each run: one failure in one of them is a fail.
        if self.at_least >= Percent::ALL {
            return vec![];
        }
        let counts = |timeline: &Timeline| {
            let windows = share::windows(timeline, &self.of, self.during);
            let sum = ReplySum::of(&windows);
            // Whether they failed because the generator did not run is not known.
            let stalled: u64 = windows
                .iter()
                .flat_map(|window| &window.stalled)
                .filter(|(kind, _)| **kind != Failure::Unfinished)
                .map(|(_, count)| count)
                .sum();
            RunCounts { good: sum.ok, open: sum.unfinished + stalled, all: sum.all() }
        };
        vec![Share {
            name: "availability".to_owned(),
            target: self.at_least.fraction(),
            counts: Box::new(counts),
        }]
    }
}

/// The share of good replies in these windows.
pub fn of_windows(name: &str, claim: String, windows: &[&Window], at_least: Percent) -> Finding {
    let sum = ReplySum::of(windows);
    let (judgement, evidence) = match sum.all() {
        0 => (Judgement::Inconclusive, "No request belongs to this part of the run.".to_owned()),
        _ if at_least >= Percent::ALL => of_everything(&sum),
        _ => of_a_share(&sum, at_least.fraction()),
    };
    let kinds = kinds(windows);
    Finding {
        check: None,
        name: name.to_owned(),
        claim,
        judgement,
        measured: sum.measured(),
        evidence: if kinds.is_empty() {
            evidence
        } else {
            format!("{evidence} Failures: {kinds}.")
        },
    }
}

fn of_everything(sum: &ReplySum) -> (Judgement, String) {
    let all = format::counted(sum.all(), "request");
    let supported = || format::share(confidence::at_least(sum.ok, sum.all()));
    match (sum.failed, sum.unfinished) {
        (0, 0) if !confidence::supports(sum.ok, sum.all(), LEAST_SHOWN) => (
            Judgement::Inconclusive,
            format!(
                "None of {all} failed, and so few would not show it if one in ten did. {}",
                too_few(LEAST_SHOWN, 0, sum.all())
            ),
        ),
        (0, 0) => (
            Judgement::Pass,
            format!(
                "None of {all} failed, which supports {} or more at 95% confidence.",
                supported()
            ),
        ),
        (0, open) => (
            Judgement::Inconclusive,
            format!(
                "None of {all} failed, but {} were still in flight at the end.",
                format::count(open)
            ),
        ),
        (failed, _) => {
            (Judgement::Fail, format!("{} of {all} failed; none may.", format::count(failed)))
        }
    }
}

/// Those in flight count against a pass and against a failure.
fn of_a_share(sum: &ReplySum, target: f64) -> (Judgement, String) {
    let bad = sum.failed + sum.unfinished;
    let figures = format!(
        "{} of {} not good; the share of good ones is between {} and {} (95% bounds).",
        format::count(bad),
        format::counted(sum.all(), "request"),
        format::share(confidence::at_least(sum.ok, sum.all())),
        format::share(confidence::at_most(sum.ok + sum.unfinished, sum.all())),
    );
    if confidence::supports(sum.ok, sum.all(), target) {
        (Judgement::Pass, figures)
    } else if confidence::rules_out(sum.ok + sum.unfinished, sum.all(), target) {
        (Judgement::Fail, figures)
    } else {
        (Judgement::Inconclusive, format!("{figures} {}", too_few(target, bad, sum.all())))
    }
}

/// How many requests a claim would have needed.
pub fn too_few(target: f64, bad: u64, had: u64) -> String {
    let (share, had) = (format::share(target), format::count(had));
    match (confidence::needed(target, bad), bad) {
        (Some(needed), 0) => {
            format!("{share} needs {} requests, and there were {had}.", format::count(needed))
        }
        (Some(needed), _) => format!(
            "{share} needs {} requests without further failures, and there were {had}.",
            format::count(needed)
        ),
        (None, _) => format!("{share} cannot be shown."),
    }
}

fn kinds(windows: &[&Window]) -> String {
    let mut kinds = std::collections::BTreeMap::<Failure, u64>::new();
    for (kind, count) in windows.iter().flat_map(|window| &window.failed) {
        *kinds.entry(*kind).or_default() += count;
    }
    let mut kinds: Vec<_> = kinds.into_iter().filter(|(_, count)| *count > 0).collect();
    kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let words: Vec<String> =
        kinds.iter().map(|(kind, n)| format!("{kind} × {}", format::count(*n))).collect();
    words.join(", ")
}

impl ReplySum {
    fn of(windows: &[&Window]) -> Self {
        let unfinished =
            |window: &&Window| window.failed.get(&Failure::Unfinished).copied().unwrap_or(0);
        let unfinished = windows.iter().map(unfinished).sum();
        Self {
            ok: windows.iter().map(|window| window.ok).sum(),
            failed: windows.iter().map(|window| window.failures()).sum::<u64>() - unfinished,
            unfinished,
        }
    }

    fn all(&self) -> u64 {
        self.ok + self.failed + self.unfinished
    }

    fn measured(&self) -> String {
        match self.all() {
            0 => "no request".to_owned(),
            all => format::share(self.ok as f64 / all as f64),
        }
    }
}
