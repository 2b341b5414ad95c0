//! What the generator's own lag may have turned. Latency counts from the intended start, so lag can
//! only make it longer: a limit that holds in spite of it holds. One that is broken is judged once
//! more by the figures that are left without the lag, and fails if even these break it.

mod backlog;

use brunt_scenarios::plan::{Arrival, Check, Plan};
use brunt_scenarios::timeline::{FaultRecord, LoadRecord, Timeline, Window};

use super::judged::JudgedRun;
use super::judging::judging;
use crate::format;
use crate::verdict::{Finding, Judgement};

/// The share of the planned requests that a fault must have met.
const MET: f64 = 0.9;
/// Fewer than this that it did not meet are no matter.
const FEWEST: u64 = 3;
/// How long after its beginning a fault without a length still has its effect, in seconds.
const ECHO: f64 = 1.0;

/// The run with the most favourable figures that late loads may have had; `None` when
/// no load was late.
pub fn without(timeline: &Timeline) -> Option<Timeline> {
    timeline.loads.iter().any(LoadRecord::was_late).then(|| {
        let mut timeline = timeline.clone();
        for load in &mut timeline.loads {
            if let Some(windows) = windows_without_lag(load) {
                load.windows = windows;
            }
        }
        timeline
    })
}

/// The most favourable windows that a load may have had without the generator's own lag; `None`
/// when it was not late.
pub fn windows_without_lag(load: &LoadRecord) -> Option<Vec<Window>> {
    load.was_late().then(|| backlog::best_windows(load))
}

/// Judges a check by both figures; only where they agree they say something.
pub fn judge(
    plan: &Plan,
    (timeline, best): (&Timeline, Option<&Timeline>),
    check: &Check,
) -> Vec<Finding> {
    let judged =
        |timeline| judging(&check.claim).judge(&JudgedRun { plan, timeline, check: check.id });
    let counted = judged(timeline);
    match best.filter(|_| rests_on_late(check, timeline)) {
        None => counted,
        Some(best) => {
            counted.into_iter().zip(judged(best)).map(|(one, best)| settle(one, &best)).collect()
        }
    }
}

fn rests_on_late(check: &Check, timeline: &Timeline) -> bool {
    let needs = check.claim.needs();
    let mut late = timeline.loads.iter().filter(|load| load.was_late());
    late.any(|load| needs.schedules.contains(&load.name.as_str()))
}

fn settle(counted: Finding, best: &Finding) -> Finding {
    let (judgement, how) = match (counted.judgement, best.judgement) {
        (Judgement::Fail, Judgement::Fail) if counted.measured != best.measured => {
            (Judgement::Fail, format!("Without the generator's own lag it is {}.", best.measured))
        }
        (one, other) if one == other => return counted,
        _ => (
            Judgement::Inconclusive,
            format!(
                "The generator itself was late, which may be why: without its lag it is {}.",
                best.measured
            ),
        ),
    };
    Finding { judgement, evidence: format!("{} {how}", counted.evidence), ..counted }
}

/// Faults that met fewer requests than planned, because these were sent when the fault was over.
pub fn fewer_met(plan: &Plan, timeline: &Timeline) -> Vec<Finding> {
    // Users who wait for replies have no planned times, so none of theirs can be missed by a fault.
    let open = |load: &&LoadRecord| {
        let planned = plan.loads.iter().find(|planned| planned.name == load.name);
        let open = planned.is_some_and(|load| matches!(load.arrival, Arrival::Open { .. }));
        let needs = |check: &Check| check.claim.needs().schedules.contains(&load.name.as_str());
        open && load.was_late() && plan.checks.iter().any(needs)
    };
    let late = timeline.loads.iter().filter(open);
    late.flat_map(|load| timeline.faults.iter().filter_map(|fault| fewer(fault, load))).collect()
}

fn fewer(fault: &FaultRecord, load: &LoadRecord) -> Option<Finding> {
    let (from, to) = (fault.start.0, fault.end.0.max(fault.start.0 + ECHO));
    let touched = load.windows.iter();
    let touched = touched.filter(|window| window.start < to && window.start + load.window > from);
    let (planned, sent) = touched.fold((0, 0), |(planned, sent), window| {
        (planned + window.requests(), sent + window.sent())
    });
    let few = planned >= sent + FEWEST && (sent as f64) < planned as f64 * MET;
    few.then(|| Finding {
        check: None,
        name: "fault".to_owned(),
        claim: format!("{} meets the requests of {} as planned", fault.name, load.name),
        judgement: Judgement::Inconclusive,
        measured: format!("{} of {}", format::count(sent), format::count(planned)),
        evidence: format!(
            "Between {} and {}, {} were planned and {} sent: the generator itself was late.",
            format::moment(from),
            format::moment(to),
            format::counted(planned, "request"),
            format::count(sent),
        ),
    })
}
