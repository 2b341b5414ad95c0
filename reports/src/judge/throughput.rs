//! The rate of good replies, and whether the load asked for that rate at all.

use brunt_scenarios::plan::{Arrival, Load, Throughput, Work};
use brunt_scenarios::timeline::LoadRecord;

use super::judged::{Judge, JudgedRun};
use super::part;
use crate::format;
use crate::verdict::{Finding, Judgement};

impl Judge for Throughput {
    fn judge(&self, run: &JudgedRun<'_>) -> Vec<Finding> {
        let (judgement, measured, evidence) = match run.load(&self.of).zip(run.planned(&self.of)) {
            Some((record, load)) => of_load(self, run, record, load),
            None => unknown("There is no record of this load."),
        };
        let (name, claim) = ("throughput".to_owned(), self.to_string());
        vec![Finding { check: None, name, claim, judgement, measured, evidence }]
    }
}

fn unknown(evidence: &str) -> (Judgement, String, String) {
    (Judgement::Inconclusive, "unknown".to_owned(), evidence.to_owned())
}

fn of_load(
    claim: &Throughput,
    run: &JudgedRun<'_>,
    record: &LoadRecord,
    load: &Load,
) -> (Judgement, String, String) {
    let seconds = seconds(claim, run, record, load);
    let windows = run.windows(&claim.of, claim.during);
    let good: u64 = windows.iter().map(|window| window.ok).sum();
    let sent = good + windows.iter().map(|window| window.failures()).sum::<u64>();
    if seconds <= 0.0 || sent == 0 {
        return unknown("No request belongs to this part of the run.");
    }
    let wanted = claim.at_least.per_second() * seconds;
    // Windows begin and end between two arrivals, so a part may hold one less than its rate says.
    let reaches = |count: u64| count > 0 && (count + 1) as f64 >= wanted;
    let asked = asked(load, sent, seconds);
    let per_second = |count: f64| format!("{:.1}/s", count / seconds);
    let figures = format!(
        "{} in {}, {} of them good.",
        format::counted(sent, "request"),
        format::seconds(seconds),
        format::count(good),
    );
    let measured = per_second(good as f64);
    if reaches(good) {
        return (Judgement::Pass, measured, figures);
    }
    if asked.is_some_and(|asked| asked + 1.0 < wanted) {
        let asked = per_second(asked.unwrap_or_default());
        let evidence = format!("{figures} The load itself asked for no more than {asked}.");
        return (Judgement::Inconclusive, measured, evidence);
    }
    // Users who are late come less often. Arrivals of an open load only come later.
    if record.was_late() && matches!(load.arrival, Arrival::Closed { .. }) {
        let evidence = format!("{figures} The generator itself was late, which may be why.");
        return (Judgement::Inconclusive, measured, evidence);
    }
    (Judgement::Fail, measured, figures)
}

/// How many requests the load would have made of a system that answers at once; `None` when nothing
/// but the system bounds it.
fn asked(load: &Load, sent: u64, seconds: f64) -> Option<f64> {
    match (&load.arrival, &load.work) {
        // An open load sends all that it asks for, however slow the system is.
        (Arrival::Open { .. }, _) => Some(sent as f64),
        (Arrival::Closed { users, think: (least, most) }, Work::Request { .. }) => {
            let think = (least.as_secs_f64() + most.as_secs_f64()) / 2.0;
            (think > 0.0).then(|| f64::from(*users) * seconds / think)
        }
        (Arrival::Closed { .. }, Work::Journeys(_)) => None,
    }
}

/// How long the part lasted in which requests were counted. It is taken from the plan's times, not
/// from the windows that were recorded: there are none after the last request, and a system that
/// stalls gets none.
fn seconds(claim: &Throughput, run: &JudgedRun<'_>, record: &LoadRecord, load: &Load) -> f64 {
    let (from, to) = (load.warm_up.as_secs_f64(), load.lasts.as_secs_f64());
    let to = to.min(run.timeline.ended.0);
    let length = record.window;
    if !length.is_finite() || length <= 0.0 {
        return 0.0;
    }
    let starts = (0..).map(|index| f64::from(index) * length).take_while(|start| *start < to);
    let in_part = starts.filter(|start| part::has(run.timeline, claim.during, *start, length));
    in_part.map(|start| ((start + length).min(to) - start.max(from)).max(0.0)).sum()
}
